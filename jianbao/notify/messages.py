"""Findings as a message that a person understands on a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archive.health import OpenFinding

MAX_SHOWN = 10
"""Findings that one message tells in full: nobody reads more on a telephone."""
MAX_SAMPLES = 2
"""Addresses shown with each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody is told."""

    subject: str
    """One line."""
    text: str
    """All of it, in plain text."""
    facts: tuple[dict[str, Any], ...] = ()
    """The findings for programs."""


def tell_of(findings: Sequence[OpenFinding]) -> Message:
    """The message for findings that nobody was told of, recoveries among them."""
    wrong = [one for one in findings if one.closed is None]
    over = [one for one in findings if one.closed is not None]
    lines = [line for one in wrong[:MAX_SHOWN] for line in _lines(one)]
    if len(wrong) > MAX_SHOWN:
        lines.append(f"… and {len(wrong) - MAX_SHOWN} more: jianbao status")
    lines += [f"✓ {one.finding.site}: as usual again ({one.finding.check})" for one in over[:MAX_SHOWN]]
    return Message(subject=_subject(wrong, over), text="\n".join(lines), facts=tuple(map(_facts, findings)))


def message_for_test() -> Message:
    """What `jianbao notify --test` sends."""
    return Message(subject="jianbao: test", text="This is how jianbao 剪报 will tell you when something is wrong.")


def message_of_trouble(why: str) -> Message:
    """What is sent when the archive itself cannot be written to."""
    advice = "Nothing is archived until that is mended: `jianbao doctor` looks at disk and rights."
    return Message(subject="jianbao: the archive cannot be written to", text=f"✗ {why}\n  {advice}")


def _subject(wrong: Sequence[OpenFinding], over: Sequence[OpenFinding]) -> str:
    if not wrong:
        return f"jianbao: as usual again: {_sites(over)}"
    return f"jianbao: {len(wrong)} {'thing is' if len(wrong) == 1 else 'things are'} not as usual: {_sites(wrong)}"


def _sites(findings: Sequence[OpenFinding]) -> str:
    names = list(dict.fromkeys(one.finding.site for one in findings))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _lines(one: OpenFinding) -> list[str]:
    finding = one.finding
    samples = [f"  {url}" for url in one.samples[:MAX_SAMPLES]]
    return [f"✗ {finding.site}: {finding.sentence}", f"  {finding.advice}", *samples]


def _facts(one: OpenFinding) -> dict[str, Any]:
    return asdict(one.finding) | {"opened": one.opened, "closed": one.closed, "samples": list(one.samples)}

"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check found."""

    name: str
    """What was looked at, in a word or two."""
    state: Literal["ok", "note", "wrong"]
    """`note` is nothing to mend, and good to know."""
    sentence: str
    """What was found."""
    advice: str | None = None
    """How to mend it, or what to do next; None where there is nothing to do."""


def ok(name: str, sentence: str) -> Result:
    """All is well."""
    return Result(name=name, state="ok", sentence=sentence)


def note(name: str, sentence: str, advice: str) -> Result:
    """Nothing is wrong, and there is something to do for whoever wants to."""
    return Result(name=name, state="note", sentence=sentence, advice=advice)


def wrong(name: str, sentence: str, advice: str) -> Result:
    """Something is to be mended."""
    return Result(name=name, state="wrong", sentence=sentence, advice=advice)

"""What changed from one text to another: by line, and by character inside a line that changed.

Pure, and dependent on nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

SAME_LINE = 0.5
"""Share of characters that two lines must have in common to be one line that was edited: below it, what is
left of the old line are single words, and the two are easier to read one after the other."""

SHORTEST_STAY = 2
"""Characters between two edits that are shown as having stayed. A single 的 that both sentences happen to
have tells a reader nothing."""

MAX_COMPARISONS = 4_000_000
"""Comparisons spent on one pair of lines, or one pair of blocks: time grows with the product of the lengths,
and a line of a million characters would take hours. Above it, old and new stand one after the other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters with one fate."""

    kind: Literal["same", "removed", "added"]
    """What became of it."""
    text: str
    """The characters, never none but for an empty line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of either text or, where it was edited, of both."""

    kind: Literal["same", "removed", "added", "changed"]
    """What became of it; only a `changed` line has pieces of more than one kind."""
    pieces: tuple[Piece, ...]
    """The line in order. Those not `added` make the old line, those not `removed` the new one."""


def diff_texts(before: str, after: str) -> tuple[Line, ...]:
    """Every line of the two texts, in order, with what became of it."""
    old, new = before.split("\n"), after.split("\n")
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [_whole("same", text) for text in old[a:b]]
        else:
            lines += _diff_blocks(old[a:b], new[c:d])
    return tuple(lines)


def count_changes(lines: tuple[Line, ...]) -> tuple[int, int]:
    """Characters added and removed; line breaks do not count."""
    counts = {"same": 0, "added": 0, "removed": 0}
    for line in lines:
        for piece in line.pieces:
            counts[piece.kind] += len(piece.text)
    return counts["added"], counts["removed"]


def _whole(kind: Literal["same", "removed", "added"], text: str) -> Line:
    return Line(kind, (Piece(kind, text),))


def _diff_blocks(old: list[str], new: list[str]) -> Iterator[Line]:
    """Lines that differ: each old one beside the first new one that looks like it, the others by
    themselves."""
    done = 0
    small = sum(map(len, old)) * sum(map(len, new)) <= MAX_COMPARISONS
    for text in old:
        match = next((at for at in range(done, len(new)) if small and _alike(text, new[at])), None)
        if match is None:
            yield _whole("removed", text)
            continue
        yield from (_whole("added", line) for line in new[done:match])
        yield Line("changed", tuple(_diff_characters(text, new[match])))
        done = match + 1
    yield from (_whole("added", line) for line in new[done:])


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    # Each bounds the next from above, and is far cheaper.
    return all(ratio() >= SAME_LINE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _diff_characters(old: str, new: str) -> Iterator[Piece]:
    removed = added = ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        at_edge = a == 0 or b == len(old)
        if tag == "equal" and (b - a >= SHORTEST_STAY or at_edge):
            yield from _edit(removed, added)
            removed = added = ""
            yield Piece("same", old[a:b])
        else:
            removed += old[a:b]
            added += new[c:d]
    yield from _edit(removed, added)


def _edit(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)

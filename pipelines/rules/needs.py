"""What a text must hold for a pattern to match anything in it: found out from the pattern, and looked for first.

Trying thirty patterns on a line takes longer than everything else that is done with it, and most lines are text. The
structure of a pattern is what `re` itself makes of it, in a module that is not public; tests hold that every example
of every rule has what its rule needs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

WIDEST = 40
"""Characters of a class that is worth writing out."""
MOST = 80
"""Ways to write a piece that are written out."""
LONGEST = 8
"""Characters of a piece that are looked for: as many as a telephone number has."""
LONGEST_SEARCHED = 500
"""Characters of a text that is searched for pieces a pattern covers. That may take their square: on 20,000 spaces it
took seconds, where the patterns themselves take none. Hardly a paragraph is longer."""
RARE = 0.006
"""How often a pattern's pieces may be met to be looked for together with those of the others."""
_PIECE_ENDS = ",，;；、。!！?？”’」』)）]】》([（【"
"""Where a text may be cut into pieces, beside white space."""
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|P<\w+>)|.", re.S)
"""An escape, a class, the beginning of a group, or a character of a pattern."""
_SPACES = frozenset(" \t\n\xa0\u3000")
_DIGITS = frozenset("0123456789")
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""What `reveal` puts in place of numbers and addresses; else there are none in what patterns see."""
_RARE, _DIGIT, _COMMON = 0.002, 0.02, 0.05
"""How often a character of a text is a certain one, roughly: of writing, a digit, anything else."""

_Piece = tuple[frozenset[str], ...]
"""A piece of text: for each place the characters that may stand there."""
_Pieces = list[_Piece]
"""Pieces of which one must be there."""


class Prefilter:
    """Tells quickly which of the patterns may match anything in a text: of most texts, none.

    `whole` are those that are to cover a whole piece of it, as `_PIECE_ENDS` part it; the others may be anywhere.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]], whole: Sequence[bool]) -> None:
        self._covered = [_between_ends(pattern) if whole[n] else None for n, pattern in enumerate(patterns)]
        self._common: list[tuple[int, re.Pattern[str] | None]] = []
        self._rare: dict[str, list[tuple[int, re.Pattern[str]]]] = defaultdict(list)
        rare: _Pieces = []
        for number, pattern in enumerate(patterns):
            pieces = _best(_parser.parse(pattern.pattern, pattern.flags))
            need = _find_any(pieces) if pieces else None
            if need and pieces and _frequency(pieces) <= RARE:
                rare += pieces
                for char in {char for first, *_ in pieces for char in first}:
                    self._rare[char].append((number, need))
            else:
                self._common.append((number, need))
        self._any_rare = _find_any(rare)

    def candidates(self, text: str) -> list[int]:
        """The numbers of the patterns that may match, in their order."""
        found = [number for number, need in self._common if need is None or need.search(text)]
        at = 0
        while hit := self._any_rare.search(text, at):
            at = hit.start()
            found += [number for number, need in self._rare[text[at]] if need.match(text, at)]
            at += 1
        if len(text) > LONGEST_SEARCHED:
            return sorted(set(found))
        return [
            number
            for number in sorted(set(found))
            if (covered := self._covered[number]) is None or covered.search(text)
        ]


def _between_ends(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Finds every piece within a text that the pattern covers. What it asks of the surroundings is left out: a piece
    has none, and a text has."""
    ends = re.escape(_PIECE_ENDS)
    behind, before = rf"(?:^|(?<=[\s{ends}])|(?=[\s{ends}]))", rf"(?:$|(?=[\s{ends}])|(?<=[\s{ends}]))"
    kept, skipping = [], 0
    for token in _TOKEN.findall(pattern.pattern):
        if skipping or token in ("(?=", "(?!", "(?<=", "(?<!"):
            skipping += token.startswith("(") - (token == ")")
        else:
            kept.append({"$": before, "^": behind}.get(token, token))
    return re.compile(rf"{behind}\s*(?:{''.join(kept)})\s*{before}", pattern.flags)


def _find_any(pieces: _Pieces) -> re.Pattern[str]:
    """Finds the pieces; grouped by their first character, as `re` then skips to where one of these stands."""
    rests: dict[str, set[str]] = defaultdict(set)
    for first, *rest in pieces:
        for char in first:
            rests[char].add("".join(map(_as_class, rest)))
    branches = [
        re.escape(char) if "" in behind else f"{re.escape(char)}(?:{'|'.join(sorted(behind))})"
        for char, behind in sorted(rests.items())
    ]
    return re.compile("|".join(branches))


def _as_class(chars: frozenset[str]) -> str:
    return re.escape(*chars) if len(chars) == 1 else f"[{''.join(map(re.escape, sorted(chars)))}]"


def _best(sequence: Iterable[Any]) -> _Pieces | None:
    """The rarest pieces of which every text that the sequence matches has one."""
    candidates: list[_Pieces] = []
    run: _Pieces = [()]
    for operation, value in sequence:
        if operation in (sre.ASSERT, sre.ASSERT_NOT, sre.AT):
            continue
        written = _written_out(operation, value)
        if written is not None and len(run) * len(written) <= MOST:
            run = _join(run, written)
            continue
        candidates.append(run)
        run = [()] if written is None else written
        inner = _mandatory(operation, value)
        if inner is not None:
            candidates.append(inner)
    candidates.append(run)
    usable = [pieces for pieces in candidates if all(pieces)]
    return min(usable, key=_frequency, default=None)


def _join(run: _Pieces, written: _Pieces) -> _Pieces:
    return list(
        dict.fromkeys(
            (before + behind)[:LONGEST] if len(before) < LONGEST else before for before, behind in product(run, written)
        )
    )


def _frequency(pieces: _Pieces) -> float:
    total = 0.0
    for piece in pieces:
        share = 1.0
        for chars in piece:
            share *= sum(map(_commonness, chars))
        total += share
    return total


def _commonness(char: str) -> float:
    if char in _CAPITALS:
        return 0.0001
    return _DIGIT if char in _DIGITS else _RARE if char.isalnum() else _COMMON


def _mandatory(operation: Any, value: Any) -> _Pieces | None:
    """The rarest pieces of something that cannot be left out, None where there are none."""
    if operation is sre.SUBPATTERN:
        return _best(value[3])
    if operation is sre.BRANCH:
        found = [_best(branch) for branch in value[1]]
        return None if any(pieces is None for pieces in found) else [p for pieces in found if pieces for p in pieces]
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, _, repeated = value
        return _best([*repeated] * min(least, LONGEST)) if least else None
    return None


def _written_out(operation: Any, value: Any) -> _Pieces | None:
    """All that an element matches, None where that is too much."""
    if operation is sre.LITERAL:
        return [(frozenset(chr(value)),)]
    if operation is sre.IN:
        chars = _characters(value)
        return [(chars,)] if chars else None
    if operation is sre.SUBPATTERN:
        return _write_out(value[3])
    if operation is sre.BRANCH:
        branches = [_write_out(branch) for branch in value[1]]
        pieces = [piece for written in branches if written for piece in written]
        return list(dict.fromkeys(pieces)) if None not in branches and len(pieces) <= MOST else None
    return _repeated(*value) if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) else None


def _repeated(least: int, most: int, repeated: Iterable[Any]) -> _Pieces | None:
    written = _write_out(repeated)
    if written is None or most > LONGEST:
        return None
    ways: _Pieces = []
    times: _Pieces = [()]
    for count in range(most + 1):
        if count >= least:
            ways += times
        if len(times) * len(written) + len(ways) > MOST:
            return None
        times = _join(times, written)
    return list(dict.fromkeys(ways))


def _write_out(sequence: Iterable[Any]) -> _Pieces | None:
    run: _Pieces = [()]
    for operation, value in sequence:
        if operation in (sre.ASSERT, sre.ASSERT_NOT, sre.AT):
            continue
        written = _written_out(operation, value)
        if written is None or len(run) * len(written) > MOST or any(len(piece) >= LONGEST for piece in run):
            return None
        run = [before + behind for before, behind in product(run, written)]
    return run


def _characters(entries: Sequence[Any]) -> frozenset[str] | None:
    """The characters of a class; None where they are many, or all but some."""
    chars: set[str] = set()
    for operation, value in entries:
        if operation is sre.LITERAL:
            chars.add(chr(value))
        elif operation is sre.RANGE and value[1] - value[0] < WIDEST:
            chars |= set(map(chr, range(value[0], value[1] + 1)))
        elif operation is sre.CATEGORY and value is sre.CATEGORY_SPACE:
            chars |= _SPACES
        elif operation is sre.CATEGORY and value is sre.CATEGORY_DIGIT:
            chars |= _DIGITS
        else:
            return None
    return frozenset(chars) if len(chars) <= WIDEST else None

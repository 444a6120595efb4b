"""Cleaning rules: data (the TOML files beside this module), each with a reason and examples, and their loader."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from archive.records import RemovalKind

_TERM = re.compile(r"%\{(\w+)\}")
_LOOK_BEHIND = re.compile(r"^(?:\(\?<[!=][^)]*\))+")
_CLASS = re.compile(r"\[([^\]]*)\]")

Unit = Literal["line", "row", "sentence", "beside", "last"]

PLACED: frozenset[Unit] = frozenset({"beside", "last"})
"""Units of rules that look at where a line stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reason to take text out of an article."""

    name: str
    """Stable name, stored with each removal."""
    kind: RemovalKind
    """What sort of thing it takes out."""
    unit: Unit
    """`line`: the pattern must cover a whole line, or a whole sentence or piece of one; that goes. `sentence`: it is
    searched for in each sentence, which goes but for clauses of real text around the hit. `row`: it is searched for
    in a row of short labels, most of them words of a screen (`%{screen}`), which goes. `beside`: it must
    cover a line that is nothing on its own, but stands next to a line that a rule of the same kind takes out. `last`:
    it must cover a line behind the last paragraph, where what is no text of its own is the page's."""
    needs: tuple[frozenset[str], ...]
    """Words of one or two characters, one of each set in all that the rule takes out. Most texts lack one, and the
    pattern, which takes longer, is not tried."""
    wants: int = 0
    """The same as bits: one for each set, among those of all rules."""
    pattern: re.Pattern[str]
    """Searched in the line as `reveal` shows it: half-width, lower case, disguised digits made plain."""
    ends: bool
    """Whether the text of an article is over where such a line stands, if little prose follows."""
    notices: bool
    """Whether it holds on the page of a notice too, whose contacts are what it says."""
    unless: tuple[re.Pattern[str], ...]
    """Each, found in the same sentence (for a `line` rule: in the line), keeps the rule from firing."""
    why: str
    """Why this is not part of an article."""
    removes: tuple[str, ...]
    """Lines it takes out, tested."""
    keeps: tuple[str, ...]
    """Look-alikes it leaves alone, tested."""

    def is_excepted(self, text: str) -> bool:
        """Whether something in a text, as `reveal` shows it, keeps the rule from firing."""
        return any(pattern.search(text) for pattern in self.unless)


@cache
def load_rules() -> tuple[Rule, ...]:
    """All rules, in the order of the files' names and of their places in them."""
    folder = files(__name__)
    found: list[Rule] = []
    sets = 0
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and file.name != "terms.toml":
            for entry in tomllib.loads(file.read_text("utf-8"))["rule"]:
                found.append(_rule(entry, sets))
                sets += len(found[-1].needs)
    return tuple(found)


@cache
def spread_rules(notice: bool) -> tuple[Rule, ...]:
    """The rules that look at a line by itself, on the page of a notice or on any other."""
    return tuple(rule for rule in load_rules() if rule.unit not in PLACED and (rule.notices or not notice))


@cache
def placed_rules(unit: Unit, notice: bool = False) -> tuple[Rule, ...]:
    """The rules that look at where a line stands, of one sort."""
    return tuple(rule for rule in load_rules() if rule.unit == unit and (rule.notices or not notice))


def that_may_fit(rules: tuple[Rule, ...], text: str) -> tuple[Rule, ...]:
    """Those of the rules that may take something out of a text, as `reveal` shows it.

    What stands in it answers much faster than patterns do, and of plain prose most rules want something else.
    """
    if not any(rule.wants for rule in rules):
        return rules
    words, sets = _needed()
    missing = -1
    for word in words.intersection(_codes(text)):
        missing &= ~sets[word]
    return tuple([rule for rule in rules if not rule.wants & missing])


def fits_from(rule: Rule, text: str) -> int:
    """The last place in a text from which on the rest of it may still fit a rule; -1 where all of it does not."""
    return min((max(map(text.rfind, words)) for words in rule.needs), default=len(text))


def _codes(text: str) -> list[int]:
    """All characters of a text and all pairs of neighbours, as numbers: as strings they take twice as long."""
    units = memoryview(f"{text}\0\0\0".encode("utf-16-le", "surrogatepass"))
    even, odd = units[: len(units) & ~3], units[2 : 2 + (len(units) - 2 & ~3)]
    return [*units.cast("H").tolist(), *even.cast("I").tolist(), *odd.cast("I").tolist()]


@cache
def _needed() -> tuple[frozenset[int], dict[int, int]]:
    """The words that rules need, and for each the sets that it is in, a bit for each."""
    sets: dict[int, int] = {}
    for rule in load_rules():
        bit = rule.wants & -rule.wants
        for words in rule.needs:
            for word in words:
                code = max(_codes(word))
                sets[code] = sets.get(code, 0) | bit
            bit <<= 1
    return frozenset(sets), sets


@cache
def term(name: str) -> re.Pattern[str]:
    """One of the terms that the rules share, by itself."""
    return _compile(f"%{{{name}}}")


def _rule(entry: dict[str, object], sets: int) -> Rule:
    """A rule as it is stated, behind others that have so many sets of words."""
    needs = tuple(frozenset(word.replace("␣", " ") for word in words.split()) for words in entry.get("needs", ()))  # type: ignore[attr-defined]
    return Rule(
        name=str(entry["name"]),
        kind=entry["kind"],  # type: ignore[arg-type]
        unit=entry["unit"],  # type: ignore[arg-type]
        needs=needs,
        wants=((1 << len(needs)) - 1) << sets,
        pattern=_compile(str(entry["pattern"])),
        ends=bool(entry.get("ends", False)),
        notices=bool(entry.get("notices", True)),
        unless=tuple(map(_compile, entry.get("unless", ()))),  # type: ignore[call-overload]
        why=str(entry["why"]),
        removes=tuple(entry["removes"]),  # type: ignore[arg-type]
        keeps=tuple(entry["keeps"]),  # type: ignore[arg-type]
    )


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The pattern with its %{terms} put in; a term may use others. A long one takes 30 ms: once for all rules that
    have it in common."""
    while "%{" in pattern:
        pattern = _TERM.sub(lambda m: f"(?:{_terms()[m[1]]})", pattern)
    return re.compile(pattern)


@cache
def _terms() -> Mapping[str, str]:
    """The terms as patterns."""
    stated: dict[str, str | list[str]] = tomllib.loads((files(__name__) / "terms.toml").read_text("utf-8"))
    return {name: term if isinstance(term, str) else _any_of(_words(term, stated)) for name, term in stated.items()}


def _words(term: list[str], stated: Mapping[str, str | list[str]]) -> list[str]:
    """The words of a list, with those of the lists that it names."""
    words: list[str] = []
    for word in term:
        named = _TERM.fullmatch(word)
        words += _words(cast("list[str]", stated[named[1]]), stated) if named else [word]
    return words


def _any_of(words: list[str]) -> str:
    """A pattern for any of many words. Where none of their first characters stands they are not tried one by one, which
    makes it five times as quick."""
    first = "".join(dict.fromkeys(_first(word) for word in words))
    return f"(?=[{first}])(?:{'|'.join(words)})"


def _first(word: str) -> str:
    """What a word begins with, as it stands in a character class."""
    start = _LOOK_BEHIND.sub("", word)
    found = _CLASS.match(start)
    return found[1] if found else re.escape(start[0])

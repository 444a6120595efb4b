"""Cleaning rules: data (the TOML files beside this module), each with a reason and examples, and their loader."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from archive.records import RemovalKind

Unit = Literal["line", "sentence", "beside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reason to take text out of an article."""

    name: str
    """Stable name, stored with each removal."""
    kind: RemovalKind
    """What sort of thing it takes out."""
    unit: Unit
    """`line`: the pattern must cover a whole line, or a whole sentence or piece of one; that goes. `sentence`: it is
    searched for in each sentence, which goes but for clauses of real text around the hit. `beside`: it must
    cover a line that is nothing on its own, but stands next to a line that a rule of the same kind takes out."""
    pattern: re.Pattern[str]
    """Searched in the line as `reveal` shows it: half-width, lower case, disguised digits made plain."""
    ends: bool
    """Whether the text of an article is over where such a line stands, if little prose follows."""
    notices: bool
    """Whether it holds on the page of a notice too, whose contacts are what it says."""
    unless: re.Pattern[str] | None
    """Found in the same sentence (for a `line` or `rest` rule: in the line), it keeps the rule from firing."""
    why: str
    """Why this is not part of an article."""
    removes: tuple[str, ...]
    """Lines it takes out, tested."""
    keeps: tuple[str, ...]
    """Look-alikes it leaves alone, tested."""


@cache
def load_rules() -> tuple[Rule, ...]:
    """All rules, in the order of the files' names and of their places in them."""
    folder = files(__name__)
    terms: dict[str, str] = tomllib.loads((folder / "terms.toml").read_text("utf-8"))
    found: list[Rule] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and file.name != "terms.toml":
            found += [_rule(entry, terms) for entry in tomllib.loads(file.read_text("utf-8"))["rule"]]
    return tuple(found)


@cache
def rules_for(notice: bool) -> tuple[Rule, ...]:
    """The rules for a page that is a notice, or for any other."""
    return tuple(rule for rule in load_rules() if rule.notices or not notice)


def is_notice(title: str | None) -> bool:
    """Whether a page has the title of a notice: of a tender, a vacancy, a water cut."""
    return title is not None and term("notice").search(title) is not None


def hint() -> re.Pattern[str]:
    """Found in every text that a rule may take something out of; most text has none, and is left alone at once."""
    return term("hint")


@cache
def term(name: str) -> re.Pattern[str]:
    """One of the terms that the rules share, by itself."""
    terms: dict[str, str] = tomllib.loads((files(__name__) / "terms.toml").read_text("utf-8"))
    return _compile(terms[name], terms)


def _rule(entry: dict[str, object], terms: dict[str, str]) -> Rule:
    unless = entry.get("unless")
    return Rule(
        name=str(entry["name"]),
        kind=entry["kind"],  # type: ignore[arg-type]
        unit=entry["unit"],  # type: ignore[arg-type]
        pattern=_compile(str(entry["pattern"]), terms),
        ends=bool(entry.get("ends", False)),
        notices=bool(entry.get("notices", True)),
        unless=_compile(str(unless), terms) if unless else None,
        why=str(entry["why"]),
        removes=tuple(entry["removes"]),  # type: ignore[arg-type]
        keeps=tuple(entry["keeps"]),  # type: ignore[arg-type]
    )


def _compile(pattern: str, terms: dict[str, str]) -> re.Pattern[str]:
    """The pattern with its %{terms} put in; a term may use others."""
    while "%{" in pattern:
        pattern = re.sub(r"%\{(\w+)\}", lambda m: f"(?:{terms[m[1]]})", pattern)
    return re.compile(pattern)

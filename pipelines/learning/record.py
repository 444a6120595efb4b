"""What was learned of a site: a small record that a person can read and a database can keep.

It holds no word of a page but class names, addresses of sample pages and what rows have between their values: lines
are in it as keyed hashes, since a hotline could be found from a plain one by trying them all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from archive.records import RemovalKind
from pipelines.learning.paths import Path, Place, Step

LEAST_TEXT = 0.2
"""Share of the shortest text known that a page's text must have: less may be a text that is not all there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An element that states something of the article: the headline, the byline row, the breadcrumb."""

    path: Path
    """Where it stands."""
    index: int
    """Which of the elements at that path it is, from 0."""
    patterns: tuple[str, ...]
    """Regular expressions, one of which its text matches as a whole; their groups are named as the article's fields.
    The empty pattern stands for pages without the element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A line that different articles of the site have in the same place: the site's own, whatever it says."""

    text: str
    """Keyed hash of the line or sentence, in hexadecimal: the line itself may hold contact details."""
    place: str
    """`above`: among the container's first lines; `below`: among its last; `apart`: in an element of such a kind,
    wherever; `ending`: a sentence at the end of one of its last lines."""
    within: int
    """How many lines from that end of the container it may stand; 0 for `apart`."""
    node: str
    """Tag and class of the element that it stands in; counts for `apart` only."""
    rule: str
    """The cleaning rule that takes it out, or `repeats-on-site` when none does."""
    kind: RemovalKind
    """What sort of thing it is."""
    pages: int
    """Pages on which it was seen when this was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of the source, beside the page's head, in which all stands that a page is read by."""

    inside: Path
    """The elements around it."""
    starts: str | None
    """How the tag begins with which it starts; once on each page. None where it starts behind the head."""
    ends: str | None
    """How the first tag behind it begins; once on each page. None where it goes on to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One of a site's page templates: where its articles stand, and what all of them have."""

    container: Place
    """The element that holds the text."""
    rows: tuple[Row, ...]
    """What states the fields."""
    related: Place | None
    """The element that names related articles; None where there is none."""
    headings: int | None
    """How many headings that say related stand in what is parsed of a page at most, where it names no other articles:
    one with more may have another list. None where they are not counted."""
    shortest: int
    """Characters that every text learned from has, rounded down."""
    repeats: tuple[Repeat, ...]
    """The lines that repeat across its articles."""
    steps: bool
    """Whether only the text's place is known, and all around it is read step by step: where rows state things in too
    many ways, or related articles stand now here, now there."""
    window: Window | None
    """What of a page needs to be parsed; None where that is all of it."""
    reads: bool
    """Whether pages are read by it. False where it would not read them as the full reader does; its repeated lines
    are taken out all the same."""
    pages: tuple[str, ...]
    """The addresses that it was learned from."""
    since: str | None
    """When the first of them was fetched; ISO 8601, None where that is not known."""

    @property
    def least(self) -> float:
        """Characters that the text of a page must have."""
        return LEAST_TEXT * self.shortest


@dataclass(frozen=True, kw_only=True)  # no slots, as they leave a cached property no place
class Learned:
    """What was learned of a site."""

    templates: tuple[Template, ...] = ()
    """The templates, in the order in which they are tried: what was learned first, and of that the most frequent.
    Empty when no pages were alike."""

    @cached_property  # asked for with every page of a crawl, where making it would cost half of what saving does
    def digest(self) -> str:
        """The same for records that read every page alike, whatever pages they were learned from."""
        deciding = [
            {name: value for name, value in entry.items() if name not in ("pages", "since", "window")}
            for entry in asdict(self)["templates"]
        ]
        for template in deciding:
            template["repeats"] = [
                {name: value for name, value in repeat.items() if name != "pages"} for repeat in template["repeats"]
            ]
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]

    def reads_like(self, other: Learned) -> bool:
        """Whether another record differs in nothing but how long a text must be, if at all."""
        return bool(self.templates) and self._of_any_length().digest == other._of_any_length().digest

    def _of_any_length(self) -> Learned:
        return Learned(templates=tuple(replace(template, shortest=0) for template in self.templates))

    def to_json(self) -> str:
        """The record as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Learned:
        """The record as it was stored. Raises ValueError, KeyError or TypeError for what is no such record."""
        return cls(templates=tuple(_template(entry) for entry in json.loads(text)["templates"]))

    @classmethod
    def from_archive(cls, text: str) -> Learned:
        """The record as it was stored; one in the form of another version is as good as none, and learned anew."""
        try:
            return cls.from_json(text)
        except (ValueError, KeyError, TypeError):
            return cls()


def _template(stored: Mapping[str, Any]) -> Template:
    rows = tuple(
        Row(path=_path(row["path"]), index=row["index"], patterns=tuple(row["patterns"])) for row in stored["rows"]
    )
    return Template(
        container=_place(stored["container"]),
        rows=rows,
        related=_place(stored["related"]) if stored["related"] is not None else None,
        repeats=tuple(Repeat(**entry) for entry in stored["repeats"]),
        window=_window(stored["window"]) if stored.get("window") is not None else None,
        pages=tuple(stored["pages"]),
        headings=stored.get("headings"),
        **{name: stored[name] for name in ("shortest", "steps", "reads", "since")},
    )


def _place(stored: Mapping[str, Any]) -> Place:
    return Place(path=_path(stored["path"]), index=stored["index"], of=stored["of"])


def _window(stored: Mapping[str, Any]) -> Window:
    return Window(inside=_path(stored["inside"]), starts=stored["starts"], ends=stored["ends"])


def _path(stored: list[Mapping[str, Any]]) -> Path:
    return tuple(Step(**step) for step in stored)

"""Lines that different articles of a site have in the same place: its own words, whatever they say.

A sentence that many articles really share (a quoted policy, the name of a column) stands among their paragraphs,
now here, now there, or on some pages only. So a line counts by its place and by its share of the pages.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from lxml import html

from archive.records import RemovalKind
from pipelines.blocks import Block
from pipelines.learning.paths import Path, path_of
from pipelines.learning.record import Repeat, Template
from pipelines.reveal import reveal
from pipelines.rules import Rule, load_rules

MIN_PAGES = 6
"""Pages of one template below which nothing is said to repeat."""
MOST = 0.8
"""Share of the pages from which a line in one place is the site's. A column's standing headline is on fewer."""
DOUBT = 0.4
"""How much more is asked for of few pages, divided by the root of their number: of a line that seven pages in ten
have, eight in ten of a small sample may well have it."""
VARIANTS = 3
"""Pages that each of several lines must be on that take turns in one place, as three hotlines do."""
STEADY = 0.9
"""Share of a line's pages on which it must be in its place: pages differ, and one of them may quote it."""
SLACK = 2
"""Lines by which its distance from the end may be larger than was seen: pages have one more or one fewer."""
LEAST_TITLE = 8
"""Characters of a headline that a line names; a shorter one may be words of any line."""
KEPT = 1_000
"""Lines whose hashes are kept: those that repeat are asked for on every page."""
RULE = "repeats-on-site"

_HEADING = re.compile(r"h[1-6]\.")
_CONTACT = re.compile(r"\d{7,}|[TPFDMG]|微信|qq|扫码|二维码|电话|手机|热线")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of a container, as the full reader saw it."""

    name: str
    """The digest of its words."""
    node: str
    """Tag and class of the element that it stands in."""
    text: str
    taken: tuple[str, RemovalKind] | None
    """Rule and kind where it was taken out, None where it is text."""
    states: bool = False
    """Whether it states something of the article: a credit or a date, alike on many pages, is text all the same."""

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading: among paragraphs a series has the same ones in each of its articles."""
        return _HEADING.match(self.node) is not None

    @property
    def is_framing(self) -> bool:
        """Whether it was taken out for where it stands, which needs no learning."""
        return self.taken is not None and self.taken[0] not in _rules()


def digest(text: str, key: bytes) -> str:
    """What a record holds of a line, under the key of the archive."""
    return hashlib.blake2b(text.encode(), digest_size=16, key=key).hexdigest()


def wording(text: str, title: str | None) -> str:
    """A line as it is on all pages where it names the article whose page it is on: the headline's place is marked."""
    if title is None or len(title) < LEAST_TITLE or text == title:
        return text
    return text.replace(title, "\0")


def node_of(block: Block) -> str:
    """Tag and class of the element that a line stands in."""
    return f"{block.node.tag}.{block.node.get('class') or ''}"


def learn_repeats(pages: Sequence[Sequence[Seen]]) -> tuple[Repeat, ...]:
    """The repeated lines of pages of one template, each given as the lines of its container."""
    if len(pages) < MIN_PAGES:
        return ()
    enough = MOST * len(pages) + DOUBT * math.sqrt(len(pages))
    count = Counter(name for lines in pages for name in {line.name for line in lines})
    lines = {line.name: line for page in pages for line in page}
    found: dict[str, Repeat] = {}
    for place, distances in _places(pages, count):
        for name in _of_the_site(place, distances, count, enough):
            if lines[name].is_framing or lines[name].states:
                continue
            within = 0 if place == "apart" else _round_up(max(distances[name]))
            found.setdefault(name, _repeat(lines[name], place, within, count[name]))
    return tuple(found.values())


def _round_up(distance: int) -> int:
    """So that other samples of the same site mostly give the same figure."""
    return next(step for step in itertools.chain((0, 1, 2, 3, 4, 6, 8, 12), itertools.count(16, 8)) if step >= distance)


def _places(pages: Sequence[Sequence[Seen]], count: Counter[str]) -> Iterable[tuple[str, dict[str, list[int]]]]:
    """Each place with the lines that steadily stand there, and their distances from it."""
    for place in ("below", "above"):
        ordered = [page if place == "above" else list(reversed(page)) for page in pages]
        edge: dict[str, list[int]] = defaultdict(list)
        everywhere: dict[str, list[int]] = defaultdict(list)
        for page in ordered:
            at_edge = True
            for distance, line in enumerate(page):
                at_edge = at_edge and (count[line.name] >= VARIANTS or line.taken is not None)
                if at_edge:
                    edge[line.name].append(distance)
                if not line.is_heading:
                    everywhere[line.name].append(distance)
        yield place, {name: found for name, found in edge.items() if len(found) >= STEADY * count[name]}
        yield place, {name: found for name, found in everywhere.items() if _is_fixed(found, count[name])}
    yield "apart", _apart(pages, count)


def _is_fixed(distances: list[int], pages: int) -> bool:
    """Whether a line is always as many lines from the end: once on each page, in the same place."""
    return len(distances) == pages and Counter(distances).most_common(1)[0][1] >= STEADY * pages


def _apart(pages: Sequence[Sequence[Seen]], count: Counter[str]) -> dict[str, list[int]]:
    """The lines in elements of a kind that holds nothing but repeated lines."""
    nodes: dict[str, dict[str, None]] = defaultdict(dict)
    for page in pages:
        for line in page:
            if not line.is_heading:
                nodes[line.node][line.name] = None
    own = (name for names in nodes.values() if all(count[name] >= VARIANTS for name in names) for name in names)
    return {name: [0] for name in own}


def _of_the_site(place: str, distances: Mapping[str, list[int]], count: Counter[str], enough: float) -> Iterable[str]:
    """Those lines in a place that are on most pages, or take turns on most pages: on `enough` of them."""
    yield from (name for name in distances if count[name] >= enough)
    turns = [name for name in distances if VARIANTS <= count[name] < enough]
    if place != "above" and sum(count[name] for name in turns) >= enough:
        yield from turns


def _repeat(line: Seen, place: str, within: int, pages: int) -> Repeat:
    rule, kind = line.taken or (RULE, "contact" if _CONTACT.search(reveal(line.text).text) else "chrome")
    return Repeat(
        text=line.name,
        place=place,
        within=within,
        node=line.node if place == "apart" else "",
        rule=rule,
        kind=kind,
        pages=pages,
    )


class Repeats:
    """The repeated lines of a site or of one of its templates, to be looked up."""

    def __init__(self, repeats: Iterable[Repeat], key: bytes) -> None:
        self._key = key
        self._by_text: dict[str, list[Repeat]] = defaultdict(list)
        for repeat in repeats:
            self._by_text[repeat.text].append(repeat)
        places = [repeat for found in self._by_text.values() for repeat in found]
        self._above = max((r.within + SLACK for r in places if r.place == "above"), default=-1)
        self._below = max((r.within + SLACK for r in places if r.place == "below"), default=-1)
        self._nodes = {r.node for r in places if r.place == "apart"}
        self._digest = lru_cache(maxsize=KEPT)(lambda text: digest(text, key))

    def rules_for(self, lines: Sequence[Block], title: str | None) -> list[Rule | None]:
        """For each line of a container the rule that takes it out, None for a line of text."""
        rules: list[Rule | None] = [None] * len(lines)
        if not self._by_text:
            return rules
        for index, line in enumerate(lines):
            # Most lines are in no place that a repeated one was seen in, and need not be hashed.
            if index > self._above and len(lines) - 1 - index > self._below and not self._nodes:
                continue
            if repeat := self._find(line, wording(line.text, title), index, len(lines)):
                rules[index] = _rules().get(repeat.rule) or _own_rule(repeat.kind)
        return rules

    def _find(self, block: Block, words: str, index: int, lines: int) -> Repeat | None:
        """The repeat that line `index` of a container of so many lines is, None for a line of text."""
        for repeat in self._by_text.get(self._digest(words), ()):
            if repeat.place == "apart":
                if node_of(block) == repeat.node:
                    return repeat
            elif (index if repeat.place == "above" else lines - 1 - index) <= repeat.within + SLACK:
                return repeat
        return None


class SiteRepeats:
    """The repeated lines of all templates of a site, for the full reader."""

    def __init__(self, templates: Sequence[Template], key: bytes) -> None:
        everywhere: list[Repeat] = []
        by_container: dict[Path, list[Repeat]] = defaultdict(list)
        for template in templates:
            everywhere += template.repeats
            by_container[template.container.path] += template.repeats
        self._everywhere = Repeats(everywhere, key)
        self._by_container = {path: Repeats(found, key) for path, found in by_container.items()}

    def rules_for(self, container: html.HtmlElement, lines: Sequence[Block], title: str | None) -> list[Rule | None]:
        """For each line of an element the rule that takes it out: those of the templates with their text in such an
        element, else of all."""
        return self._by_container.get(path_of(container), self._everywhere).rules_for(lines, title)


@cache
def _rules() -> dict[str, Rule]:
    return {rule.name: rule for rule in load_rules()}


@cache
def _own_rule(kind: RemovalKind) -> Rule:
    return Rule(
        name=RULE,
        kind=kind,
        unit="line",
        needs=(),
        pattern=re.compile(""),
        ends=False,
        unless=None,
        notices=True,
        why="different articles of the site have it in the same place",
        removes=(),
        keeps=(),
    )

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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
MOST_COUNTERS, MOST_NUMBERS, LONGEST_COUNTER = 2, 2, 60
"""Lines of a page that are the same but for their numbers, numbers in such a line, and its characters: a report has
more of them, and they are what it reports."""
LEAST_TITLE = 8
"""Characters of a headline that a line names; a shorter one may be words of any line."""
KEPT = 1_000
"""Lines whose hashes are kept: those that repeat are asked for on every page."""
RULE = "repeats-on-site"

_HEADING = re.compile(r"h[1-6]\.")
_NUMBER = re.compile(r"\d+")
_MEASURED = re.compile(r"\d[.,]\d|\d\s?[%％‰℃°元角万亿吨斤克升度米里亩户家例台件]|。\W*$")
"""A measure or a sentence: what an article says, be it nearly the same each day."""
_CONTACT = re.compile(r"\d{7,}|[TPFDMG]|微信|qq|扫码|二维码|电话|手机|热线")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of a container, as the full reader saw it."""

    name: str
    """The digest of its words."""
    form: str
    """The digest of its words whatever numbers are in them."""
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


def form(words: str) -> str:
    """A line as it is on all pages where it counts them, or their readers: the numbers' places are marked."""
    return _NUMBER.sub("\1", words)


def node_of(block: Block) -> str:
    """Tag and class of the element that a line stands in."""
    return f"{block.node.tag}.{block.node.get('class') or ''}"


def learn_repeats(pages: Sequence[Sequence[Seen]]) -> tuple[Repeat, ...]:
    """The repeated lines of pages of one template, each given as the lines of its container."""
    if len(pages) < MIN_PAGES:
        return ()
    enough = MOST * len(pages) + DOUBT * math.sqrt(len(pages))
    pages = _with_counters(pages, enough)
    count = Counter(name for lines in pages for name in {line.name for line in lines})
    lines = {line.name: line for page in pages for line in page}
    found: dict[str, Repeat] = {}
    for place, distances in _places(pages, count, enough):
        for name in distances:
            if lines[name].is_framing or lines[name].states:
                continue
            within = 0 if place == "apart" else _round_up(max(distances[name]))
            found.setdefault(name, _repeat(lines[name], place, within, count[name]))
    return tuple(found.values())


def _with_counters(pages: Sequence[Sequence[Seen]], enough: float) -> list[list[Seen]]:
    """The pages, the lines that differ from page to page in their numbers only named alike."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    on: Counter[str] = Counter()
    for page in pages:
        told = [line for line in page if not (line.is_framing or line.states)]
        on.update({line.form for line in told})
        for line in told:
            texts[line.form][line.name] = line.text
    changing = {form for form, found in texts.items() if len(found) > 1 and on[form] >= enough}
    counters = {form for form in changing if all(map(_counts, texts[form].values()))}
    if len(changing) > MOST_COUNTERS:
        counters = set()
    return [[replace(line, name=line.form) if line.form in counters else line for line in page] for page in pages]


def _counts(text: str) -> bool:
    """Whether a line may be a counter of the site's: `您是第 38 位读者`."""
    few = len(_NUMBER.findall(text)) <= MOST_NUMBERS and len(text) <= LONGEST_COUNTER
    return few and not _MEASURED.search(text)


def _round_up(distance: int) -> int:
    """So that other samples of the same site mostly give the same figure."""
    return next(step for step in itertools.chain((0, 1, 2, 3, 4, 6, 8, 12), itertools.count(16, 8)) if step >= distance)


def _places(
    pages: Sequence[Sequence[Seen]], count: Counter[str], enough: float
) -> Iterable[tuple[str, dict[str, list[int]]]]:
    """Each place with the site's lines that steadily stand there, and their distances from it: those that are on
    `enough` of the pages, and those that take turns on as many."""
    for place in ("below", "above"):
        ordered = [page if place == "above" else list(reversed(page)) for page in pages]
        edges = [_edge(page, count) for page in ordered]
        at_edge = _distances(edges)
        steady = {name for name, found in at_edge.items() if len(found) >= STEADY * count[name]}
        most = {name for name in steady if count[name] >= enough}
        turns = _take_turns(edges, most, count, enough) if place == "below" else set()
        yield place, {name: found for name, found in at_edge.items() if name in most | turns}
        fixed = _distances([[None if line.is_heading else line for line in page] for page in ordered])
        yield place, {n: found for n, found in fixed.items() if count[n] >= enough and _is_fixed(found, count[n])}
    apart = _apart(pages, count)
    several = sum(count[name] for name in apart if count[name] < enough) >= enough
    yield "apart", {name: [0] for name in apart if several or count[name] >= enough}


def _edge(page: Sequence[Seen], count: Counter[str]) -> list[Seen]:
    """The lines up to the first that is the article's alone."""
    return list(
        itertools.takewhile(
            lambda line: (count[line.name] >= VARIANTS and not line.states) or line.taken is not None, page
        )
    )


def _distances(pages: Sequence[Sequence[Seen | None]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for page in pages:
        for distance, line in enumerate(page):
            if line is not None:
                found[line.name].append(distance)
    return found


def _is_fixed(distances: list[int], pages: int) -> bool:
    """Whether a line is always as many lines from the end: once on each page, in the same place."""
    return len(distances) == pages and Counter(distances).most_common(1)[0][1] >= STEADY * pages


def _take_turns(edges: Sequence[Sequence[Seen]], known: set[str], count: Counter[str], enough: float) -> set[str]:
    """The lines that take turns on the outside of what is `known`: a sentence that many articles end with stands
    inside of the site's own lines, and on some pages only."""
    turns: set[str] = set()
    while True:
        outermost: Counter[str] = Counter()
        for edge in edges:
            left = (line for line in edge if not (line.is_framing or line.name in known | turns))
            outermost.update(line.name for line in itertools.islice(left, 1))
        steady = {n for n, seen in outermost.items() if count[n] >= VARIANTS and seen >= STEADY * count[n]}
        if not steady or sum(outermost[name] for name in steady) < enough:
            return turns
        turns |= steady


def _apart(pages: Sequence[Sequence[Seen]], count: Counter[str]) -> set[str]:
    """The lines in elements of a kind that holds nothing but repeated lines."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for line in page:
            if not line.is_heading:
                nodes[line.node].add(line.name)
    return {name for names in nodes.values() if all(count[n] >= VARIANTS for n in names) for name in names}


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
        counted = form(words)
        names = [words] if counted == words else [words, counted]
        for repeat in (repeat for name in names for repeat in self._by_text.get(self._digest(name), ())):
            if repeat.place == "apart":
                if node_of(block) == repeat.node:
                    return repeat
            elif (index if repeat.place == "above" else lines - 1 - index) <= repeat.within + SLACK:
                return repeat
        return None


class SiteRepeats:
    """What the full reader is to know of a site: where its texts stand, and the repeated lines of all templates."""

    def __init__(self, templates: Sequence[Template], key: bytes) -> None:
        self._containers = [template.container for template in templates]
        everywhere: list[Repeat] = []
        by_container: dict[Path, list[Repeat]] = defaultdict(list)
        for template in templates:
            everywhere += template.repeats
            by_container[template.container.path] += template.repeats
        self._everywhere = Repeats(everywhere, key)
        self._by_container = {path: Repeats(found, key) for path, found in by_container.items()}

    def containers_on(self, root: html.HtmlElement) -> list[html.HtmlElement]:
        """The elements that hold the text on pages of the templates, the first template's first."""
        return [found for place in self._containers if (found := place.find(root)) is not None]

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

"""Lines that different articles of a site have in the same place: its own words, whatever they say.

A sentence that many articles really share (a quoted policy, the name of a column) stands among their paragraphs,
now here, now there, or on some pages only. So a line counts by its place and by its share of the pages.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipelines.learning.endings import learn_endings
from pipelines.learning.lines import ALL, LEAST_ALL, NUMBER, RULE, VARIANTS, Seen, kind_of, round_up
from pipelines.learning.record import Repeat
from pipelines.text import CELL

MIN_PAGES = 6
"""Pages of one template below which nothing is said to repeat."""
MOST = 0.8
"""Share of the pages from which a line in one place is the site's. A column's standing headline is on fewer."""
DOUBT = 0.4
"""How much more is asked for of few pages, divided by the root of their number: of a line that seven pages in ten
have, eight in ten of a small sample may well have it."""
MOST_BETWEEN = 3
"""Lines that most articles have among their own: of more they are what all tenders say, and a form that they fill in."""
STEADY = 0.9
"""Share of a line's pages on which it must be in its place: pages differ, and one of them may quote it."""
MOST_COUNTERS, MOST_NUMBERS, LONGEST_COUNTER = 2, 2, 60
"""Lines of a page that are the same but for their numbers, numbers in such a line, and its characters: a report has
more of them, and they are what it reports."""

_MEASURED = re.compile(r"\d[.,]\d|\d\s?[%％‰℃°元角万亿吨斤克升度米里亩户家例台件]|。\W*$")
"""A measure or a sentence: what an article says, be it nearly the same each day."""


def learn_repeats(pages: Sequence[Sequence[Seen]], key: bytes) -> tuple[Repeat, ...]:
    """The repeated lines of pages of one template, each given as the lines of its container, and the sentences at the
    end of what remains. `key` is what they are hashed with."""
    if len(pages) < MIN_PAGES:
        return ()
    pages = _with_counters(pages)
    repeats = _learn_lines(pages)
    return (*repeats, *learn_endings(pages, {repeat.text for repeat in repeats}, key))


def _learn_lines(pages: Sequence[Sequence[Seen]]) -> list[Repeat]:
    enough = MOST * len(pages) + DOUBT * math.sqrt(len(pages))
    count = Counter(name for lines in pages for name in {line.name for line in lines})
    lines = {line.name: line for page in pages for line in page}
    found: dict[str, Repeat] = {}
    placed: Counter[str] = Counter()

    def note(places: Iterable[tuple[str, dict[str, list[int]]]]) -> None:
        for place, distances in places:
            for name in distances:
                within = 0 if place == "apart" else round_up(max(distances[name]))
                found.setdefault(name, _repeat(lines[name], place, within, count[name]))
                placed[name] = max(placed[name], len(distances[name]))

    note(_at_edges(pages, count, enough))
    between = [name for name, seen in count.items() if seen >= enough and name not in found and not lines[name].taken]
    is_form = len(between) > MOST_BETWEEN
    note(() if is_form else _in_fixed_places(pages, count, enough))
    note(_apart(pages, count, enough))
    anywhere = [] if is_form else _everywhere(pages, count, placed)
    repeats = [*found.values(), *(_repeat(lines[name], "apart", 0, count[name]) for name in anywhere)]
    rows = _rows_of_articles(pages, count)

    def is_articles(line: Seen) -> bool:
        return line.is_framing or line.states or line.name in rows or (is_form and line.is_form)

    return [repeat for repeat in dict.fromkeys(repeats) if not is_articles(lines[repeat.text])]


def _rows_of_articles(pages: Sequence[Sequence[Seen]], count: Counter[str]) -> set[str]:
    """The rows of tables that have others in each article, whose headings are alike in many."""
    found: set[str] = set()
    for page in pages:
        for is_table, rows in itertools.groupby(page, key=lambda line: CELL in line.text):
            names = [row.name for row in rows]
            if is_table and any(count[name] < VARIANTS for name in names):
                found.update(names)
    return found


def _everywhere(pages: Sequence[Sequence[Seen]], count: Counter[str], placed: Counter[str]) -> list[str]:
    """The lines that all pages have, now here, now there, or oftener than in the place that they are known to have."""
    if len(pages) < LEAST_ALL:
        return []
    often = Counter(line.name for page in pages for line in page if not line.is_form)
    return [name for name, seen in often.items() if count[name] >= ALL * len(pages) and seen > placed[name]]


def _with_counters(pages: Sequence[Sequence[Seen]]) -> list[list[Seen]]:
    """The pages, the lines that differ from page to page in their numbers and signs only named alike."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    on: Counter[str] = Counter()
    for page in pages:
        told = [line for line in page if not (line.is_framing or line.states)]
        on.update({line.form for line in told})
        for line in told:
            texts[line.form][line.name] = line.text
    changing = {form for form, found in texts.items() if len(found) > 1 and on[form] >= VARIANTS}
    counters = {form for form in changing if all(map(_counts, texts[form].values()))}
    if sum(on[form] for form in changing) > MOST_COUNTERS * len(pages):
        counters = set()
    return [[replace(line, name=line.form) if line.form in counters else line for line in page] for page in pages]


def _counts(text: str) -> bool:
    """Whether a line may be a counter of the site's: `您是第 38 位读者`."""
    few = len(NUMBER.findall(text)) <= MOST_NUMBERS and len(text) <= LONGEST_COUNTER
    return few and not _MEASURED.search(text) and CELL not in text


def _at_edges(
    pages: Sequence[Sequence[Seen]], count: Counter[str], enough: float
) -> Iterable[tuple[str, dict[str, list[int]]]]:
    """The lines that steadily stand above or below all that is the article's alone, and their distances from that end:
    those that are on `enough` of the pages, and below those that take turns on as many."""
    for place in ("below", "above"):
        edges = [_edge(page if place == "above" else page[::-1], count, place) for page in pages]
        at_edge = _distances(edges)
        steady = {name for name, found in at_edge.items() if len(found) >= STEADY * count[name]}
        most = {name for name in steady if count[name] >= enough}
        turns = _take_turns(edges, most, count, enough) if place == "below" else set()
        yield place, {name: found for name, found in at_edge.items() if name in most | turns}


def _in_fixed_places(
    pages: Sequence[Sequence[Seen]], count: Counter[str], enough: float
) -> Iterable[tuple[str, dict[str, list[int]]]]:
    """The lines that are always as far from the same end, those that take turns in one place among them."""
    for place in ("below", "above"):
        ordered = [page if place == "above" else page[::-1] for page in pages]
        found = _distances([[None if line.is_form or line.states else line for line in page] for page in ordered])
        fixed = {name: distances for name, distances in found.items() if _is_fixed(distances, count[name])}
        turns = _take_turns_among(fixed, enough) if len(pages) >= LEAST_ALL else set()
        yield place, {name: distances for name, distances in fixed.items() if name in turns or count[name] >= enough}


def _edge(page: Sequence[Seen], count: Counter[str], place: str) -> list[Seen]:
    """The lines up to the first that is the article's alone. A document may begin with a clause, and all of them with
    the same."""

    def may_be_its_own(line: Seen) -> bool:
        return count[line.name] >= VARIANTS and not line.states and not (place == "above" and line.is_numbered)

    return list(itertools.takewhile(lambda line: line.taken is not None or may_be_its_own(line), page))


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


def _take_turns_among(fixed: Mapping[str, Sequence[int]], enough: float) -> set[str]:
    """The lines that are as far from the end as others, one of which `enough` of the pages have there."""
    at: dict[int, set[str]] = defaultdict(set)
    for name, found in fixed.items():
        if len(found) >= VARIANTS:
            at[Counter(found).most_common(1)[0][0]].add(name)
    return set().union(*(names for names in at.values() if sum(len(fixed[name]) for name in names) >= enough))


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


def _apart(
    pages: Sequence[Sequence[Seen]], count: Counter[str], enough: float
) -> Iterable[tuple[str, dict[str, list[int]]]]:
    """The lines in elements of a kind that holds nothing but repeated lines, if `enough` pages have one."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for line in page:
            if not line.is_heading:
                nodes[line.node].add(line.name)
    apart = {name for names in nodes.values() if all(count[n] >= VARIANTS for n in names) for name in names}
    several = sum(count[name] for name in apart if count[name] < enough) >= enough
    yield "apart", {name: [0] * count[name] for name in apart if several or count[name] >= enough}


def _repeat(line: Seen, place: str, within: int, pages: int) -> Repeat:
    rule, kind = line.taken or (RULE, kind_of(line.text))
    return Repeat(
        text=line.name,
        place=place,
        within=within,
        node=line.node if place == "apart" else "",
        rule=rule,
        kind=kind,
        pages=pages,
    )

"""From a site's first pages, with the full reader as teacher, to what they have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import html

from archive.records import Article, Selectors
from pipelines.blocks import Block, split_blocks
from pipelines.body import read_body
from pipelines.chosen import NO_SELECTORS
from pipelines.container import hold_same_text
from pipelines.decode import decode
from pipelines.errors import NotAnArticle
from pipelines.learning.known_lines import SiteRepeats
from pipelines.learning.lines import Seen, see_lines
from pipelines.learning.paths import Path, Place, find_all, path_of, varied_classes
from pipelines.learning.reading import LONGEST_ROW, KnownSite, Mismatch, read_related
from pipelines.learning.record import Learned, Row, Template, Window
from pipelines.learning.repeats import learn_repeats
from pipelines.learning.rows import (
    FIELDS,
    MAX_PATTERNS,
    find_value,
    learn_pattern,
    loosened,
    match_row,
    merge_patterns,
    row_text,
    title_on,
)
from pipelines.learning.window import Source, find_windows
from pipelines.reader import Reading, take_apart, take_apart_tree
from pipelines.regions import find_regions
from pipelines.related import count_headings
from pipelines.tree import parse

MIN_PAGES = 4
"""Pages of one template below which it is not learned: of three, two may be alike by chance."""
REPRODUCED = 0.9
"""Share of its pages that a template must read exactly as the full reader did."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to learn from, as `read_article` takes it."""

    html: bytes
    url: str
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Lesson:
    sample: Sample
    reading: Reading


def learn(
    samples: Iterable[Sample],
    *,
    more: Iterable[Sample] = (),
    key: bytes = b"",
    selectors: Selectors = NO_SELECTORS,
    known: Learned | None = None,
) -> Learned:
    """What is `known` of a site, and what the article pages among the samples, which it does not read, have in common.

    On `more` pages only lines are counted, which is a hundred times as fast. `key` is what lines are hashed with.
    Pages without an article teach nothing.
    """
    lessons = [lesson for sample in samples if (lesson := _read(sample, selectors))]
    others = [root for sample in more if (root := _parsed(sample)) is not None]
    varied = varied_classes(path_of(lesson.reading.container) for lesson in lessons)
    found = [
        _learn_template(group, others, key, selectors, varied)
        for group in _group(sorted(lessons, key=lambda lesson: lesson.sample.url), selectors, varied)
        if len(group) >= MIN_PAGES
    ]
    return Learned(templates=(*(known.templates if known else ()), *filter(None, found)))


def _group(lessons: Sequence[_Lesson], selectors: Selectors, varied: Collection[str]) -> list[list[_Lesson]]:
    """The pages with their text in one place, the most frequent place first; a page whose text a more frequent one
    holds as well goes with those."""
    by_path: dict[Path, list[_Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_path[path_of(lesson.reading.container, varied)].append(lesson)
    groups: list[list[_Lesson]] = []
    places: list[Place] = []
    for group in sorted(by_path.values(), key=lambda group: -len(group)):
        left = [lesson for lesson in group if not _joins(lesson, places, groups, selectors)]
        if left:
            groups.append(left)
            places.append(_commonest(_exact_place(lesson.reading, varied) for lesson in left))
    return groups


def _joins(lesson: _Lesson, places: Sequence[Place], groups: Sequence[list[_Lesson]], selectors: Selectors) -> bool:
    """Whether a page goes with one of the groups, whose places these are; it is read once more, for that place."""
    read, sample = lesson.reading, lesson.sample
    for place, group in zip(places, groups, strict=True):
        usual = place.find(read.root)
        if usual is None or usual not in read.blocks.spans or selectors.body:
            continue
        if hold_same_text(usual, read.container, read.blocks, find_regions(read.blocks), read.article.title):
            with suppress(NotAnArticle):
                again = take_apart_tree(read.root, sample.url, sample.fetched_at, selectors=selectors, place=usual)
                group.append(_Lesson(sample, again))
                return True
    return False


def _read(sample: Sample, selectors: Selectors) -> _Lesson | None:
    try:
        return _Lesson(sample, take_apart(sample.html, sample.url, sample.fetched_at, selectors=selectors))
    except NotAnArticle:
        return None


def _parsed(sample: Sample) -> html.HtmlElement | None:
    try:
        return parse(decode(sample.html))
    except NotAnArticle:
        return None


def _learn_template(
    group: Sequence[_Lesson],
    others: Sequence[html.HtmlElement],
    key: bytes,
    selectors: Selectors,
    varied: Collection[str],
) -> Template | None:
    """The template of pages with one container; None where nothing is learned from them."""
    readings = [lesson.reading for lesson in group]
    fetched = [lesson.sample.fetched_at for lesson in group if lesson.sample.fetched_at]
    container = _commonest(_exact_place(reading, varied) for reading in readings)
    rows = _learn_rows(readings, varied)
    template = Template(
        container=container,
        rows=rows,
        related=_learn_related(readings, varied),
        headings=None,
        shortest=_round_down(min(len(reading.article.body) for reading in readings)),
        repeats=learn_repeats(
            [*(_seen(reading, key) for reading in readings), *_seen_on(others, container, rows, key)], key
        ),
        steps=False,
        window=None,
        reads=True,
        pages=tuple(lesson.sample.url for lesson in group),
        since=min(fetched).isoformat() if fetched else None,
    )
    for way in (template, replace(template, rows=(), related=None, steps=True)) if selectors == NO_SELECTORS else ():
        if sum(_reproduces(way, key, lesson) for lesson in group) >= REPRODUCED * len(group):
            return _learn_headings(replace(way, window=_learn_window(way, group, key)), group)
    return replace(template, reads=False) if template.repeats else None


def _learn_headings(template: Template, group: Sequence[_Lesson]) -> Template:
    """The template with the most headings that say related on a page which names no articles but where it has them."""
    if template.steps:
        return template
    most = 0
    for lesson in group:
        source, url = Source(lesson.sample.html), lesson.sample.url
        if read_related(template, source.parse(template.window), url) == lesson.reading.article.related:
            most = max(most, count_headings(source.parsed))
    return replace(template, headings=most)


def _round_down(chars: int) -> int:
    """To a power of two, so that other samples of the same site mostly give the same figure."""
    return 1 << max(0, chars.bit_length() - 1)


def _seen(reading: Reading, key: bytes) -> list[Seen]:
    """The lines of the container, with what became of each."""
    start, end = reading.blocks.spans[reading.container]
    return see_lines(reading.blocks.lines[start:end], reading.body, reading.article.title, key)


def _seen_on(
    roots: Iterable[html.HtmlElement], container: Place, rows: Sequence[Row], key: bytes
) -> Iterator[list[Seen]]:
    """The lines of the container on other pages of the template, in so far as it is there."""
    for root in roots:
        if (found := container.find(root)) is not None:
            blocks = split_blocks(found)
            yield see_lines(
                blocks.lines, read_body(blocks.lines, find_regions(blocks), None), title_on(root, rows), key
            )


def _reproduces(template: Template, key: bytes, lesson: _Lesson) -> bool:
    """Whether a page is read by the template as the full reader reads it that knows the repeated lines."""
    learned, sample, reading = Learned(templates=(template,)), lesson.sample, lesson.reading
    repeats = SiteRepeats(learned.templates, key)
    try:
        # Its text is where the template has it, or it would not be in the group: to find it again takes most of the time.
        taught = take_apart_tree(reading.root, sample.url, sample.fetched_at, repeats, place=reading.container).article
        return KnownSite(learned, key).read(sample.html, sample.url, sample.fetched_at) == taught
    except (Mismatch, NotAnArticle):
        return False


def _learn_window(template: Template, group: Sequence[_Lesson], key: bytes) -> Window | None:
    """What of a page needs to be parsed: the smallest part with which all pages are read as they are without."""
    if template.steps:
        return None

    def read(way: Template) -> list[Article | None]:
        site = KnownSite(Learned(templates=(way,)), key)
        return [_read_or_none(site, lesson.sample) for lesson in group]

    whole = read(template)
    windows = find_windows(template, [(lesson.sample.html, lesson.reading.root) for lesson in group])
    return next((window for window in windows if read(replace(template, window=window)) == whole), None)


def _read_or_none(site: KnownSite, sample: Sample) -> Article | None:
    with suppress(Mismatch):
        return site.read(sample.html, sample.url, sample.fetched_at)
    return None


def _learn_rows(readings: Sequence[Reading], varied: Collection[str]) -> tuple[Row, ...]:
    """The elements that state the fields: each field from the place where most pages state it."""
    votes: dict[str, Counter[Place]] = defaultdict(Counter)
    for reading in readings:
        for element in _stating(reading):
            for name in _stated_by(reading, element):
                votes[name][_place(reading.root, element, varied)] += 1
    fields: dict[Place, list[str]] = defaultdict(list)
    for name in FIELDS:
        if votes[name]:
            fields[votes[name].most_common(1)[0][0]].append(name)
    return tuple(
        Row(path=place.path, index=place.index, patterns=_learn_patterns(readings, place, names))
        for place, names in fields.items()
    )


def _stated_by(reading: Reading, element: html.HtmlElement) -> list[str]:
    """The fields that an element states. The headline's own states the title, and others behind it: what the headline
    itself names, or the page's head, is no row."""
    text, values = row_text(element), _values(reading)
    if element is not _title_element(reading):
        return [name for name, value in values.items() if name != "title" and find_value(text, name, value)]
    headline = find_value(text, "title", values["title"])
    if headline is None:
        return []
    behind = text[headline[1] :] if reading.title_line else ""
    return ["title", *(name for name, value in values.items() if name != "title" and find_value(behind, name, value))]


def _values(reading: Reading) -> dict[str, str]:
    """The fields as they may be printed."""
    stated = {name: getattr(reading.article, name) for name in FIELDS}
    return {name: str(value) for name, value in stated.items() if value not in (None, "")}


def _title_element(reading: Reading) -> html.HtmlElement | None:
    if reading.title_line is not None:
        return reading.title_line.node
    return next(reading.root.iter("title"), None)


def _stating(reading: Reading) -> list[html.HtmlElement]:
    """The elements that may state a field: those of a single line each, nearest to the headline first.

    Not those of the related articles: a paper or a number that one page in twenty happens to find there would be looked
    for, in vain, on the others.
    """
    related = {i for span in reading.related for i in range(*span)}
    text = {id(line.node) for line in _text_lines(reading)}
    headline = reading.title_line.index if reading.title_line else 0
    nodes = Counter(line.node for line in reading.blocks.lines)
    near = sorted(reading.blocks.lines, key=lambda line: abs(line.index - headline))
    found = [
        line.node
        for line in near
        if nodes[line.node] == 1
        and line.index not in related
        and len(line.spaced) <= LONGEST_ROW
        and id(line.node) not in text
        and row_text(line.node) == line.spaced
    ]
    title = _title_element(reading)
    return found if title is None or title in found else [title, *found]


def _text_lines(reading: Reading) -> list[Block]:
    start, end = reading.blocks.spans[reading.container]
    kept = set(reading.body.lines)
    return [line for line in reading.blocks.lines[start:end] if line.text in kept]


def _place(root: html.HtmlElement, element: html.HtmlElement, varied: Collection[str]) -> Place:
    path = path_of(element, varied)
    return Place(path=path, index=find_all(root, path).index(element))


def _exact_place(reading: Reading, varied: Collection[str]) -> Place:
    """Where the text stands, and among how many."""
    place = _place(reading.root, reading.container, varied)
    return replace(place, of=len(find_all(reading.root, place.path)))


def _commonest(places: Iterable[Place]) -> Place:
    return Counter(places).most_common(1)[0][0]


def _learn_patterns(readings: Sequence[Reading], place: Place, names: Sequence[str]) -> tuple[str, ...]:
    """The patterns of a row, those with more words of their own first: `来源：未知` is like `来源：(source)` too."""
    rows: dict[str, list[tuple[str, Reading]]] = defaultdict(list)
    for reading in readings:
        element = place.find(reading.root)
        text = row_text(element) if element is not None else ""
        rows[learn_pattern(text, _values(reading), names)].append((text, reading))
    _loosen(rows)
    frequent = sorted(rows, key=lambda pattern: -len(rows[pattern]))[:MAX_PATTERNS]
    needed = [
        pattern
        for pattern in frequent
        if not any(_covers(other, rows[pattern]) for other in frequent if _reads(other) > _reads(pattern))
    ]
    return merge_patterns(sorted(needed, key=lambda pattern: pattern.count("(?")))


def _loosen(rows: dict[str, list[tuple[str, Reading]]]) -> None:
    """Put patterns for any words in the place of those that differ only in words that state nothing, as long as they
    are like none of the other rows, of which another pattern reads more."""
    for pattern, alike in list(loosened(rows)):
        others = [text for other in rows.keys() - set(alike) for text, _ in rows[other]]
        if all(match_row(text, [pattern]) is None for text in others):
            rows[pattern] = [row for found in alike for row in rows.pop(found)]


def _reads(pattern: str) -> int:
    return pattern.count("?P<")


def _covers(pattern: str, rows: Sequence[tuple[str, Reading]]) -> bool:
    """Whether a pattern reads rows of another as well, since all that it reads more of them is overruled.

    A paper named in the text goes before the one in the row, which on such pages looks like words of the template.
    """
    for text, reading in rows:
        stated = match_row(text, [pattern])
        if stated is None or any(getattr(reading.article, name) is None for name in stated):
            return False
    return True


def _learn_related(readings: Sequence[Reading], varied: Collection[str]) -> Place | None:
    """The smallest element around the related articles, where most pages have it. Around a single one that is no list,
    so pages that name several go before those."""
    several: list[Place] = []
    single: list[Place] = []
    for reading in readings:
        linked = [i for span in reading.related for i in range(*span) if reading.blocks.lines[i].links]
        if linked:
            spans = reading.blocks.spans.items()
            around = [element for element, (start, end) in spans if start <= linked[0] and linked[-1] < end]
            (several if len(linked) > 1 else single).append(_place(reading.root, around[-1], varied))
    return _commonest(several or single) if several or single else None

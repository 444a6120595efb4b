"""What a page states of the article's origin: when, by whom, copied from where, in which section, how often read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import html

from pipelines.blocks import Block, Blocks
from pipelines.body import Body
from pipelines.breadcrumb import read_category
from pipelines.byline import SAYS_WHO, is_byline, is_counter, is_row_below, read_byline, read_section
from pipelines.credit_line import split_line
from pipelines.credits import read_credit_rows, read_credits
from pipelines.dates import ShownDate, find_date, find_labelled_date, holds_date, month_days
from pipelines.metadata import read_authors, read_date_in_address, read_machine_date, read_named_dates, read_site_names
from pipelines.plain import plain
from pipelines.regions import Region
from pipelines.text import is_prose, key
from pipelines.title import DATED

ABOVE, BELOW = 5, 8
"""Lines above the headline and behind the text in which templates print a byline row."""
FOOT = 12
"""Lines behind the text within its container that may be of the byline: what follows them is other articles."""
LEAKED = 6
"""Lines at the beginning of the text among which a byline row is looked for."""
LONGEST_ROW = 200
"""Characters of a line in which a date is looked for."""
MOST_REMOVALS = 300
"""Removed lines among which a credit is looked for: a hostile page has 18,000, and each takes 100 µs."""
LONGEST_LABEL = 8
"""Characters of a line that is only the label of the next."""
LONGEST_HEADER = 40
"""Characters of a line below the headline that may name the account only by its markup."""


_WEEKDAY = re.compile("(?:星期|周)[一二三四五六日天]")
"""Above the headline it tells the clock of the site, or the issue of a newspaper, which the address tells too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """A page's statements on its article. The fields are those of the Article."""

    published: str | None
    published_raw: str | None
    posted_by: str | None
    source: str | None
    reporter: str | None
    category: str | None
    views: int | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lines in which a template prints the byline."""

    above: list[Block]
    """Directly above the headline."""
    head: list[Block]
    """Between the headline and the text."""
    below: list[Block]
    """Behind the text."""


def read_imprint(
    root: html.HtmlElement,
    blocks: Blocks,
    regions: Sequence[Region | None],
    body: Body,
    title_line: Block | None,
    span: tuple[int, int],
    url: str,
    fetched_at: datetime | None,
) -> Imprint:
    """What the lines around the text, the text's own ends and the page's head say together.

    `span` are the lines of the container that the text was found in.
    """
    around = _surroundings(blocks, regions, body, title_line, span)
    title = title_line.text if title_line else ""
    text_start = body.head[-1].index + 1 if body.head else span[0]
    category = read_category(blocks, max(text_start, title_line.index + 1 if title_line else 0), title)
    rows = [line for line in (*around.head, *around.above[::-1]) if is_byline(line.spaced)]
    rows += [line for line in around.head if is_counter(line.text)]
    headers = [line for line in around.head if len(line.text) <= LONGEST_HEADER and not is_byline(line.spaced)]
    known = {key(name) for name in (*read_site_names(root), category or "", title) if name}
    byline = read_byline(rows, known=known, headers=headers, named=read_authors(root))
    below = read_byline(_labelled(around.below), known=known)
    credit, beside = read_credits(body.lines), read_credit_rows(_credit_rows(around, body))
    shown = _published(root, blocks, around, title, url, fetched_at)
    return Imprint(
        published=shown.iso if shown else None,
        published_raw=shown.raw if shown else None,
        posted_by=byline.posted_by or _unless_known(beside.posted_by, known) or below.posted_by,
        source=credit.source or byline.source or _unless_known(beside.source, known) or below.source or credit.cited,
        reporter=credit.reporter or byline.reporter or _unless_known(beside.reporter, known) or below.reporter,
        category=category or byline.category or _section_beside(blocks, around, title_line),
        views=byline.views if byline.views is not None else below.views,
    )


def _section_beside(blocks: Blocks, around: Surroundings, title_line: Block | None) -> str | None:
    """The section that stands directly above the headline, marked as such, or behind its label below the text."""
    above = blocks.lines[max(0, title_line.index - 2) : title_line.index] if title_line else []
    marked = read_byline([], headers=[line for line in above if len(line.text) <= LONGEST_LABEL]).category
    return marked or next(filter(None, map(read_section, around.below)), None)


def _labelled(lines: Sequence[Block]) -> list[Block]:
    """The byline rows behind a text. Rows that stand there in numbers are those of comments or of other articles."""
    rows = [line for line in lines if is_byline(line.spaced)]
    dated = [line for line in rows if holds_date(plain(line.spaced))]
    labelled = [line for line in rows if any(part.kind in SAYS_WHO for part in split_line(plain(line.spaced)))]
    labelled += [line for line in dated if line not in labelled and is_row_below(line.spaced)]
    counters = [line for line in lines if is_counter(line.text)]
    return labelled + (counters if len(counters) == 1 else []) if len(dated) <= 1 else []


def _unless_known(name: str | None, known: set[str]) -> str | None:
    return None if key(name or "") in known else name


def _surroundings(
    blocks: Blocks, regions: Sequence[Region | None], body: Body, title_line: Block | None, span: tuple[int, int]
) -> Surroundings:
    lines = blocks.lines
    text_start = body.head[-1].index + 1 if body.head else span[0]
    head = list(body.head)
    if title_line and title_line.index < text_start:
        head = [line for line in lines[title_line.index : text_start] if line is not title_line]
    # What a template marks as its own may stand between headline and text: <aside>发布时间：…</aside>.
    head += itertools.takewhile(lambda line: regions[line.index] == "chrome", lines[text_start : text_start + LEAKED])
    first = min(line.index for line in (title_line, *head, lines[text_start]) if line)
    # A row that was taken for text is a row all the same.
    leaked = itertools.takewhile(lambda line: not is_prose(line.text), lines[text_start : text_start + LEAKED])
    head += [line for line in leaked if is_byline(line.spaced)]
    behind = [line for line in lines[span[1] : span[1] + BELOW] if regions[line.index] in (None, "chrome")]
    below = [*_behind_text(blocks, regions, body, span)[:FOOT], *behind]
    above = [line for line in lines[max(0, first - ABOVE) : first] if line.links <= 0.5 * len(line.text)]
    return Surroundings(above=_pair_labels(above), head=_pair_labels(head), below=_pair_labels(below))


def _behind_text(blocks: Blocks, regions: Sequence[Region | None], body: Body, span: tuple[int, int]) -> list[Block]:
    """The lines of the container behind the last of the text, those that the template marks as its own too."""
    kept = set(body.lines)
    inside = blocks.lines[span[0] : span[1]]
    last = max((line.index for line in inside if line.text in kept), default=span[0] - 1)
    return [line for line in inside if line.index > last and regions[line.index] in (None, "chrome")]


def _pair_labels(lines: list[Block]) -> list[Block]:
    """The lines, those that are only a label joined with the one that has its value: a list of terms is no table."""
    paired: list[Block] = []
    for line in lines:
        label = paired[-1] if paired else None
        if label and len(label.text) <= LONGEST_LABEL and label.text[-1] in ":：" and len(line.text) <= LONGEST_HEADER:
            paired[-1] = replace(line, text=f"{label.text} {line.text}", spaced=f"{label.spaced} {line.spaced}")
        else:
            paired.append(line)
    return paired


def _credit_rows(around: Surroundings, body: Body) -> Iterable[str]:
    """Lines that are not of the text but may be a credit: around it, and within it where a rule took them out."""
    yield from (line.spaced for line in (*around.head, *around.above))
    taken = (
        removal.text
        for removal in body.removals
        if removal.kind not in ("chrome", "repeat") or removal.rule == "editor-line"
    )
    yield from itertools.islice(taken, MOST_REMOVALS)
    yield from (line.spaced for line in around.below if not holds_date(plain(line.spaced)))


def _published(
    root: html.HtmlElement, blocks: Blocks, around: Surroundings, title: str, url: str, fetched_at: datetime | None
) -> ShownDate | None:
    """The date that the page shows; what its head states for machines counts when it shows one without a year."""
    head = [*_dated(around.head), _joined(around.head)]
    below = _dated(around.below)
    clocks = [line for line in around.above if _WEEKDAY.search(line.text) or (line.links and not _names_account(line))]
    above = [*_dated(line for line in around.above if line not in clocks), _joined(around.above)]
    return (
        find_date(head, None)
        or find_labelled_date(below)
        or find_date([found[0] for found in DATED.finditer(title)], None)
        or find_date(above, None)
        or find_date([line.spaced for line in _labelled(around.below)], None)
        or find_date([*head, *above], None, hints=read_named_dates(root, url))
        or read_machine_date(root)
        or find_date([*head, *above], fetched_at)
        or _from_address(blocks, around, url)
    )


def _names_account(line: Block) -> bool:
    """Whether a line has a link to who posted the article: such a line above the headline is no clock of the site."""
    return read_byline([], headers=[line]).posted_by is not None


def _dated(lines: Iterable[Block]) -> list[str]:
    return [
        line.spaced
        for line in lines
        if len(line.text) <= LONGEST_ROW and (not is_prose(line.text) or is_byline(line.spaced))
    ]


def _joined(lines: Iterable[Block]) -> str:
    """A date whose parts stand in boxes of their own, as `27` above `2024-09`."""
    return " ".join(
        line.text for line in lines if len(line.text) <= 12 and re.fullmatch(r"[\d\s年月日:/.-]+", line.text)
    )


def _from_address(blocks: Blocks, around: Surroundings, url: str) -> ShownDate | None:
    """The date in the page's address, when a line above the text or directly behind it shows the same day."""
    iso = read_date_in_address(url)
    if iso is None:
        return None
    above = blocks.lines[: around.head[-1].index if around.head else ABOVE]
    for line in (*above, *around.below):
        if len(line.text) <= LONGEST_ROW and iso[5:] in month_days(line.text):
            return find_date([line.text], None, hints=[iso]) or ShownDate(iso=iso, raw=line.text)
    return None

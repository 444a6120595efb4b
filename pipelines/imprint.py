"""What a page states of the article's origin: when, by whom, copied from where, in which section, how often read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import html

from pipelines.blocks import Block, Blocks
from pipelines.body import Body
from pipelines.breadcrumb import read_category
from pipelines.byline import is_byline, read_byline
from pipelines.credits import read_credit_rows, read_credits
from pipelines.dates import ShownDate, find_date, find_labelled_date, month_days
from pipelines.metadata import read_date_in_address, read_machine_date, read_named_dates, read_site_names
from pipelines.regions import Region
from pipelines.text import is_prose, key

ABOVE, BELOW = 3, 8
"""Lines above the headline and behind the text in which templates print a byline row."""
LEAKED = 6
"""Lines at the beginning of the text among which a byline row is looked for."""
LONGEST_ROW = 200
"""Characters of a line in which a date is looked for."""
LONGEST_HEADER = 40
"""Characters of a line below the headline that may name the account only by its markup."""


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
    category = read_category(blocks, title_line.index + 1 if title_line else span[1], title)
    rows = [line for line in (*around.head, *around.above[::-1], *around.below) if is_byline(line.spaced)]
    headers = [line for line in around.head if len(line.text) <= LONGEST_HEADER and not is_byline(line.spaced)]
    known = {key(name) for name in (*read_site_names(root), category or "") if name}
    byline = read_byline(rows, known=known, headers=headers)
    credit, beside = read_credits(body.lines), read_credit_rows(_credit_rows(around, body))
    shown = _published(root, blocks, around, url, fetched_at)
    return Imprint(
        published=shown.iso if shown else None,
        published_raw=shown.raw if shown else None,
        posted_by=byline.posted_by or _unless_known(beside.posted_by, known),
        source=credit.source or byline.source or _unless_known(beside.source, known) or credit.cited,
        reporter=credit.reporter or byline.reporter or _unless_known(beside.reporter, known),
        category=category or byline.category,
        views=byline.views,
    )


def _unless_known(name: str | None, known: set[str]) -> str | None:
    return None if key(name or "") in known else name


def _surroundings(
    blocks: Blocks, regions: Sequence[Region | None], body: Body, title_line: Block | None, span: tuple[int, int]
) -> Surroundings:
    lines = blocks.lines
    text_start = body.head[-1].index + 1 if body.head else span[0]
    head = body.head
    if title_line and title_line.index < text_start:
        head = [line for line in lines[title_line.index : text_start] if line is not title_line]
    first = min(line.index for line in (title_line, *head, lines[text_start]) if line)
    # A row that was taken for text is a row all the same.
    head += [line for line in lines[text_start : text_start + LEAKED] if is_byline(line.spaced)]
    behind = [line for line in lines[span[1] : span[1] + BELOW] if regions[line.index] in (None, "chrome")]
    below = [line for line in (*body.tail, *behind) if regions[line.index] != "related"]
    return Surroundings(
        above=[line for line in lines[max(0, first - ABOVE) : first] if line.links <= 0.5 * len(line.text)],
        head=head,
        below=below,
    )


def _credit_rows(around: Surroundings, body: Body) -> Iterable[str]:
    """Lines that are not of the text but may be a credit: around it, and within it where a rule took them out."""
    yield from (line.spaced for line in around.head)
    yield from (removal.text for removal in body.removals if removal.kind != "chrome" and removal.kind != "repeat")
    yield from (line.spaced for line in around.below)


def _published(
    root: html.HtmlElement, blocks: Blocks, around: Surroundings, url: str, fetched_at: datetime | None
) -> ShownDate | None:
    """The date that the page shows; what its head states for machines counts when it shows one without a year."""
    head = [*_dated(around.head), _joined(around.head)]
    above, below = _dated(around.above), _dated(around.below)
    return (
        find_date(head, None)
        or find_labelled_date(below)
        or find_date(above, None)
        or find_date([*head, *above], None, hints=read_named_dates(root, url))
        or read_machine_date(root)
        or find_date([*head, *above], fetched_at)
        or _from_address(blocks, around, url)
    )


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

"""Bytes to article: the steps of reading a page of which nothing is known, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lxml import html as lxml_html

from archive.records import Article, Link, Selectors
from pipelines.blocks import Block, Blocks, split_blocks
from pipelines.body import Body, KnownText, read_body
from pipelines.byline import is_byline
from pipelines.chosen import NO_SELECTORS, chosen_container, chosen_text, with_chosen
from pipelines.clean import clean_line
from pipelines.container import find_container, hold_same_text
from pipelines.errors import NotAnArticle
from pipelines.imprint import Imprint, read_imprint
from pipelines.metadata import read_address, read_description
from pipelines.no_article import not_html, why_no_article, why_nothing
from pipelines.regions import Region, find_regions
from pipelines.related import find_related
from pipelines.text import CELL, is_prose, split_sentences
from pipelines.title import LONGEST, find_title
from pipelines.tree import parse_page

MAX_LINE = 200_000
"""Characters of one line. A whole novel's chapter has 20,000; one line of three million took 534 MB."""
LONGEST_SUMMARY = 200
"""Characters of a summary that is cut from the first paragraph."""


class KnownLines(Protocol):
    """Where a site's texts stand, and lines that are known not to be text, whatever they say."""

    def containers_on(self, root: lxml_html.HtmlElement) -> list[lxml_html.HtmlElement]:
        """The elements that hold the text on pages of the site's templates."""

    def known_in(
        self, container: lxml_html.HtmlElement, lines: Sequence[Block], title: str | None
    ) -> list[KnownText | None]:
        """For each line of the element with the text the end of it that is not text, None where all may be."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page taken apart: its article, and where on the page each piece of it was found."""

    article: Article
    root: lxml_html.HtmlElement
    blocks: Blocks
    container: lxml_html.HtmlElement
    """The element that holds the text."""
    title_line: Block | None
    """The line that the headline was read from; None where it is only in the page's head."""
    body: Body
    related: tuple[tuple[int, int], ...]
    """The ranges of lines that name related articles."""


def take_apart(
    html: bytes,
    url: str,
    fetched_at: datetime | None,
    known: KnownLines | None = None,
    selectors: Selectors = NO_SELECTORS,
) -> Reading:
    """Read one page and keep where everything was found. `known` are the lines that repeat on the site's pages,
    `selectors` say where things stand on them.

    Raises NotAnArticle.
    """
    reason = not_html(html)
    if reason:
        raise NotAnArticle(reason)
    return take_apart_tree(parse_page(html), url, fetched_at, known, selectors)


def take_apart_tree(
    root: lxml_html.HtmlElement,
    url: str,
    fetched_at: datetime | None,
    known: KnownLines | None = None,
    selectors: Selectors = NO_SELECTORS,
    place: lxml_html.HtmlElement | None = None,
) -> Reading:
    """The same of a page that is parsed already. `place` is the element with the text, where that is known: to find
    it takes most of the time. Raises NotAnArticle."""
    blocks = split_blocks(root)
    if any(len(line.text) > MAX_LINE for line in blocks.lines):
        raise NotAnArticle("too-long-line")
    regions = find_regions(blocks)
    chosen = chosen_container(root, blocks, selectors.body)
    if chosen is None and place is not None:
        container = place if place in blocks.spans else None
    else:
        container = chosen if chosen is not None else find_container(root, blocks, regions)
    if container is None:
        raise NotAnArticle(why_nothing(blocks, root, url))
    start, end = blocks.spans[container]
    first = next((i for i in range(start, end) if regions[i] is None and _begins_text(blocks.lines, i)), start)
    title, title_line = find_title(root, blocks, first)
    title = chosen_text(root, selectors.title) or title
    if known and chosen is None and place is None:
        container = _usual_container(container, known, root, blocks, regions, title)
        start, end = blocks.spans[container]
    lines = blocks.lines[start:end]
    headed = title_line is not None and title_line.index < start
    repeated = known.known_in(container, lines, title) if known else None
    body = read_body(lines, regions[start:end], title, repeated, headed=headed)
    reason = why_no_article(title, title_line, body, blocks, (start, end), url, root)
    if reason and known:  # what was learned says what is text, not whether a page is an article
        body = read_body(lines, regions[start:end], title, headed=headed)
        reason = why_no_article(title, title_line, body, blocks, (start, end), url, root)
    if reason and not (chosen is not None and body.lines):
        raise NotAnArticle(reason)
    title = title or _title_from_text(body)
    imprint = read_imprint(root, blocks, regions, body, title_line, (start, end), url, fetched_at)
    related = find_related(root, blocks, regions, url, end)
    article = with_chosen(make_article(root, url, title, body, imprint, related.links), root, selectors, fetched_at)
    return Reading(article, root, blocks, container, title_line, body, related.spans)


def _begins_text(lines: Sequence[Block], index: int) -> bool:
    """Whether a line is of the text rather than a headline, a byline or the site's words above it."""
    line, below = lines[index], lines[index + 1 : index + 2]
    if not is_prose(line.text) or line.heading or line.links > 0.5 * len(line.text) or is_byline(line.spaced):
        return False
    if len(line.text) > LONGEST:
        return True
    return not any(is_byline(row.spaced) for row in below) and not clean_line(line.text)


def _usual_container(
    found: lxml_html.HtmlElement,
    known: KnownLines,
    root: lxml_html.HtmlElement,
    blocks: Blocks,
    regions: list[Region | None],
    title: str | None,
) -> lxml_html.HtmlElement:
    """The element that holds the text on the other pages of the site, where it holds all of it on this one too: which
    of several boxes around a text weighs most is chance."""
    usual = (element for element in known.containers_on(root) if element in blocks.spans)
    return next((e for e in usual if hold_same_text(e, found, blocks, regions, title)), found)


def make_article(
    root: lxml_html.HtmlElement, url: str, title: str, body: Body, imprint: Imprint, related: tuple[Link, ...]
) -> Article:
    """The record of what was read."""
    return Article(
        url=read_address(root, url),
        title=title,
        body="\n".join(body.lines),
        summary=_summary(root, body),
        published=imprint.published,
        published_raw=imprint.published_raw,
        posted_by=imprint.posted_by,
        source=imprint.source,
        reporter=imprint.reporter,
        category=imprint.category,
        views=imprint.views,
        related=related,
        removals=tuple(body.removals),
    )


def _title_from_text(body: Body) -> str:
    """For pages that name themselves nowhere: the nearest short line above the text, else its first sentence."""
    above = [
        line.text for line in body.head if 4 <= len(line.text) <= 60 and not is_byline(line.spaced) and not line.links
    ]
    return above[-1] if above else split_sentences(body.lines[0])[0][:60]


def _summary(root: lxml_html.HtmlElement, body: Body) -> str | None:
    """The doubled lead, the printed abstract, the page's description, or the first sentences of the text."""
    if body.lead:
        return body.lead
    stated = body.abstract or body.excerpt or read_description(root)
    if stated and len(stated) >= 20 and not clean_line(stated):
        return stated
    lead = next((line for line in body.lines if is_prose(line) and CELL not in line), None)
    if lead is None:
        return None
    summary = ""
    for sentence in split_sentences(lead):
        if summary and len(summary) + len(sentence) > LONGEST_SUMMARY:
            break
        summary += sentence
    return summary

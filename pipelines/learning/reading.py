"""Reading a page by what was learned of its site: one parse, no search for the article."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime

from lxml import html as lxml_html

from archive.records import Article, Link
from archive.urls import url_key
from pipelines.blocks import split_blocks
from pipelines.body import read_body
from pipelines.credits import read_credits
from pipelines.dates import find_date
from pipelines.errors import NotAnArticle
from pipelines.imprint import Imprint
from pipelines.learning.known_lines import Repeats, SiteRepeats
from pipelines.learning.paths import find_all
from pipelines.learning.record import Learned, Template, Window
from pipelines.learning.rows import match_row, row_text
from pipelines.learning.window import Source
from pipelines.reader import make_article, take_apart_tree
from pipelines.regions import find_regions
from pipelines.related import base_url, count_headings, read_links

LONGEST_ROW = 300
"""Characters of a row: what is longer is another element in its place."""

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})(?!\d)")


_STEPS = ("container", "row", "title", "text", "date", "related")
"""What is looked at in turn: of several templates the one that fits longest says why the page fits none."""


class Mismatch(Exception):
    """The page is not as what was learned says. `reason` tells in what."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KnownSite:
    """What was learned of a site, ready for reading. `key` is what its lines were hashed with."""

    def __init__(self, learned: Learned, key: bytes = b"") -> None:
        self.digest = learned.digest
        """Of the record."""
        self.repeats = SiteRepeats(learned.templates, key)
        """The lines that the full reader, too, should take out."""
        self._templates = [
            (number, template, Repeats(template.repeats, key), SiteRepeats((template,), key))
            for number, template in enumerate(learned.templates, start=1)
            if template.reads
        ]

    def read(self, html: bytes, url: str, fetched_at: datetime | None) -> Article:
        """The article of a page, by the template that it was made with. Raises Mismatch when it fits none."""
        return self.read_with_template(html, url, fetched_at)[0]

    def read_with_template(self, html: bytes, url: str, fetched_at: datetime | None) -> tuple[Article, int]:
        """The article of a page, and the number of the template that it was made with, from 1.

        Raises Mismatch when it fits none.
        """
        if not self._templates:
            raise Mismatch("no-template")
        source, reason = Source(html), ""
        for number, template, repeats, of_steps in self._templates:
            try:
                root = _parse(source, template.window)
                if template.steps:
                    return _read_in_steps(template, of_steps, root, url, fetched_at), number
                article = _read_by(template, repeats, root, url, fetched_at)
                if template.headings is not None and count_headings(source.parsed) > template.headings:
                    raise Mismatch("related")
                return article, number
            except Mismatch as mismatch:
                reason = max(reason, mismatch.reason, key=_STEPS.index) if reason else mismatch.reason
        raise Mismatch(reason)


def _parse(source: Source, window: Window | None) -> lxml_html.HtmlElement:
    try:
        return source.parse(window)
    except NotAnArticle as error:  # the full reader says what it is
        raise Mismatch("container") from error


def _read_in_steps(
    template: Template, repeats: SiteRepeats, root: lxml_html.HtmlElement, url: str, fetched_at: datetime | None
) -> Article:
    container = template.container.find(root)
    if container is None:
        raise Mismatch("container")
    try:
        article = take_apart_tree(root, url, fetched_at, repeats, place=container).article
    except NotAnArticle as error:
        raise Mismatch("text") from error
    if len(article.body) < template.least:
        raise Mismatch("text")
    return article


def _read_by(
    template: Template, repeats: Repeats, root: lxml_html.HtmlElement, url: str, fetched_at: datetime | None
) -> Article:
    container = template.container.find(root)
    if container is None:
        raise Mismatch("container")
    values, headline = _read_rows(template, root)
    if headline is None or not values.get("title"):
        raise Mismatch("title")
    blocks = split_blocks(container)
    body = read_body(
        blocks.lines,
        find_regions(blocks),
        values["title"],
        repeats.known_in(blocks.lines, values["title"]),
        headed=container not in (headline, *headline.iterancestors()),
    )
    if sum(map(len, body.lines)) < template.least:
        raise Mismatch("text")
    credit = read_credits(body.lines)
    imprint = Imprint(
        published=_read_date(values.get("published_raw"), fetched_at),
        published_raw=values.get("published_raw"),
        posted_by=values.get("posted_by"),
        source=credit.source or values.get("source") or credit.cited,
        reporter=credit.reporter or values.get("reporter"),
        category=values.get("category"),
        views=int(values["views"]) if "views" in values else None,
    )
    return make_article(root, url, values["title"], body, imprint, read_related(template, root, url))


def _read_rows(template: Template, root: lxml_html.HtmlElement) -> tuple[dict[str, str], lxml_html.HtmlElement | None]:
    """What the rows state, and the one with the headline. A row that is like none that was learned may state what
    nobody knows how to read."""
    values: dict[str, str] = {}
    headline = None
    for row in template.rows:
        elements = find_all(root, row.path)
        element = elements[row.index] if row.index < len(elements) else None
        text = row_text(element) if element is not None else ""
        stated = match_row(text, row.patterns) if len(text) <= LONGEST_ROW else None
        if stated is None:
            raise Mismatch("row")
        values.update(stated)
        headline = element if "title" in stated else headline
    return values, headline


def _read_date(raw: str | None, fetched_at: datetime | None) -> str | None:
    if raw is None:
        return None
    shown = _DATE.findall(raw)
    if len(shown) == 1:
        with suppress(ValueError):
            return date(*map(int, shown[0])).isoformat()
    found = find_date([raw], fetched_at)
    if found is None:
        raise Mismatch("date")
    return found.iso


def read_related(template: Template, root: lxml_html.HtmlElement, url: str) -> tuple[Link, ...]:
    """The related articles that a page names where the template has them."""
    if template.related is None:
        return ()
    element = template.related.find(root)
    if element is None:
        return ()
    blocks = split_blocks(element)
    return read_links(blocks, [(0, len(blocks.lines))], base_url(root, url), url_key(url))

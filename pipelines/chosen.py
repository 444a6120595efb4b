"""Where the user says that things stand on a site's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lxml import etree, html

from archive.records import Article, Selectors
from pipelines.blocks import Blocks, fold
from pipelines.dates import find_date

NO_SELECTORS = Selectors()


def find_chosen(root: html.HtmlElement, path: str | None) -> html.HtmlElement | None:
    """The first element that an XPath selects; None where it selects none."""
    try:
        found = root.xpath(path) if path else []
    except etree.XPathError:  # a function or prefix that there is none of shows only now
        return None
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, html.HtmlElement) else None


def chosen_container(root: html.HtmlElement, blocks: Blocks, path: str | None) -> html.HtmlElement | None:
    """The element with lines that an XPath selects; None where it selects none, or nothing is in it."""
    element = find_chosen(root, path)
    start, end = blocks.spans.get(element, (0, 0)) if element is not None else (0, 0)
    return element if start < end else None


def chosen_text(root: html.HtmlElement, path: str | None) -> str | None:
    """The text of the element that an XPath selects; None where there is none."""
    element = find_chosen(root, path)
    return (fold("".join(element.itertext())) or None) if element is not None else None


def with_chosen(article: Article, root: html.HtmlElement, selectors: Selectors, fetched_at: datetime | None) -> Article:
    """The article with the fields that its site's selectors find; what they do not find stays as it was read."""
    text = chosen_text(root, selectors.date)
    shown = find_date([text], fetched_at) if text else None
    return replace(
        article,
        published=shown.iso if shown else article.published,
        published_raw=shown.raw if shown else article.published_raw,
        source=chosen_text(root, selectors.source) or article.source,
        reporter=chosen_text(root, selectors.reporter) or article.reporter,
        category=chosen_text(root, selectors.category) or article.category,
    )

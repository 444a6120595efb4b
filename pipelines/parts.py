"""Articles that a site cuts into several pages: where the next part is, and the parts made one."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html

from archive.records import Article
from archive.urls import canonical_url
from pipelines.blocks import fold
from pipelines.decode import decode
from pipelines.errors import NotAnArticle
from pipelines.no_article import not_html
from pipelines.text import key
from pipelines.tree import parse

MAX_PARTS = 50
"""Parts of one article that are fetched. The longest real one met has 13; a trap has no end."""

_NEXT = re.compile(r"[\W_]*(?:下\s?一?\s?页|下頁|下一頁|后一页|next(?: page)?|>{1,2}|»|›)[\W_]*", re.I)
_PAGE_PARAMETER = re.compile(r"(?:page|p|pn|pageno|pageindex|pg|_page|currentpage|part)$", re.I)
_PART = re.compile(
    r"(?P<stem>.*?)(?:[_-]p?(?P<number>\d{1,3})|/(?P<folder>\d{1,2}))?(?P<suffix>\.[a-z]{3,5}|/)?$", re.I
)
_LISTING = re.compile(r"(?:^|/)(?:list|index|default|page|category|tag|search|lanmu|channel)[^/]*$", re.I)


def find_next_part(root: html.HtmlElement, url: str) -> str | None:
    """The address of the part after this one, or None when this is the last or the article has only one.

    A pager counts only when its link leads to the same address with the next number behind it, so that neither
    the next article of the section nor the next page of a listing is taken for a part.
    """
    stem, number = split_part(url)
    if _LISTING.search(stem):
        return None
    wanted = [number + 1] if number else [2, 1]
    found: dict[int, str] = {}
    for link in root.iter("a"):
        text = fold("".join(link.itertext()))
        if len(text) > 12 or not link.get("href") or not (_NEXT.fullmatch(text) or re.search(r"\d", text)):
            continue
        target = _resolve(url, link.get("href"))
        if target:
            other_stem, other = split_part(target)
            if other_stem == stem and other in wanted:
                if other == 1 and not number and not _NEXT.fullmatch(text) and text.strip("[]【】第页 ") != "2":
                    continue
                found.setdefault(other, target)
    return next((found[n] for n in wanted if n in found), None)


def next_part(body: bytes, url: str) -> str | None:
    """The address of the part after the page with this body; None for anything that cannot be read."""
    try:
        return find_next_part(parse(decode(body)), url) if not_html(body) is None else None
    except NotAnArticle:
        return None


def _resolve(url: str, href: str) -> str | None:
    try:
        target = urljoin(url, href.strip())
    except ValueError:
        return None
    return canonical_url(target) if urlsplit(target).scheme in ("http", "https") else None


def split_part(url: str) -> tuple[str, int]:
    """An address without its part number, and the number; 0 for an address that has none (the first part)."""
    parts = urlsplit(canonical_url(url))
    numbers = [(n, v) for n, v in parse_qsl(parts.query) if _PAGE_PARAMETER.search(n) and v.isdigit()]
    rest = sorted((n, v) for n, v in parse_qsl(parts.query) if not (_PAGE_PARAMETER.search(n) and v.isdigit()))
    path = parts.path
    if numbers:
        stem, number = path, int(numbers[-1][1])
    else:
        match = _PART.match(path)
        assert match is not None  # every group is optional
        # A short number behind the only number of a name is a part; a name such as 2024-09-27 is none.
        digits = match["number"] or match["folder"]
        holds_id = re.search(r"\d|[a-z]{6,}", match["stem"].rsplit("/", 1)[-1], re.I)
        if digits and holds_id and not re.search(r"\d{4}-\d{1,2}$", match["stem"]):
            stem, number = match["stem"] + (match["suffix"] or "").rstrip("/"), int(digits)
        else:
            stem, number = path.rstrip("/"), 0
    return f"{parts.netloc}{stem}?{rest}", number


def join_parts(first: Article, others: list[Article]) -> Article:
    """One article of its parts, in order: what each part repeats of the one before (the lead, the credit) once."""
    lines = first.body.split("\n")
    removals = list(first.removals)
    seen = {key(line) for line in lines}
    for part in others:
        removals += [replace(removal, position=removal.position + len(lines)) for removal in part.removals]
        fresh = [line for line in part.body.split("\n") if key(line) not in seen or len(key(line)) < 8]
        seen |= {key(line) for line in fresh}
        lines += fresh
    related = next((part.related for part in [first, *others] if part.related), ())
    return replace(
        first,
        body="\n".join(lines),
        removals=tuple(removals),
        related=related,
        source=first.source or next((part.source for part in others if part.source), None),
        reporter=first.reporter or next((part.reporter for part in others if part.reporter), None),
    )

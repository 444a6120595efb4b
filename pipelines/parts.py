"""Articles that a site cuts into several pages: where the next part is, and the parts made one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import html

from archive.records import Article
from archive.urls import canonical_url
from pipelines.blocks import fold
from pipelines.errors import NotAnArticle
from pipelines.no_article import not_html
from pipelines.text import key
from pipelines.tree import parse_page

MAX_PARTS = 50
"""Parts of one article that are fetched. The longest real one met has 13; a trap has no end."""

_NEXT = re.compile(r"[\W_]*(?:下\s?一?\s?页|下頁|下一頁|后一页|next(?: page)?|>{1,2}|»|›)[\W_]*", re.I)
_PREVIOUS = re.compile(
    r"[\W_]*(?:上\s?一?\s?页|上頁|上一頁|前一页|首页|首頁|第一页|prev(?:ious)?(?: page)?|<{1,2}|«|‹)[\W_]*", re.I
)
_NUMBER = re.compile(r"[\W_]*第?\s?(?:\d{1,3}|[一二三四五六七八九十]{1,3}(?=\s?[页頁]))\s?[页頁]?[\W_]*")
_NAME = re.compile(r"[A-Za-z0-9]*")
_USUAL_NAME = re.compile(r"[A-Za-z0-9_~-]+")
_PARAMETERS = "(?:page|p|pn|pageno|pageindex|pg|_page|currentpage|part)"
_PAGE_PARAMETER = re.compile(rf"{_PARAMETERS}$", re.I)
_PART = re.compile(
    r"(?P<stem>.*?)(?:[_-]p?(?P<number>\d{1,3})|/(?P<folder>\d{1,2}))?(?P<suffix>\.[a-z]{3,5}|/)?$", re.I
)
_PART_BEHIND = re.compile(
    (
        r"[_-]p?\d{1,3}(?![a-z0-9])|/\d{1,2}(?!\d)"
        rf"|[\w./~-]{{0,80}}+\?[^\"'<>\s]{{0,200}}?\b{_PARAMETERS}=\d"
    ).encode(),
    re.I,
)
"""What stands behind the name of an article in the address of another part."""
_ESCAPED = re.compile(rb"%(?:2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)", re.I)
"""A letter, digit or sign in an address that need not be written so."""
_QUERY_ALONE = re.compile(rb"\?(?<=[\"'=]\?)")
"""How an address begins that is nothing but a query; the sign itself comes first, as it is found much faster."""
_LISTING = re.compile(r"(?:^|/)(?:list|index|default|page|category|tag|search|lanmu|channel)[^/]*$", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLinks:
    """Where the rest of an article is, of which a page holds one part."""

    earlier: str | None = None
    """The first part, or the nearest to it that the page names; None when the page is the first part itself, or
    the whole article."""
    following: str | None = None
    """The part after this one; None when this is the last, or the whole article."""


NO_PARTS = PartLinks()
"""Of an article that is on one page."""


def find_parts(body: bytes, url: str) -> PartLinks:
    """The other parts that a page names; none for anything that cannot be read.

    A pager counts only when its links lead to the same address with another number behind it, so that neither the
    next article of the section nor the next page of a listing is taken for a part.
    """
    stem, number = split_part(url)
    if _LISTING.search(stem) or not_html(body) is not None or not _may_name_parts(body, url, stem, number):
        return NO_PARTS
    try:
        pager = _read_pager(parse_page(body, keep=True), url, stem)
    except NotAnArticle:
        return NO_PARTS
    return PartLinks(earlier=_find_earlier(pager, number), following=_find_following(pager, number))


def _may_name_parts(body: bytes, url: str, stem: str, number: int) -> bool:
    """Whether the source of a page may have the address of another part in it: few have, and no other needs to be parsed
    to look for it."""
    name = stem.partition("?")[0].rpartition("/")[2].partition(".")[0]
    in_folder = name in url.rpartition("/")[0]  # behind /a/123/ the parts may be called `2.html`
    if number or in_folder or not _USUAL_NAME.fullmatch(name) or b"\0" in body[:100]:  # the zeros of UTF-16
        return True
    sought = name.encode()
    place = body.find(sought)
    while place >= 0:
        if _PART_BEHIND.match(body, place + len(sought)):
            return True
        place = body.find(sought, place + 1)
    return _QUERY_ALONE.search(body) is not None or _ESCAPED.search(body) is not None


def _read_pager(root: html.HtmlElement, url: str, stem: str) -> list[tuple[int, str, str]]:
    """Number, text and address of every link of the page to a part of the same article."""
    pager = []
    name = _name_in(stem)
    for link in root.iter("a", "link"):
        href = link.get("href") or ""
        # Most links lead elsewhere, and are not asked for their text.
        if name not in href and "%" not in href and href.startswith(("/", "http://", "https://")):
            continue
        text = _text_of(link)
        target = _resolve(url, href) if text else None
        if text and target:
            other_stem, number = split_part(target)
            if other_stem == stem:
                pager.append((number, text, target))
    return pager


def _name_in(stem: str) -> str:
    """What the last step of the path of all parts' addresses begins with."""
    found = _NAME.match(stem.partition("?")[0].rpartition("/")[2])
    return found[0] if found else ""


def _text_of(link: html.HtmlElement) -> str | None:
    """What a link of a pager is called; of a <link> in the head its rel. None for any other link."""
    if link.tag == "link":
        rel = (link.get("rel") or "").lower()
        return rel if rel in ("next", "prev", "canonical") else None
    text = fold("".join(link.itertext()))
    return text if _NEXT.fullmatch(text) or _PREVIOUS.fullmatch(text) or _NUMBER.fullmatch(text) else None


def _find_following(pager: list[tuple[int, str, str]], number: int) -> str | None:
    for wanted in [number + 1] if number else [2, 1]:
        for other, text, target in pager:
            # a_1.html is the second part where a.html is the first, unless the pager calls it the first.
            first_again = other == 1 and not number and not (_NEXT.fullmatch(text) or _digits(text) == "2")
            if other == wanted and text != "canonical" and not first_again:
                return target
    return None


def _find_earlier(pager: list[tuple[int, str, str]], number: int) -> str | None:
    if number == 1 and any(other == 2 and _digits(text) == "2" for other, text, _ in pager):
        return None  # a_1.html is the first part
    earlier = [
        (other, target)
        for other, text, target in pager
        if other < number and (text in ("prev", "canonical") or _PREVIOUS.fullmatch(text) or _is_called(text, other))
    ]
    return min(earlier)[1] if earlier else None


def _is_called(text: str, number: int) -> bool:
    """Whether a pager counts a part as its address does, the first being 1 whether its address says so or not."""
    return _digits(text) in (str(number), str(number + 1))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def first_parts(url: str) -> list[str]:
    """Where the first part of an article is, in the common notations, if `url` is a further one; else none."""
    stem, number = split_part(url)
    if number < 2 or _LISTING.search(stem):
        return []
    parts = urlsplit(canonical_url(url))
    query = parse_qsl(parts.query)
    numbered = [name for name, value in query if _PAGE_PARAMETER.search(name) and value.isdigit()]
    if numbered:
        rest = [(name, value) for name, value in query if name != numbered[-1]]
        one = [(name, "1" if name == numbered[-1] else value) for name, value in query]
        return [canonical_url(urlunsplit(parts._replace(query=urlencode(each)))) for each in (rest, one)]
    match = _PART.match(parts.path)
    assert match is not None  # every group is optional
    start, end = match.span("number" if match["number"] else "folder")
    paths = (match["stem"] + (match["suffix"] or ""), f"{parts.path[:start]}1{parts.path[end:]}")
    return [canonical_url(urlunsplit(parts._replace(path=path))) for path in paths]


def _resolve(url: str, href: str) -> str | None:
    if not href.strip():
        return None
    try:
        target = urljoin(url, href.strip())
    except ValueError:
        return None
    return canonical_url(target) if urlsplit(target).scheme in ("http", "https") else None


class PartChain:
    """The parts of an article one after another, until there is none, or none that adds to it."""

    def __init__(self, first: Article, links: PartLinks) -> None:
        self._first = first
        self._others: list[Article] = []
        self._seen = set(first.body.split("\n"))
        self._count = 1
        self.following = links.following
        """Where the next part is; None when the article is whole."""

    def add(self, part: Article | None, links: PartLinks) -> None:
        """Put the next part to it; None where that holds no text."""
        self._count += 1
        fresh = set(part.body.split("\n")) - self._seen if part else set()
        if part:
            self._others.append(part)
        self._seen |= fresh
        # A site may answer every number with its last part.
        over = self._count >= MAX_PARTS or (part is not None and not fresh)
        self.following = None if over else links.following

    def join(self) -> Article:
        """The article as far as its parts are there."""
        return join_parts(self._first, self._others) if self._others else self._first


def split_part(url: str) -> tuple[str, int]:
    """An address without its part number, and the number; 0 for an address that has none (the first part)."""
    try:
        parts = urlsplit(canonical_url(url))
    except ValueError:  # http://[::1/
        return url, 0
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

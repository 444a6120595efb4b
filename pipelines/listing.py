"""Pages of links: which of them lead to articles, and where the listing goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean
from urllib.parse import parse_qsl, urlsplit

from lxml import html

from archive.records import Listing
from archive.urls import VARYING, url_key
from pipelines.blocks import fold
from pipelines.errors import NotAnArticle
from pipelines.no_article import not_html
from pipelines.related import base_url, link_target, link_titles
from pipelines.tree import parse_page

MAX_ARTICLES = 200
"""Articles taken from one page of links. Real listings name 10 to 100, portals' home pages 150."""
MIN_TITLE = 8
"""Characters that the titles of articles have on average; sections and menu items have 2 to 6."""

_NEXT = re.compile(r"[\W_]*(?:下\s?一?\s?[页頁]|后一页|older posts|next(?: page)?|>{1,2}|»|›)[\W_]*", re.I)
_NUMBER = re.compile(r"[\[(【第]?\s*(\d{1,4})\s*[\])】页]?")
_TRS = re.compile(r"createPage(?:HTML)?\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*,\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']")
"""The call by which TRS, the publishing system of most governments, makes a pager in the browser: pages in all,
this page from 0, name and ending of the files."""
_PAGER_NAME = re.compile(r"(?:^|[/_-])(?:list|index|default|page|p)[_-]?\d*(?:[_-]\d+)*(?:\.\w{3,5})?$", re.I)
_LISTING_ADDRESS = re.compile(r"/$|(?:^|/)(?:list|index|default|category|channel|tag|node|lanmu)[^/]*$", re.I)


@dataclass(slots=True)
class _Target:
    url: str
    titles: list[str] = field(default_factory=list)

    @property
    def length(self) -> int:
        return max(map(len, self.titles))


@dataclass(frozen=True, slots=True)
class PageOfLinks:
    """A page of links that was read, and what tells whether it is one in the first place."""

    listing: Listing
    titles: frozenset[str]
    """What it calls them."""
    has_listing_address: bool
    """Whether its address is that of a folder, or says list, index, category; an article's may, too."""


def read_page_of_links(body: bytes, url: str) -> PageOfLinks:
    """Read a page of links. Raises NotAnArticle where it names fewer than two articles."""
    reason = not_html(body)
    if reason:
        raise NotAnArticle(reason)
    root = parse_page(body, keep=True)
    targets = _find_articles(root, url)
    if len(targets) < 2:
        raise NotAnArticle("empty")
    articles = tuple(target.url for target in targets[:MAX_ARTICLES])
    following = find_next_page(root, url)
    path = urlsplit(url).path
    return PageOfLinks(
        listing=Listing(kind="listing", articles=articles, more=(following,) if following else ()),
        titles=frozenset(title for target in targets for title in target.titles),
        has_listing_address=bool(not path or _LISTING_ADDRESS.search(path)),
    )


def _find_articles(root: html.HtmlElement, url: str) -> list[_Target]:
    """The targets whose addresses are of a shape that articles have, in the page's order.

    Addresses that differ in their numbers only are of one shape. One that articles have ends in a number, in words
    joined by hyphens or in a word below a date, and its links read like headlines.
    """
    groups: dict[str, list[_Target]] = {}
    targets = {key: target for key, target in _targets(root, url).items() if target.titles}
    for target in targets.values():
        groups.setdefault(shape(target.url), []).append(target)
    chosen = {name for name, group in groups.items() if _is_numbered(name) and _reads_like_headlines(group)}
    folder = urlsplit(url).netloc + urlsplit(url).path.rpartition("/")[0] + "/"
    below = {name for name in chosen if name.startswith(folder)}
    if folder.count("/") > 1 and sum(len(groups[n]) for n in below) * 2 >= sum(len(groups[n]) for n in chosen):
        chosen = below  # what else it names is in the side bar, of other sections
    return [target for target in targets.values() if shape(target.url) in chosen]


def _targets(root: html.HtmlElement, url: str) -> dict[str, _Target]:
    base, own = base_url(root, url), url_key(url)
    found: dict[str, _Target] = {}
    for link in root.iter("a"):
        target = web_target(link.get("href") or "", base)
        if target is None or url_key(target) == own:
            continue
        known = found.setdefault(url_key(target), _Target(target))
        known.titles += link_titles(link)
    return found


def web_target(href: str, base: str) -> str | None:
    """The address that a link leads to, or None where it can be nobody's article."""
    target = link_target(href, base)
    try:
        parts = urlsplit(target or "")
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that hold no address, a port out of range
        return None
    return target if fits else None


def shape(url: str) -> str:
    """An address with its numbers, and the words that stand for an article, made 0."""
    parts = urlsplit(url)
    path = VARYING.sub("0", parts.path)
    path = re.sub(r"/[^/]+(?:-[^/.]+){2,}(?=(?:\.\w+)?/?$)", "/0", path)  # new-park-opens-today
    path = re.sub(r"(?<=/0/0/)[^/.]+(?=(?:\.\w+)?/?$)", "0", path)  # 2024/09/gangqiu
    query = "&".join(sorted(VARYING.sub("0", "=".join(pair)) for pair in parse_qsl(parts.query)))
    return f"{parts.netloc}{path}?{query}"


def has_article_address(url: str) -> bool:
    """Whether an address may be an article's: it ends in a number or in words joined by hyphens."""
    return _is_numbered(shape(url))


def _is_numbered(name: str) -> bool:
    path, _, query = name.partition("?")
    last = path.rstrip("/").rpartition("/")[2]
    return ("0" in last and not _PAGER_NAME.search(last)) or "=0" in query


def _reads_like_headlines(group: list[_Target]) -> bool:
    return mean(target.length for target in group) >= MIN_TITLE


def find_next_page(root: html.HtmlElement, url: str) -> str | None:
    """The address of the page after this one: as its markup says, as a link says, or by its number."""
    base, own = base_url(root, url), url_key(url)
    numbered: dict[int, str] = {}
    said = None
    for link, target in _links(root, base):
        if url_key(target) == own or urlsplit(target).netloc != urlsplit(url).netloc:
            continue
        if "next" in (link.get("rel") or "").lower().split():
            return target
        text = fold("".join(link.itertext())) if link.tag == "a" else ""
        if said is None and text and (_NEXT.fullmatch(text) or _NEXT.fullmatch(link.get("title") or "")):
            said = target
        number = _NUMBER.fullmatch(text)
        if number:
            numbered.setdefault(int(number[1]), target)
    return said or _by_number(numbered, own) or _by_script(root, base)


def _links(root: html.HtmlElement, base: str) -> Iterator[tuple[html.HtmlElement, str]]:
    for link in root.iter("link", "a"):
        target = web_target(link.get("href") or "", base)
        if target is not None:
            yield link, target


def _by_number(numbered: dict[int, str], own: str) -> str | None:
    """The link with the next number: the one whose address with the number before it is this page's."""
    for number, target in sorted(numbered.items()):
        before = re.sub(rf"(?<!\d){number}(?!.*(?<!\d){number}(?!\d))(?!\d)", str(number - 1), target)
        if number > 2 and before != target and url_key(before) == own:
            return target
    first = numbered.get(2)
    # On the first page, whose address has no number, and nowhere else, 2 is the lowest that is a link.
    return first if first and 1 not in numbered else None


def _by_script(root: html.HtmlElement, base: str) -> str | None:
    for script in root.iter("script"):
        call = _TRS.search(script.text or "")
        if call and int(call[2]) + 1 < int(call[1]):
            return web_target(f"{call[3]}_{int(call[2]) + 1}.{call[4]}", base)
    return None

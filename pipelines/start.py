"""Where a crawl starts: an article, or a page that names articles. Told apart by what the page holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from archive.records import Article, Listing, Selectors
from pipelines.article import read_article
from pipelines.errors import NotAnArticle
from pipelines.feed import read_feed
from pipelines.listing import PageOfLinks, read_page_of_links

MIN_LINKS = 5
"""Articles that a page with the address of a listing names where it reads like an article all the same."""
MIN_TITLES_IN_BODY = 3
SHARE_IN_BODY = 1 / 3
"""Linked titles that stand in what was read as the text, and their share of all: then the text is the snippets of a
listing. Of 111 labelled articles two hold 3 or 4 titles, of 15 and 32 links beside them."""

_OTHER = frozenset({"captcha", "login", "not-found", "redirect", "video"})
"""Reasons for which a page is no article and no listing either, whatever links stand on it."""


def read_start(
    body: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    turned: bool = False,
    selectors: Selectors | None = None,
    read: Callable[[], Article] | None = None,
) -> Article | Listing:
    """Read a page that the user named, or (`turned`) one that a listing goes on with.

    `selectors` are as for `read_article`; `read` reads the page as an article in its place. Raises NotAnArticle with a reason when it is neither an article nor names any.
    """
    listing = read_feed(body, url)
    if listing is not None:
        return listing
    links = _links_or_none(body, url)
    if turned and links is not None:
        return links.listing
    try:
        article = read() if read else read_article(body, url, fetched_at=fetched_at, selectors=selectors)
    except NotAnArticle as error:
        if links is None or error.reason in _OTHER:
            raise
        return links.listing
    return links.listing if links is not None and _reads_like_snippets(links, article) else article


def _links_or_none(body: bytes, url: str) -> PageOfLinks | None:
    try:
        return read_page_of_links(body, url)
    except NotAnArticle:
        return None


def _reads_like_snippets(links: PageOfLinks, article: Article) -> bool:
    """Whether what was read as an article is the snippets or the introduction of a listing."""
    inside = sum(title in article.body for title in links.titles)
    if inside >= max(MIN_TITLES_IN_BODY, SHARE_IN_BODY * len(links.titles)):
        return True
    return links.has_listing_address and article.published is None and len(links.listing.articles) >= MIN_LINKS

"""Feeds and sitemaps: the articles that a site names for machines. Nothing outside the document is ever read."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable
from io import BytesIO

import feedparser
from lxml import etree
from w3lib.encoding import read_bom

from archive.records import Listing
from archive.urls import url_key
from pipelines.errors import NotAnArticle
from pipelines.listing import has_article_address, web_target

MAX_BYTES = 50_000_000
"""Bytes of a sitemap once it is unpacked: what the protocol allows."""
MAX_ARTICLES = 50_000
"""Addresses taken from one sitemap: what the protocol allows."""
MAX_SITEMAPS = 100
"""Sitemaps taken from one index, the newest first. Sites of a million pages have 20 to 50."""

_ROOT = re.compile(
    rb"(?:\s|<\?.{0,2000}?\?>|<!--.{0,5000}?-->){0,20}<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b", re.I | re.S
)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)
_DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.S)


def read_feed(body: bytes, url: str) -> Listing | None:
    """Read an RSS or Atom feed, a sitemap or an index of sitemaps, gzipped or not; None for anything else.

    Raises NotAnArticle for one that names nothing or is too large.
    """
    document = _plain(_unpacked(body))
    root = _ROOT.match(document)
    if root is None:
        return None
    name = root[1].lower()
    listing = _read_sitemap(document, url) if name in (b"urlset", b"sitemapindex") else _read_entries(document, url)
    if not listing.articles and not listing.more:
        raise NotAnArticle("empty")
    return listing


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    from scrapy.utils.gz import gunzip  # here, as few readers ever need it: it brings all of Scrapy, 0.3 s and 30 MB

    try:
        return gunzip(body, max_size=MAX_BYTES)
    except (OSError, EOFError, struct.error, zlib.error) as error:
        raise NotAnArticle("not-html") from error
    except ValueError as error:  # Scrapy's exception for it has no public name
        raise NotAnArticle("too-large") from error


def _plain(body: bytes) -> bytes:
    """The document in a charset whose ASCII is ASCII, without document type.

    Entities are declared there: ten that name each other ten times make gigabytes, and others name files.
    """
    charset, bom = read_bom(body)
    if charset and bom:
        body = _DECLARATION.sub("", body[len(bom) :].decode(charset, "replace")).encode()
    return _DOCTYPE.sub(b"", body)


def _read_entries(document: bytes, url: str) -> Listing:
    # A stream: a text it would take for an address to fetch or a file to open.
    feed = feedparser.parse(BytesIO(document), sanitize_html=False, resolve_relative_uris=False)
    articles = _targets((entry.get("link") for entry in feed.entries), url)
    following = [link.get("href") for link in feed.feed.get("links", ()) if link.get("rel") == "next"]
    return Listing(kind="feed", articles=articles, more=_targets(following, url)[:1])


def _read_sitemap(document: bytes, url: str) -> Listing:
    from scrapy.utils.sitemap import Sitemap  # here, as above

    try:
        sitemap = Sitemap(document)
        entries = [(entry.get("lastmod", ""), entry["loc"]) for entry in sitemap]
    except (etree.XMLSyntaxError, StopIteration) as error:
        raise NotAnArticle("not-html") from error
    newest_first = _targets((loc for _, loc in sorted(entries, key=lambda entry: entry[0], reverse=True)), url)
    if sitemap.type == "sitemapindex":
        return Listing(kind="sitemap", articles=(), more=newest_first[:MAX_SITEMAPS])
    articles = tuple(filter(has_article_address, newest_first)) or newest_first
    return Listing(kind="sitemap", articles=articles[:MAX_ARTICLES])


def _targets(addresses: Iterable[str | None], url: str) -> tuple[str, ...]:
    """Absolute canonical URLs, none twice, without this page's own."""
    found: dict[str, str] = {}
    for address in addresses:
        target = web_target(address or "", url)
        if target is not None and not str(address).startswith("&"):  # an entity that is not declared any more
            found.setdefault(url_key(target), target)
    found.pop(url_key(url), None)
    return tuple(found.values())

"""The values that cross the borders between rooms.

`Exchange` goes from crawler to archive, `Page` from crawler to pipelines, `Article` from pipelines to archive.
All are frozen: what one room hands over, no other room can change behind its back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RemovalKind = Literal["contact", "copyright", "share", "repeat", "chrome"]
ListingKind = Literal["listing", "feed", "sitemap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Where on a site's pages things stand, as XPath expressions; None: wherever the generic reading finds them."""

    title: str | None = None
    """The element whose text is the headline."""
    body: str | None = None
    """The element that holds the text, and whose lines are cleaned as usual."""
    date: str | None = None
    """The element whose text names the date of publication."""
    source: str | None = None
    """The element whose text is the source."""
    reporter: str | None = None
    """The element whose text names whoever wrote it."""
    category: str | None = None
    """The element whose text is the section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and the answer to it, for the evidence files. Made by the crawler."""

    page_url: str
    """What the frontier asked for: the canonical URL that is the key of the `pages` row."""
    url: str
    """What was asked for in the end, after redirects."""
    method: str
    """The HTTP method."""
    request_headers: tuple[tuple[str, str], ...]
    """Names and values as they were sent."""
    status: int
    """HTTP status of the response."""
    headers: tuple[tuple[str, str], ...]
    """Names and values as they came, less Transfer-Encoding."""
    body: bytes
    """The body after transfer and content decoding, charset untouched; empty with a 304."""
    fetched_at: datetime
    """When the response arrived, aware."""
    content_encoding: str | None = None
    """The Content-Encoding that was undone; None when there was none."""
    ip: str | None = None
    """The address that answered; None when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where an exchange stands in the evidence files: what a row of `captures` says of it."""

    url: str
    """As `Exchange.page_url`."""
    fetched_at: str
    """When the response arrived; UTC, ISO 8601."""
    status: int
    """HTTP status of the response."""
    sha256: str
    """Hash of the body, in hex; of the body that it confirms, for a 304."""
    same_as: int | None
    """`captures.id` of the one that holds the body, when the page had the same before; None when this one
    does."""
    file: str
    """Name of the WARC file."""
    offset: int
    """Where in it the record of the response begins, in bytes; that of the request follows."""
    length: int
    """Bytes of both, compressed as they stand in the file."""
    record_sha256: str
    """Hash of those bytes, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response as it came over the wire, undecoded. Made by the crawler."""

    url: str
    """Where the response came from, after redirects."""
    requested_url: str
    """What the frontier asked for: the canonical URL that is the key of the `pages` row."""
    site: str
    """Name of the configured site, else the host name."""
    depth: int
    """Links followed from a start URL to get here; a start URL has 0."""
    status: int
    """HTTP status of the response."""
    body: bytes
    """The body after content decoding, charset untouched."""
    fetched_at: datetime
    """When the response arrived, aware, in UTC. The only clock that reading ever sees."""
    content_type: str | None = None
    """The Content-Type header, or None when the server sent none."""
    etag: str | None = None
    """The ETag header, kept for If-None-Match; None when the server sent none."""
    last_modified: str | None = None
    """The Last-Modified header as sent, kept for If-Modified-Since; None when the server sent none."""
    may_list: bool = False
    """Whether it may be a listing: a start, or a page that a listing goes on with."""
    turn: int = 0
    """Pages turned from a start to get to this page of its listing."""
    flag: str | None = None
    """What is to be known of how the response was had: `bad-certificate`; None as a rule."""
    selectors: Selectors | None = None
    """The site's own, where it is configured with any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a page says that names articles and holds none. Made by `pipelines.read_start`."""

    kind: ListingKind
    """A page of links, an RSS or Atom feed, or a sitemap or index of sitemaps."""
    articles: tuple[str, ...]
    """Canonical URLs of the articles, in the page's order; of a sitemap the newest first. No URL twice."""
    more: tuple[str, ...] = ()
    """URLs of what goes on with it: the next page, or the sitemaps of an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One related article as the page names it."""

    url: str
    """Canonical absolute URL of the related article."""
    title: str
    """Its title as printed here, without ellipsis marks added by us."""
    snippet: str | None
    """The excerpt printed below the title, contact spam taken out; None when there is none."""
    position: int
    """1 for the first related article on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One block of text that reading took out of the page's content, and why."""

    text: str
    """The text as it stood on the page. Held unmasked only in memory: the archive masks it before storing."""
    rule: str
    """Name of the rule in `pipelines/rules/` that took it out."""
    kind: RemovalKind
    """What sort of thing it is."""
    position: int
    """Index of the body line before which it stood: 0 is above the body, the number of lines is below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says, without what the site put around it. Made by `pipelines.read_article`."""

    url: str
    """Canonical URL: the page's own rel=canonical where it is same-site and sane, else its address."""
    title: str
    """The headline without the site's name. Never empty."""
    body: str
    """Paragraphs, one per line, no blank lines. Never empty."""
    summary: str | None = None
    """The lead: the repeated first paragraph where the page prints one, else the page's description or
    the first paragraph, shortened at a sentence; None when the body has no prose."""
    published: str | None = None
    """ISO date (YYYY-MM-DD) that the page shows for this article; None when it shows none."""
    published_raw: str | None = None
    """The words `published` was read from, as printed (`1年前 (2024-09-27)`); None when it shows none."""
    posted_by: str | None = None
    """Who put it on this site (the byline account, such as `admin`); None when the page names nobody."""
    source: str | None = None
    """The paper, agency or site it was copied from; None when the page names none."""
    reporter: str | None = None
    """The person or persons who wrote it, separated by a space; None when the page names nobody."""
    category: str | None = None
    """The site's section: the last breadcrumb before the article; None when there is no breadcrumb."""
    views: int | None = None
    """The page's own counter at fetch time; None when it shows none."""
    related: tuple[Link, ...] = field(default=())
    """Related articles in the page's order, no target twice."""
    removals: tuple[Removal, ...] = field(default=())
    """What was taken out of the content, in page order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A page that came with an article, for the archive to keep."""

    article: Article
    """What the page says."""
    page: Page
    """The page itself."""
    follow: bool
    """Whether the related articles become pending, one link further from the start."""
    capture: Capture | None = None
    """Where the response is kept; None where it is not."""
    parts: tuple[tuple[Page, Capture | None], ...] = ()
    """The further pages that the article was joined of, each with where its response is kept."""
    indexed: tuple[str, str] | None = None
    """Title and body as `to_index` makes them of the article; None where whoever saves it is to do that."""

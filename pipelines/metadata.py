"""What the page's head says for machines: description, dates, canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import html

from archive.urls import canonical_url
from pipelines.blocks import fold
from pipelines.dates import ShownDate, parse_machine_date

_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "datepublished",
    "dateupdate",
    "og:release_date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "dc.date.issued",
    "_pubtime",
)
"""Names under which Chinese sites put the date of publication, the most trusted first."""

_LD_DATE = re.compile(r'"(?:datePublished|pubDate|upDate)"\s*:\s*"([^"]{8,40})"')
MAX_LD = 100_000
"""Characters of a JSON-LD block that are looked at."""


def _metas(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = fold(element.get("content") or "")
        if name and content:
            yield name.lower(), content


def read_description(root: html.HtmlElement) -> str | None:
    """The page's own abstract: meta description, else og:description."""
    metas = dict(reversed(list(_metas(root))))
    return metas.get("description") or metas.get("og:description")


def read_machine_date(root: html.HtmlElement) -> ShownDate | None:
    """The date of publication that the head or JSON-LD states."""
    metas = dict(reversed(list(_metas(root))))
    for name in _DATE_NAMES:
        if name in metas and (found := parse_machine_date(metas[name])):
            return found
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            stated = _LD_DATE.search((script.text or "")[:MAX_LD])
            if stated and (found := parse_machine_date(stated[1])):
                return found
    return None


def read_address(root: html.HtmlElement, url: str) -> str:
    """The article's canonical URL: rel=canonical where it is same-site and sane, else the address it came from.

    Many sites point every page's rel=canonical at the home page; a path is asked for where the address has one.
    """
    own = canonical_url(url)
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            try:
                named = urlsplit(urljoin(url, link.get("href").strip()))
            except ValueError:
                break
            here = urlsplit(url)
            same_site = _site(named.hostname) == _site(here.hostname)
            if named.scheme in ("http", "https") and same_site and (named.path.strip("/") or not here.path.strip("/")):
                return canonical_url(named.geturl())
            break
    return own


def _site(host: str | None) -> str:
    """The host without the prefixes under which sites keep twins of themselves."""
    return re.sub(r"^(?:www|m|wap|3g|mobile)\.", "", (host or "").lower())

"""What is never asked for, as far as the URL itself can tell."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive import PendingPage
from crawler.outcomes import EndPage
from crawler.run import CrawlRun
from crawler.sites import same_site

MAX_LENGTH = 2083
"""Characters of a URL: session ids and calendars grow beyond it, articles do not (Scrapy's own limit)."""


class UrlRules:
    """Downloader middleware: every request, redirects included, has a URL that may be asked for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> UrlRules:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        reason = why_refused(request.url) or self._why_off_site(request)
        if reason:
            raise EndPage("refused", reason)

    def _why_off_site(self, request: Request) -> str | None:
        page: PendingPage | None = request.cb_kwargs.get("page")  # a request for robots.txt has none
        run = cast(CrawlRun, self.crawler.spider.run)  # type: ignore[union-attr]
        if page is None or run.sites.name_of(request.url) or same_site(request.url, page.site):
            return None
        return f"off-site: {urlsplit(request.url).hostname}"


def why_refused(url: str) -> str | None:
    """The reason why `url` may not be asked for on any site, or None."""
    if len(url) > MAX_LENGTH:
        return "url-too-long"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "bad-address"
    if parts.scheme not in ("http", "https"):
        return f"scheme: {parts.scheme}"
    if not host:
        return "bad-address"
    if "@" in parts.netloc:
        # http://trusted.example@169.254.169.254/: made to be misread, by people and by parsers
        return "credentials-in-url"
    return None

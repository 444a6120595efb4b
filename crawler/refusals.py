"""What is never asked for, as far as the URL itself can tell."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive import PendingPage
from crawler.outcomes import EndPage
from crawler.run import CrawlRun
from crawler.urls import why_refused


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
        if page is None or run.covers(request.url, site=page.site):
            return None
        return f"off-site: {urlsplit(request.url).hostname}"

"""What is never asked for, as far as the URL itself can tell."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive import PendingPage, leads_to, url_key
from crawler.outcomes import FORGOTTEN, EndPage
from crawler.run import run_of
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
        # Forgotten pages are not pending, but for those of a `forget` that was killed; a redirect may lead to any.
        if reason is None and run_of(self.crawler).is_forgotten(request.url):
            reason = FORGOTTEN.reason
        if reason:
            raise EndPage("refused", reason)
        self._claim(request)

    def _claim(self, request: Request) -> None:
        """A page that another one redirects to is asked for once, be it queued by itself or not."""
        page: PendingPage | None = request.cb_kwargs.get("page")
        if page is None or url_key(request.url) == url_key(page.url):
            return
        run = run_of(self.crawler)
        if run.claim(request.url, page.url) is None:
            if leads_to(run.archive, request.url, page.url):
                raise EndPage("failed", "redirect-loop")
            raise EndPage("fetched", "redirect", belongs_to=request.url)

    def _why_off_site(self, request: Request) -> str | None:
        page: PendingPage | None = request.cb_kwargs.get("page")  # a request for robots.txt has none
        run = run_of(self.crawler)
        if page is None or run.covers(request.url, site=page.site):
            return None
        return f"off-site: {urlsplit(request.url).hostname}"

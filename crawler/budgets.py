"""What one run may spend: minutes in all, pages and minutes on each site, and nothing on a site that asked to wait.
`CrawlRun` counts its pages itself."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import NoReturn

from scrapy import Request
from scrapy.crawler import Crawler

from archive import PendingPage
from crawler.outcomes import EndPage
from crawler.run import run_of


class Budgets:
    """Downloader middleware: a page beyond the budget of its site, or of the run, waits for the next run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._began: float | None = None
        self._asked: defaultdict[str, set[int]] = defaultdict(set)
        """Site -> pages asked for, a redirect or a second try not counted again."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Budgets:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        page: PendingPage | None = request.cb_kwargs.get("page")
        if page is None:  # robots.txt
            return
        not_now = self.why_not_now(request)
        if not_now:
            self._put_off(run_of(self.crawler).sites.name_or_host(request.url), not_now)
        asked = self._asked[page.site]
        if page.id in asked:
            return
        most = run_of(self.crawler).sites.settings_of(page.site).max_pages
        if most is not None and len(asked) >= most:
            self._put_off(page.site, f"budget: {most} pages")
        asked.add(page.id)

    def _put_off(self, site: str, reason: str) -> NoReturn:
        run_of(self.crawler).put_off(site)
        raise EndPage("pending", reason)

    def why_not_now(self, request: Request) -> str | None:
        """Why a request is for another run to make, or None. To be looked at again once it has waited for its turn.
        The minutes begin with the first request."""
        self._began = self._began or monotonic()
        minutes = (monotonic() - self._began) / 60
        run = run_of(self.crawler)
        site = run.sites.name_or_host(request.url)
        if site in run.waits:
            return f"retry-after: not before {run.waits[site]}"
        for limit in (run.sites.settings_of(site).max_minutes, run.plan.crawler.max_minutes):
            if limit is not None and minutes >= limit:
                return f"budget: {limit:g} minutes"
        return None

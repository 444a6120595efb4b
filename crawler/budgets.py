"""What one run may spend: minutes in all, pages and minutes on each site. `CrawlRun` counts its pages itself."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler

from archive import PendingPage
from crawler.outcomes import EndPage
from crawler.run import run_of


class Budgets:
    """Downloader middleware: a page beyond the budget of its site, or of the run, waits for the next run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._began = monotonic()
        self._asked: defaultdict[str, set[int]] = defaultdict(set)
        """Site -> pages asked for, a redirect or a second try not counted again."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Budgets:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        page: PendingPage | None = request.cb_kwargs.get("page")
        if page is None:  # robots.txt
            return
        run = run_of(self.crawler)
        site, every = run.sites.settings_of(page.site), run.plan.crawler
        minutes = (monotonic() - self._began) / 60
        for limit in (site.max_minutes, every.max_minutes):
            if limit is not None and minutes >= limit:
                raise EndPage("pending", f"budget: {limit:g} minutes")
        asked = self._asked[page.site]
        if page.id in asked:
            return
        if site.max_pages is not None and len(asked) >= site.max_pages:
            raise EndPage("pending", f"budget: {site.max_pages} pages")
        asked.add(page.id)

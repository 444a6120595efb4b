"""Every page that was taken up ends in one counted state, whatever happens to it on the way."""

from __future__ import annotations

import sqlite3

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.evidence import EvidenceError
from archive.records import Page
from crawler.outcomes import Outcome
from crawler.run import CrawlRun, run_of
from pipelines.processes import ReadersLost
from pipelines.stages import NotRead, SavedPage


class Accounting:
    """Extension: Scrapy's signals -> the crawl's books. What the spider itself sees, it ends itself."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Accounting:
        books = cls(crawler)
        crawler.signals.connect(books.saved, signals.item_scraped)
        crawler.signals.connect(books.dropped, signals.item_dropped)
        crawler.signals.connect(books.broke, signals.item_error)
        crawler.signals.connect(books.spider_broke, signals.spider_error)
        crawler.signals.connect(books.lost, signals.request_dropped)
        crawler.signals.connect(books.closed, signals.spider_closed)
        return books

    @property
    def run(self) -> CrawlRun:
        return run_of(self.crawler)

    def saved(self, item: SavedPage) -> None:
        parts = [part.requested_url for part in item.parts]
        self.run.end_saved(item.page.requested_url, item.change, parts=parts)

    def dropped(self, item: Page, exception: NotRead) -> None:
        outcome = Outcome(exception.state, exception.reason, exception.belongs_to)
        self.run.end(item.requested_url, outcome, status=item.status)

    def broke(self, item: Page, failure: Failure) -> None:
        """A bug in reading, or no reader, or an archive that cannot be written to."""
        if isinstance(failure.value, sqlite3.Error | EvidenceError | ReadersLost):
            self.run.stop_for(failure.value)
        else:
            reason = f"reader-error: {type(failure.value).__name__}"
            self.run.end(item.requested_url, Outcome("failed", reason), status=item.status)

    def spider_broke(self, failure: Failure, response: Response | Failure | None) -> None:
        if isinstance(failure.value, sqlite3.Error | EvidenceError):
            self.run.stop_for(failure.value)
            return
        request = getattr(response, "request", None)
        if request is not None:
            self._end(request, Outcome("failed", f"spider-error: {type(failure.value).__name__}"))

    def lost(self, request: Request) -> None:
        self._end(request, Outcome("failed", "dropped"))

    def _end(self, request: Request, outcome: Outcome) -> None:
        page = request.cb_kwargs.get("page")
        if page is not None:
            self.run.end(page.url, outcome)

    def closed(self, spider: Spider, reason: str) -> None:
        self.run.finish("interrupted" if reason == "shutdown" else reason)

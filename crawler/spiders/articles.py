"""The spider: what the archive has pending is fetched, and handed to the pipeline."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

# Not used here. Imported before the reactor runs, as its deprecated classes go through the whole stack, three times: a
# quarter of a second where Scrapy imports it by itself.
import scrapy.core.downloader.contextfactory  # noqa: F401
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import ArchiveError, PendingPage, confirm_article
from archive.listings import confirm_listing
from archive.lock import AlreadyInUse
from archive.records import Page
from archive.refresh import Refresh
from crawler.exchanges import exchange_of
from crawler.outcomes import Outcome, outcome_of_error
from crawler.parts import confirm_parts
from crawler.plan import Plan
from crawler.responses import headers_for, outcome_of_response, page_from_response
from crawler.run import CrawlRun
from pipelines.processes import ReadersLost


class ArticleSpider(Spider):
    """Archives articles and the related articles they name.

    scrapy crawl articles -a url=URL [-a depth=1] [-a max_pages=N] [-a refresh=all] [-a data=DIR]

    Several URLs are separated by spaces.
    """

    name = "articles"

    def __init__(self, run: CrawlRun, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        """The crawl that this spider works for."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ArticleSpider:
        run = kwargs.pop("run", None) or open_from_arguments(**kwargs)
        return super().from_crawler(crawler, run=run)

    async def start(self) -> AsyncIterator[Request]:
        while pages := await self.run.next_pages():
            for page in pages:
                try:
                    yield self.ask_for(page)
                except ValueError:  # no request can be made of it, so that no middleware can say why
                    self.run.end(page.url, Outcome("refused", "bad-address"))
        if self.run.broken:
            raise CloseSpider("no-readers" if isinstance(self.run.broken, ReadersLost) else "archive-error")
        try:
            await self.run.learner.settle()
        except sqlite3.Error as error:
            self.run.stop_for(error)
            raise CloseSpider("archive-error") from error

    def ask_for(self, page: PendingPage, *, if_changed: bool = True) -> Request:
        """The request for a page, by default only if it changed. Raises ValueError for what is no URL."""
        headers = headers_for(page) if if_changed else {}
        return Request(page.url, self.parse, errback=self.give_up, headers=headers, cb_kwargs={"page": page})

    async def parse(self, response: Response, page: PendingPage) -> AsyncIterator[Page | Request]:
        """A response: the page to read, or the outcome that its status means."""
        self.run.keep(exchange_of(response, page.url))
        if response.status == 304 and was_conditional(response):  # unasked, it confirms nothing
            outcome = await confirm_parts(self.crawler, page)
            if outcome is None:
                self.confirm(page)
            elif outcome.state == "fetched":
                yield self.ask_for(page, if_changed=False)
            else:
                self.run.end(page.url, outcome)
            return
        outcome = outcome_of_response(response, is_start=page.depth == 0)
        if outcome:
            self.run.end(page.url, outcome, status=response.status)
            return
        site = self.run.sites.name_of(response.url) or page.site
        selectors = self.run.sites.settings_of(site).selectors
        yield page_from_response(response, page, site=site, may_list=page.depth == 0, selectors=selectors)

    def confirm(self, page: PendingPage) -> None:
        """The site says that the page is as it was: so are its article and the links to follow from it."""
        follow = self.run.may_follow(page)
        capture = self.run.capture_of(page.url)
        if page.kind:
            confirm_listing(self.run.archive, page.url, capture=capture)
            self.run.end_saved(page.url, "listing")
            return
        parts = self.run.parts_captured(page.url)
        confirm_article(
            self.run.archive, page.url, crawl_id=self.run.crawl_id, follow=follow, capture=capture, parts=parts
        )
        self.run.end_saved(page.url, "unchanged")

    def give_up(self, failure: Failure) -> None:
        """No response: the page ends with the reason."""
        page: PendingPage = failure.request.cb_kwargs["page"]  # type: ignore[attr-defined]
        if self.run.is_in_hand(page):  # else another page led to it, and ends it
            self.run.end(page.url, outcome_of_error(failure.value))  # type: ignore[arg-type]


def was_conditional(response: Response) -> bool:
    """Whether what was asked is if the page has changed."""
    request = response.request
    return request is not None and ("If-None-Match" in request.headers or "If-Modified-Since" in request.headers)


def open_from_arguments(
    url: str = "",
    depth: str = "1",
    max_pages: str | None = None,
    refresh: Refresh | None = None,
    data: str | None = None,
) -> CrawlRun:
    """Begin a crawl with the arguments of `scrapy crawl articles -a name=value`."""
    try:
        plan = Plan(
            starts=tuple(url.split()),
            data=Path(data or os.environ.get("JIANBAO_DATA") or "data"),
            depth=int(depth),
            max_pages=int(max_pages) if max_pages else None,
            refresh=refresh,
        )
        return CrawlRun.open(plan)
    except (AlreadyInUse, ArchiveError, ValueError, OSError) as error:
        # Anything else Scrapy would report as a crash, traceback and all.
        raise SystemExit(f"scrapy crawl articles: {error}") from error

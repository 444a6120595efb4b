"""The Scrapy item pipeline: what happens to a `Page`, in the order of ITEM_PIPELINES."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, cast

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlite_utils import Database

from archive import save_articles
from archive.articles import Change
from archive.listings import save_listing
from archive.records import Arrival, Article, Capture, Listing, Page
from archive.tombstones import is_forgotten
from pipelines.learning import SharedRecord
from pipelines.parts import NO_PARTS, PartLinks
from pipelines.pool import PageReading, ReaderPool, ReadingFailed, read_task
from pipelines.saving import SavingGroup

MAX_IN_HAND = 8_000_000
"""Bytes of pages that are read or wait for it, beyond which none should be asked for: some fifty usual pages, one
of the largest. Without a bound sixteen of ten megabytes may wait."""

ARTICLE_READ = object()
"""Signal: a page holds an article, which is about to be saved. `text` is a hash of its title and body, for this process to
tell whether it met them before."""

LARGE = 1_000_000
"""Bytes of a page that is worth a garbage collection, some 50 ms. The exceptions with which pages end refer to
themselves through their frames: without it ten hostile pages of nine megabytes were held at a time."""


class Learner(Protocol):
    """What the stages need to know of the part of a crawl that learns sites."""

    def record_for(self, site: str) -> SharedRecord | None: ...

    def note(self, page: Page, reading: PageReading) -> None: ...

    def learn_if_due(self, site: str) -> None: ...


class Run(Protocol):
    """What the stages need to know of the crawl that they are part of: the spider's `run`."""

    archive: Database
    crawl_id: int
    learner: Learner

    def in_hand(self) -> int: ...

    def may_follow(self, page: Page) -> bool: ...

    def may_turn(self, page: Page) -> bool: ...

    def covers(self, url: str, *, site: str) -> bool: ...

    def capture_of(self, url: str) -> Capture | None: ...


class NotRead(DropItem):
    """The page ends here: it holds no article, could not be read, or is not to be archived."""

    def __init__(
        self, state: Literal["fetched", "failed", "refused", "pending"], reason: str, *, belongs_to: str | None = None
    ) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.belongs_to = belongs_to


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page together with the article on it."""

    page: Page
    article: Article | None
    """None only for a part of an article that holds no text itself."""
    links: PartLinks = NO_PARTS
    """Where the rest of the article is, if it goes on elsewhere."""
    indexed: tuple[str, str] | None = None
    """The article as `Arrival.indexed` has it."""
    parts: tuple[Page, ...] = ()
    """The further pages that the article was joined of, in order."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page together with what it names, as it is a listing."""

    page: Page
    listing: Listing


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page whose article is in the archive, or a listing whose articles are pending."""

    page: Page
    change: Change | Literal["listing"]
    parts: tuple[Page, ...] = ()
    """The further pages of its article."""


class ReadArticle:
    """Page -> article or listing, in a process of its own."""

    def __init__(self, pool: ReaderPool[tuple[Page, SharedRecord | None], PageReading], crawler: Crawler) -> None:
        self.pool = pool
        self.crawler = crawler
        self._in_hand = 0
        self._room = asyncio.Event()
        self._room.set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadArticle:
        settings = crawler.settings
        processes, timeout = settings.getint("READ_PROCESSES"), settings.getfloat("READ_TIMEOUT")
        return cls(ReaderPool(read_task, processes=processes, timeout=timeout), crawler)

    def close_spider(self) -> None:
        self.pool.close()

    async def wait_for_room(self) -> None:
        """Return when the pages in hand are less than MAX_IN_HAND."""
        await self._room.wait()

    async def process_item(self, item: Page) -> ReadPage | ListedPage:
        learner = _run_of(self.crawler).learner
        self._take_in_hand(len(item.body))
        if len(item.body) > LARGE:
            gc.collect()
        try:
            reading = await self.pool.read((item, learner.record_for(item.site)))
        except ReadingFailed as error:
            raise NotRead("failed", error.reason) from error
        finally:
            self._take_in_hand(-len(item.body))
        learner.note(item, reading)
        if reading.listing:
            return ListedPage(item, reading.listing)
        if reading.article is None and reading.parts.earlier is None:
            raise NotRead("fetched", f"not-an-article: {reading.reason}")
        return ReadPage(item, reading.article, reading.parts, reading.indexed)

    def _take_in_hand(self, size: int) -> None:
        self._in_hand += size
        if self._in_hand < MAX_IN_HAND:
            self._room.set()
        else:
            self._room.clear()


class SaveArticle:
    """Article or listing -> archive, with all that hangs on it: a listing by itself, articles many in one
    transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._group = SavingGroup(self._save, lambda: _run_of(crawler).in_hand())

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SaveArticle:
        return cls(crawler)

    async def process_item(self, item: ReadPage | ListedPage) -> SavedPage:
        run = _run_of(self.crawler)
        if isinstance(item, ListedPage):
            return _save_listing(run, item)
        assert item.article is not None  # JoinParts lets nothing else through
        if item.article.url != item.page.url and is_forgotten(run.archive, item.article.url):  # rel=canonical led there
            raise NotRead("refused", "forgotten")
        arrival = Arrival(
            article=item.article,
            page=item.page,
            follow=run.may_follow(item.page),
            capture=run.capture_of(item.page.requested_url),
            parts=tuple((part, run.capture_of(part.requested_url)) for part in item.parts),
            indexed=item.indexed,
        )
        text = hash((item.article.title, item.article.body))
        self.crawler.signals.send_catch_log(ARTICLE_READ, page=item.page, text=text)
        change = await self._group.add(arrival)
        run.learner.learn_if_due(item.page.site)
        return SavedPage(item.page, change, item.parts)

    def _save(self, arrivals: Sequence[Arrival]) -> list[Change]:
        run = _run_of(self.crawler)
        return save_articles(run.archive, arrivals, crawl_id=run.crawl_id)


def _run_of(crawler: Crawler) -> Run:
    return cast(Run, crawler.spider.run)  # type: ignore[union-attr]


def _save_listing(run: Run, item: ListedPage) -> SavedPage:
    """Keep what a listing names of its own site; the rest is links to friends and advertisers."""
    page = item.page

    def own(urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(url for url in urls if run.covers(url, site=page.site))

    save_listing(
        run.archive,
        replace(item.listing, articles=own(item.listing.articles), more=own(item.listing.more)),
        page,
        crawl_id=run.crawl_id,
        follow=run.may_follow(page),
        turn_on=run.may_turn(page),
        capture=run.capture_of(page.requested_url),
    )
    return SavedPage(page, "listing")

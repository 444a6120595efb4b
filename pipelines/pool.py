"""Reading beside the reactor: in processes that a hostile page can neither slow down nor take along."""

from __future__ import annotations

import asyncio
import os
import time
import zlib
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from archive.learned import ReadAs
from archive.records import Article, Listing, Page
from archive.search import to_index
from archive.urls import url_key
from pipelines import NotAnArticle, read_start
from pipelines.article import read_known
from pipelines.learning import KnownSite, SharedRecord, load_site
from pipelines.parts import NO_PARTS, PartLinks, find_parts
from pipelines.processes import ReadersLost, reader_context
from pipelines.reader import take_apart

MAX_TASKS = 2_000
"""Pages after which a worker is replaced: lxml and trafilatura keep what they once allocated."""
NICE = 5
"""How far readers stand back: for the process that they read for, which has more to do than they, and for whatever else
the machine is there for."""
STARTING = 60.0
"""Seconds in which a reader comes up on the slowest machine; two are usual. Whoever starts a crawl in a script without
`if __name__ == "__main__":` has each reader run the script as well, which may end it, or wait for ever."""
SAMPLED = 50
"""Of so many pages of a learned site one is read step by step as well."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class ReadingFailed(Exception):
    """The page could not be read. `reason` is the slug that `pages.reason` stores."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What reading a page gave."""

    article: Article | None
    """None where the page holds none."""
    reason: str | None = None
    """Why it holds none; None where it does."""
    listing: Listing | None = None
    """What it names, where it is a listing; None for any other page."""
    read_as: ReadAs | None = None
    """By what it was read; None where nothing is known of its site."""
    parts: PartLinks = NO_PARTS
    """Where the rest of the article is, if the site cuts it into several pages."""
    indexed: tuple[str, str] | None = None
    """The article as `Arrival.indexed` has it; None where it was not asked for."""


class ReaderPool(Generic[Task, Result]):
    """Processes that read pages, each page under a deadline."""

    def __init__(self, reader: Callable[[Task], Result], *, processes: int, timeout: float) -> None:
        self._reader = reader
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=processes, max_tasks=MAX_TASKS, initializer=_stand_back, context=reader_context()
        )
        self._ended = time.monotonic()

    async def read(self, page: Task) -> Result:
        """Read one page. Raises ReadingFailed, ReadersLost, or whatever bug the reader has."""
        try:
            future = self._pool.schedule(self._reader, args=(page,), timeout=self._timeout)
        except RuntimeError as error:  # the pool is broken since an earlier page
            raise ReadersLost from error
        try:
            reading = await self._end_of(asyncio.wrap_future(future))
        except BrokenProcessPool as error:
            raise ReadersLost from error
        except TimeoutError as error:
            raise ReadingFailed("read-timeout") from error
        except ProcessExpired as error:
            raise ReadingFailed(f"reader-died: {error.exitcode}") from error
        return reading

    async def _end_of(self, reading: asyncio.Future[Result]) -> Result:
        """Wait for a page, as long as pages end: each has its deadline, so that one ends, or there is no reader."""
        begun = time.monotonic()
        while not (await asyncio.wait({reading}, timeout=1))[0]:
            if time.monotonic() > max(begun, self._ended) + self._timeout + STARTING:
                reading.cancel()
                raise ReadersLost
        self._ended = time.monotonic()
        return reading.result()

    def close(self) -> None:
        """Kill the processes, whatever they are at."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _stand_back() -> None:
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICE)


def read_task(task: tuple[Page, SharedRecord | None]) -> PageReading:
    """What a worker process runs for each page of a crawl."""
    page, record = task
    reading = read_page(page, load_site(record) if record else None, compare=is_sampled(page.url))
    article = reading.article
    # Here, as the process that saves has most to do.
    return replace(reading, indexed=(to_index(article.title), to_index(article.body))) if article else reading


def is_sampled(url: str) -> bool:
    """Whether a page is read by what was learned and step by step, to compare: one in fifty, whenever it comes."""
    return zlib.crc32(url_key(url).encode()) % SAMPLED == 0


def read_page(page: Page, site: KnownSite | None = None, *, compare: bool = False) -> PageReading:
    """What a page holds, by what was learned of its `site` where that applies. With `compare` it is read step by
    step as well, and the reading says whether that comes to the same."""
    parts = find_parts(page.body, page.url)
    read_as: ReadAs | None = ReadAs(site.digest, None, "not-an-article", None) if site else None

    def read() -> Article:
        nonlocal read_as
        article, read_as = read_known(page.body, page.url, page.fetched_at, site, page.selectors)
        if compare and site and read_as and read_as.template:
            read_as = read_as._replace(agrees=article == _read_step_by_step(page, site))
        return article

    try:
        content: Article | Listing
        content = read_start(page.body, page.url, turned=page.turn > 0, read=read) if page.may_list else read()
    except NotAnArticle as error:
        return PageReading(article=None, reason=error.reason, read_as=read_as, parts=parts)
    if isinstance(content, Listing):
        return PageReading(article=None, listing=content)
    return PageReading(article=content, read_as=read_as, parts=parts)


def _read_step_by_step(page: Page, site: KnownSite) -> Article | None:
    try:
        return take_apart(page.body, page.url, page.fetched_at, site.repeats).article
    except NotAnArticle:
        return None

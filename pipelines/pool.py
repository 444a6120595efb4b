"""Reading beside the reactor: in processes that a hostile page can neither slow down nor take along."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from archive.records import Article, Listing, Page
from pipelines import NotAnArticle, read_article, read_start
from pipelines.parts import NO_PARTS, PartLinks, find_parts

MAX_TASKS = 2_000
"""Pages after which a worker is replaced: lxml and trafilatura keep what they once allocated."""


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
    parts: PartLinks = NO_PARTS
    """Where the rest of the article is, if the site cuts it into several pages."""


class ReaderPool(Generic[Task, Result]):
    """Processes that read pages, each page under a deadline."""

    def __init__(self, reader: Callable[[Task], Result], *, processes: int, timeout: float) -> None:
        self._reader = reader
        self._timeout = timeout
        self._pool = ProcessPool(max_workers=processes, max_tasks=MAX_TASKS, context=_context())

    async def read(self, page: Task) -> Result:
        """Read one page. Raises ReadingFailed, or whatever bug the reader has."""
        future = self._pool.schedule(self._reader, args=(page,), timeout=self._timeout)
        try:
            reading: Result = await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise ReadingFailed("read-timeout") from error
        except ProcessExpired as error:
            raise ReadingFailed(f"reader-died: {error.exitcode}") from error
        return reading

    def close(self) -> None:
        """Kill the processes, whatever they are at."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def read_page(page: Page) -> PageReading:
    """What a worker process runs for each page."""
    parts = find_parts(page.body, page.url)
    try:
        if page.may_list:
            content = read_start(
                page.body, page.url, fetched_at=page.fetched_at, turned=page.turn > 0, selectors=page.selectors
            )
            if isinstance(content, Listing):
                return PageReading(article=None, listing=content)
            return PageReading(article=content, parts=parts)
        return PageReading(
            article=read_article(page.body, page.url, fetched_at=page.fetched_at, selectors=page.selectors), parts=parts
        )
    except NotAnArticle as error:
        return PageReading(article=None, reason=error.reason, parts=parts)


def _context() -> BaseContext:
    """A way to start processes that does not copy the reactor, its threads and its sockets, as fork does."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Imported once, in the server: a worker that replaces a killed one starts in milliseconds.
    context.set_forkserver_preload(["pipelines.pool"])
    return context

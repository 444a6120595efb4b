"""One crawl over one archive: the lock, the pages under way, the outcomes counted."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock
from sqlite_utils import Database

from archive import (
    PendingPage,
    add_start,
    finish_crawl,
    open_archive,
    record_outcome,
    start_crawl,
    start_urls,
    take_pending,
)
from archive.evidence import Evidence, EvidenceError, recover_evidence
from archive.health import judge_run
from archive.lock import lock_data
from archive.records import Capture, Exchange, Page
from archive.resume import resume_crawl
from crawler.configuration import CrawlerSettings, SiteSettings
from crawler.named_sites import NamedSites
from crawler.outcomes import Outcome
from crawler.sites import same_site, site_of

logger = logging.getLogger(__name__)

PAGES_IN_HAND = 200
"""Pages taken from the archive and not ended yet: enough for Scrapy to choose among many sites, few enough to
hold in memory. Where a crawl is killed they are still pending, and the next run takes them."""

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a crawl is asked to do."""

    starts: tuple[str, ...]
    """URLs named by the user. May be empty: then what an earlier run left pending is fetched."""
    data: Path
    """The data directory."""
    depth: int = 1
    """Links followed from a start that is on no configured site: 0 is the start alone, 1 its related articles too."""
    max_pages: int | None = None
    """Pages asked for in this run; None is no limit."""
    sites: tuple[SiteSettings, ...] = ()
    """The configured sites, those that are not crawled among them."""
    only: frozenset[str] | None = None
    """Names of the sites that are crawled; None is every site with pages pending."""
    crawler: CrawlerSettings = field(default_factory=CrawlerSettings)
    """What is configured for all sites together."""


@dataclass(slots=True)
class Tally:
    """What became of the pages of one crawl. The counts add up to `taken` when the crawl has ended."""

    taken: int = 0
    """Pages taken up."""
    counts: Counter[str] = field(default_factory=Counter)
    """Pages by what became of them: new, changed, unchanged, or the state of their outcome."""
    starts: dict[str, Outcome | None] = field(default_factory=dict)
    """Start URL -> the outcome where it is not in the archive now; None where it is, or was not reached."""

    @property
    def in_archive(self) -> int:
        """Pages whose article was archived or confirmed."""
        return self.counts["new"] + self.counts["changed"] + self.counts["unchanged"]


class CrawlRun:
    """One run of the crawler. Everything that may end a page ends it here, once.

    A run after one that was killed, stopped or out of budget goes on with the same crawl.
    """

    def __init__(self, plan: Plan, lock: FileLock, archive: Database) -> None:
        self.plan = plan
        self.archive = archive
        self.sites = NamedSites(plan.starts, plan.sites, depth=plan.depth)
        self.tally = Tally()
        self.outcome: str | None = None
        """How the crawl ended: finished, max-pages, interrupted, or what broke it; None while it goes on."""
        self.broken: sqlite3.Error | EvidenceError | None = None
        """Why the archive cannot be written to (a full disk), after which nothing more is asked for."""
        self._depths = {site.name: site.depth for site in plan.sites}
        resumed = resume_crawl(archive, max_depth=plan.depth, depths=self._depths, sites=plan.only)
        self.crawl_id = resumed or start_crawl(archive)
        self._lock = lock
        for line in recover_evidence(archive, plan.data):
            logger.warning("evidence: %s", line)
        self._evidence = Evidence(archive, plan.data)
        self._captures: dict[str, Capture] = {}
        self._under_way: dict[str, PendingPage] = {}
        self._ended = asyncio.Event()
        for url in plan.starts:
            add_start(archive, url, site=self.sites.name_of(url) or site_of(url), crawl_id=self.crawl_id)
        hosts = [f"{scheme}://{host}/" for site in plan.sites for host in site.hosts for scheme in ("http", "https")]
        self.named_starts: Sequence[str] = [*start_urls(archive), *hosts]
        """Every start ever named for this archive, as an earlier crawl may have left its pages pending, and every
        host that a configured site names."""

    @classmethod
    def open(cls, plan: Plan) -> CrawlRun:
        """Begin a crawl. Raises AlreadyInUse while another one holds the data directory."""
        lock = lock_data(plan.data)
        try:
            return cls(plan, lock, open_archive(plan.data))
        except BaseException:
            lock.release()
            raise

    def may_follow(self, page: PendingPage | Page) -> bool:
        """Whether what a page names is fetched as well."""
        return page.depth < self.sites.settings_of(page.site).depth

    def covers(self, url: str, *, site: str) -> bool:
        """Whether a URL that a page of `site` names, or leads to, belongs to what is crawled."""
        name = self.sites.name_of(url)
        if name is None:
            return not self.sites.is_configured(site) and same_site(url, site)
        return self.plan.only is None or name in self.plan.only

    async def next_pages(self) -> list[PendingPage]:
        """What to ask for next; empty when all is done. Waits while pages under way may still name others."""
        while not self.broken:
            self._ended.clear()
            pages = self._take()
            if pages or not self._under_way:
                return pages
            await self._ended.wait()
        return []

    def _take(self) -> list[PendingPage]:
        room = PAGES_IN_HAND - len(self._under_way)
        if self.plan.max_pages is not None:
            room = min(room, self.plan.max_pages - self.tally.taken)
        if room <= 0:
            return []
        pages = take_pending(
            self.archive,
            crawl_id=self.crawl_id,
            limit=room,
            max_depth=self.plan.depth,
            depths=self._depths,
            sites=self.plan.only,
            in_hand=Counter(page.site for page in self._under_way.values()),
        )
        self.tally.taken += len(pages)
        self._under_way.update((page.url, page) for page in pages)
        return pages

    def keep(self, exchange: Exchange) -> None:
        """Add a page's response to the evidence. Raises EvidenceError."""
        self._captures[exchange.page_url] = self._evidence.keep(exchange)

    def capture_of(self, url: str) -> Capture | None:
        """Where the page's response is kept, for its row to point to: it survives a power cut already.

        None where no response came. Raises EvidenceError.
        """
        capture = self._captures.pop(url, None)
        if capture:
            self._evidence.sync()
        return capture

    def end_saved(self, url: str, change: Change) -> None:
        """The page's article is in the archive, written by `save_article` or confirmed by a 304."""
        self._end(url, change)

    def end(self, url: str, outcome: Outcome, *, status: int | None = None) -> None:
        """The page ends without an article."""
        page = self._under_way.get(url)
        if page is None:
            return
        try:
            record_outcome(
                self.archive,
                url,
                state=outcome.state,
                reason=outcome.reason,
                crawl_id=self.crawl_id,
                status=status,
                capture=self.capture_of(url),
            )
        except (sqlite3.Error, EvidenceError) as error:
            self.stop_writing(error)
            return
        if page.depth == 0:
            self.tally.starts[url] = outcome
        self._end(url, outcome.state)

    def _end(self, url: str, what: str) -> None:
        if self._under_way.pop(url, None):
            self.tally.counts[what] += 1
            self._ended.set()

    def stop_writing(self, error: sqlite3.Error | EvidenceError) -> None:
        """The archive cannot be written to: leave every page under way pending, and end the crawl."""
        self.broken = error
        self._ended.set()

    def finish(self, outcome: str) -> None:
        """Close the books and let go of the data directory. Only the first call counts."""
        if self.outcome is not None:
            return
        if outcome == "finished" and self.tally.taken == self.plan.max_pages:
            outcome = "max-pages"
        self.outcome = outcome
        try:
            finish_crawl(self.archive, self.crawl_id, outcome=outcome)
            judge_run(self.archive, self.crawl_id)
        except sqlite3.Error as error:
            self.broken = self.broken or error
        finally:
            self._evidence.close()
            self.archive.close()
            self._lock.release()

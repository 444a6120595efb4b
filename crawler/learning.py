"""Learning the sites of a crawl: their first pages teach how the others are read, and at the end all are read alike.

While pages come in, what was learned so far makes reading them fast. What counts is learned when all have come, from
pages that are chosen by their addresses: so neither their order nor chance decides how an article is read, and pages
that were read by less are read again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlite_utils import Database

from archive.database import transaction
from archive.health import judge_theme
from archive.learned import (
    ReadAs,
    carry_readings,
    count_readings,
    find_record,
    pages_of_run,
    pages_to_learn_from,
    pages_to_update,
    save_readings,
    save_record,
    sites_of_run,
)
from archive.records import Page, Selectors
from archive.rereading import StoredPage, add_article_of, amend, load_page
from archive.times import utc
from archive.tombstones import is_forgotten
from archive.urls import url_key
from pipelines.learning import Learned, SharedRecord, Shelf
from pipelines.pool import PageReading, ReaderPool
from pipelines.stored import Batch, KnownSites, Lesson, Outcome, cores, learn_stored, read_batch, read_in_order

logger = logging.getLogger(__name__)

SAMPLES = 20
"""Pages that are learned from at a time: more add nothing, and are read three times each."""
COUNTED = 100
"""Pages on which lines are counted: some are of other templates, and of few pages many may have a line by chance."""
FEWEST = 8
"""Pages of which none is read by what is known that teach something: of fewer, too much is alike by chance."""
FIRST = 12
"""Articles of a site after which it is learned for the first time: a few are of other templates."""
IN_A_ROW = 8
"""Articles in a row that are not as expected, after which a site is learned anew."""
ROUNDS = 4
"""Times that a site is learned at the end of a crawl, each from pages that what was learned before does not read."""
MAX_TEMPLATES = 12
"""Templates of a site. One that has more is not understood."""
DIFFER, LEAST_DIFFERING = 0.2, 3
"""Share and number of the compared pages of a template that are read otherwise step by step, from which on it is not
used: it was learned when it read nine of ten alike."""
READ_TIMEOUT = 20.0
"""Seconds to read one stored page."""
LEARN_TIMEOUT = 300.0
"""Seconds to learn a site; it takes some five."""
NOTED = 100
"""Pages whose reading is noted at a time."""


@dataclass(slots=True)
class _Site:
    """What is known of a site in the course of a crawl."""

    base: Learned
    """What was known when it began."""
    current: Learned
    """What its pages are read by now."""
    shared: SharedRecord | None
    """The same for the processes that read; None where nothing was learned yet."""
    pinned: bool
    unread: int = 0
    """Articles in a row that no template fitted."""
    next_try: int = 0
    """At how many of them it is learned."""
    learning: asyncio.Task[None] | None = field(default=None)


class SiteLearner:
    """Learns the sites of one crawl. `selectors_of` gives what a site is configured with."""

    def __init__(
        self, archive: Database, data: Path, crawl_id: int, selectors_of: Callable[[str], Selectors | None]
    ) -> None:
        self._archive = archive
        self._data = data
        self._crawl_id = crawl_id
        self._selectors_of = selectors_of
        self._sites: dict[str, _Site] = {}
        self._noted: list[tuple[str, ReadAs]] = []
        self._shelf = Shelf(data)

    def record_for(self, site: str) -> SharedRecord | None:
        """What a page of a site is to be read by; None where nothing is known."""
        return self._site(site).shared

    def _site(self, name: str) -> _Site:
        if name not in self._sites:
            stored = find_record(self._archive, name)
            base = Learned.from_archive(stored.record) if stored else Learned()
            shared = self._shelf.put(base) if base.templates else None
            first = IN_A_ROW if base.templates else FIRST
            pinned = stored is not None and stored.pinned
            self._sites[name] = _Site(base, base, shared, pinned, next_try=first)
        return self._sites[name]

    def note(self, page: Page, reading: PageReading) -> None:
        """Note how a page was read."""
        site = self._site(page.site)
        if reading.read_as:
            self._note(page.requested_url, reading.read_as)
        known = reading.read_as.record if reading.read_as else None
        if reading.article is None or known != (site.current.digest if site.shared else None):
            return  # of a page that was under way when its site was learned nothing follows
        site.unread = 0 if reading.read_as and reading.read_as.template else site.unread + 1

    def learn_if_due(self, name: str) -> None:
        """Learn a site in the background, where too many of the pages that were saved were not as expected."""
        site = self._site(name)
        if site.unread >= site.next_try and not site.pinned and site.learning is None:
            site.next_try *= 2
            site.learning = asyncio.ensure_future(self._learn_in_passing(name, site))

    def _note(self, url: str, read_as: ReadAs) -> None:
        self._noted.append((url_key(url), read_as))
        if len(self._noted) >= NOTED:
            self._write_notes()

    def _write_notes(self) -> None:
        save_readings(self._archive, self._noted)
        self._noted.clear()

    async def _learn_in_passing(self, name: str, site: _Site) -> None:
        """Have the pages to come read by what those of late have in common."""
        try:
            self._write_notes()
            learned = await self._learn(name, site.current)
            if learned.digest != site.current.digest:
                site.current, site.shared = learned, self._shelf.put(learned)
                site.unread, site.next_try = 0, IN_A_ROW
        except Exception:  # a bug that one page brings out must not cost the crawl
            logger.warning("%s: not learned", name, exc_info=True)
        finally:
            site.learning = None

    async def _learn(self, name: str, known: Learned) -> Learned:
        """What is known, and what the pages of this crawl that it does not read have in common."""
        templates = len(known.templates)
        pages = pages_to_learn_from(self._archive, name, crawl_id=self._crawl_id, known=templates, limit=COUNTED)
        if len(pages) < FEWEST or templates >= MAX_TEMPLATES:
            return known
        pool: ReaderPool[Lesson, Learned] = ReaderPool(learn_stored, processes=1, timeout=LEARN_TIMEOUT)
        try:
            return await pool.read(
                Lesson(data=self._data, pages=pages, read=SAMPLES, selectors=self._selectors_of(name), known=known)
            )
        finally:
            pool.close()

    async def settle(self) -> None:
        """Learn each site from all pages of the crawl, and read again what was read by less."""
        await asyncio.gather(*(site.learning for site in self._sites.values() if site.learning))
        self._write_notes()
        for name in sites_of_run(self._archive, crawl_id=self._crawl_id):  # those before a kill among them
            try:
                await self._settle(name, self._site(name))
            except sqlite3.Error:
                raise
            except Exception:
                logger.warning("%s: not learned", name, exc_info=True)

    async def _settle(self, name: str, site: _Site) -> None:
        learned = site.base
        if not site.pinned:
            for _ in range(ROUNDS):
                more = await self._learn(name, learned)
                if more == learned:
                    break
                learned = more
                await self._read_again(name, learned)
            tried = self._without_failures(name, learned)
            if tried != learned:
                learned = tried
                await self._read_again(name, learned)
        if learned != site.base:
            save_record(self._archive, name, learned.to_json(), learned.digest)
        if learned == site.base and site.current != site.base:
            await self._read_again(name, learned)
        site.current = learned
        pages = pages_of_run(self._archive, name, crawl_id=self._crawl_id)
        judge_theme(self._archive, name, pages, known=len(site.base.templates))

    def _without_failures(self, name: str, learned: Learned) -> Learned:
        """The record, less those templates by which too many pages are read otherwise than step by step."""
        templates = list(learned.templates)
        for number in range(1, len(templates) + 1):
            compared = {
                agrees: count
                for template, _, agrees, count in count_readings(self._archive, name)
                if template == number and agrees is not None
            }
            differing = compared.get(False, 0)
            if differing >= LEAST_DIFFERING and differing > DIFFER * sum(compared.values()):
                templates[number - 1] = replace(templates[number - 1], reads=False)
        return replace(learned, templates=tuple(templates))

    async def _read_again(self, name: str, learned: Learned) -> None:
        """Read those pages of the crawl by a record that were not read by it, nor by one that comes to the same."""
        current = self._site(name).current
        if current.reads_like(learned):
            carry_readings(
                self._archive, name, current.digest, learned.digest,
                least=learned.templates[0].least, crawl_id=self._crawl_id,
            )  # fmt: skip
        pages = pages_to_update(self._archive, name, learned.digest, crawl_id=self._crawl_id)
        if not pages:
            return
        selectors = self._selectors_of(name)
        known = KnownSites(
            data=self._data,
            selectors={name: selectors} if selectors else {},
            records={name: self._shelf.put(learned)},
            compare=True,
        )
        pool: ReaderPool[Batch, list[Outcome]] = ReaderPool(read_batch, processes=cores(), timeout=READ_TIMEOUT)
        try:
            async for stored, outcome in read_in_order(pool, known, pages):
                if isinstance(outcome, PageReading):
                    self._update(stored, outcome)
            self._write_notes()
        finally:
            pool.close()

    def _update(self, stored: StoredPage, reading: PageReading) -> None:
        with transaction(self._archive):
            if reading.article is not None and stored.article_id is not None:
                amend(self._archive, stored.article_id, reading.article, crawl_id=self._crawl_id)
            elif reading.article is not None and not is_forgotten(self._archive, reading.article.url):
                page = load_page(self._data, stored)
                add_article_of(
                    self._archive, stored, page, reading.article, seen_at=utc(page.fetched_at), crawl_id=self._crawl_id
                )
        if reading.read_as:
            self._note(stored.url, reading.read_as)

    def close(self) -> None:
        """Note what is to be noted, and let go of everything."""
        for site in self._sites.values():
            if site.learning:
                site.learning.cancel()
        with suppress(sqlite3.Error):
            self._write_notes()
        self._shelf.close()

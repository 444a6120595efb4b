"""Stored pages read again by today's rules."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from sqlite_utils import Database

from archive.evidence import DamagedEvidence
from archive.recleans import Reclean, begin_reclean, finish_reclean, note_progress
from archive.records import Selectors
from archive.rereading import (
    Difference,
    StoredPage,
    add_article_of,
    change_article,
    count_stored,
    load_page,
    stored_pages,
    trying,
)
from archive.times import now
from archive.tombstones import is_forgotten
from archive.urls import url_key
from pipelines.parts import PartChain
from pipelines.pool import PageReading, ReaderPool, ReadingFailed, read_page

TIMEOUT = 20.0
"""Seconds to read one page, as in a crawl."""
AHEAD = 8
"""Pages handed to each process beyond the one whose result is waited for, so that a slow page idles none."""
NOTE_EVERY = 100
"""Pages after which a run notes how far it has come: so many are read twice where it is killed."""
MAX_EXAMPLES = 3
"""Examples kept of each field that changed."""

LIBRARIES = ("trafilatura", "lxml", "dateparser")
"""Libraries that decide how a page is read, beside this package."""


@dataclass(slots=True)
class Report:
    """What a run has read, and what it changed."""

    total: int
    """Pages to read, those read before a kill among them."""
    counts: Counter[str]
    """Pages by what became of them: unchanged, changed, new (held no article before), not-an-article (before and
    now), no-longer (an article before; it stays), damaged (cannot be read from the evidence), failed (the reader
    gave up); and `field: …`, the articles in which that differs."""
    examples: defaultdict[str, list[tuple[str, Difference]]] = field(default_factory=lambda: defaultdict(list))
    """Field -> URL and difference, of this run only."""
    notes: list[str] = field(default_factory=list)
    """Pages that are no article any longer, or could not be read, with the reason; of this run only."""

    @property
    def done(self) -> int:
        """Pages read."""
        return sum(count for name, count in self.counts.items() if not name.startswith("field: "))


class Recleaner:
    """A run over all stored pages. Goes on with one that was killed, as long as the rules are the same.

    `selectors` are those of the sites that are configured with any, by name.
    """

    def __init__(
        self,
        db: Database,
        data: Path,
        *,
        dry_run: bool = False,
        selectors: Mapping[str, Selectors] = MappingProxyType({}),
    ) -> None:
        self._selectors = dict(selectors)
        self._db = db
        self._data = data
        self._keep = not dry_run
        self._run = _trial() if dry_run else begin_reclean(db, rules=rules_digest(self._selectors))
        self.report = Report(total=0, counts=self._run.counts)
        self.report.total = self.report.done + count_stored(db, after=self._run.page_id)

    async def read_all(self) -> None:
        """Read every page and archive what differs. Killed at any moment, nothing is there by halves."""
        pool = ReaderPool(partial(read_stored, self._data, self._selectors), processes=_cores(), timeout=TIMEOUT)
        try:
            async for stored, reading in _read_in_order(pool, stored_pages(self._db, after=self._run.page_id)):
                with trying(self._db, keep=self._keep):
                    self._end(stored, reading)
        finally:
            pool.close()
        if self._keep:
            finish_reclean(self._db, self._run.id)

    def _end(self, stored: StoredPage, reading: PageReading | Exception) -> None:
        """Count a page, and archive what differs, in one transaction."""
        what = self._archive(stored, reading)
        self.report.counts[what] += 1
        if self._keep and (what in ("changed", "new") or self.report.done % NOTE_EVERY == 0):
            note_progress(self._db, self._run.id, page_id=stored.id, counts=self.report.counts)

    def _archive(self, stored: StoredPage, reading: PageReading | Exception) -> str:
        if isinstance(reading, Exception):
            known = isinstance(reading, DamagedEvidence | ReadingFailed)
            self.report.notes.append(f"{stored.url}: {reading if known else repr(reading)}")
            return "damaged" if isinstance(reading, DamagedEvidence) else "failed"
        if reading.article is None:
            if stored.article_id is None:
                return "not-an-article"
            self.report.notes.append(f"{stored.url}: no article any longer ({reading.reason}); it stays as it was")
            return "no-longer"
        seen_at = self._run.started
        if stored.article_id is None and is_forgotten(self._db, reading.article.url):
            return "not-an-article"
        if stored.article_id is None:
            page = load_page(self._data, stored)
            add_article_of(self._db, stored, page, reading.article, seen_at=seen_at)
            return "new"
        differences = change_article(self._db, stored.article_id, reading.article, seen_at=seen_at)
        for difference in differences:
            self.report.counts[f"field: {difference.field}"] += 1
            if len(self.report.examples[difference.field]) < MAX_EXAMPLES:
                self.report.examples[difference.field].append((stored.url, difference))
        return "changed" if differences else "unchanged"


def _trial() -> Reclean:
    return Reclean(id=0, started=now(), page_id=0, counts=Counter())


async def _read_in_order(
    pool: ReaderPool[StoredPage, PageReading], pages: Iterable[StoredPage]
) -> AsyncIterator[tuple[StoredPage, PageReading | Exception]]:
    """Each page and what reading it gave, in their order, while those that follow are being read."""
    under_way: deque[tuple[StoredPage, asyncio.Future[PageReading]]] = deque()

    async def result() -> tuple[StoredPage, PageReading | Exception]:
        stored, reading = under_way.popleft()
        try:
            return stored, await reading
        except Exception as error:  # a bug that one page brings out must not cost the others
            return stored, error

    for stored in pages:
        under_way.append((stored, asyncio.ensure_future(pool.read(stored))))
        if len(under_way) > AHEAD * _cores():
            yield await result()
    while under_way:
        yield await result()


def read_stored(data: Path, selectors: Mapping[str, Selectors], stored: StoredPage) -> PageReading:
    """What a worker process runs for each page: the article, its parts joined as a crawl joins them.

    Raises DamagedEvidence.
    """
    own = selectors.get(stored.site)
    first = read_page(replace(load_page(data, stored), selectors=own))
    if first.article is None or first.parts.earlier:
        return first
    chain = PartChain(first.article, first.parts)
    while chain.following and (part := stored.parts.get(url_key(chain.following))):
        reading = read_page(replace(load_page(data, part), selectors=own))
        chain.add(reading.article, reading.parts)
    return replace(first, article=chain.join())


def rules_digest(selectors: Mapping[str, Selectors] = MappingProxyType({})) -> str:
    """A hash of all that decides how a page is read."""
    digest = hashlib.sha256("".join(f"{name} {version(name)}\n" for name in LIBRARIES).encode())
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".py", ".toml"):
            digest.update(f"{file.relative_to(folder)}\n".encode())
            digest.update(file.read_bytes())
    digest.update(repr(sorted(selectors.items(), key=itemgetter(0))).encode())
    return digest.hexdigest()


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

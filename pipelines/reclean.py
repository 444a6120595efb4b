"""Stored pages read again by today's rules."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from sqlite_utils import Database

from archive.evidence import DamagedEvidence
from archive.learned import all_records
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
from pipelines.learning import Learned, Shelf
from pipelines.pool import ReaderPool, ReadingFailed
from pipelines.stored import Batch, KnownSites, Outcome, cores, read_batch, read_in_order

TIMEOUT = 20.0
"""Seconds to read one page, as in a crawl; a batch that takes longer is read page by page."""
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

    `selectors` are those of the sites that are configured with any, by name. What was learned of a site is part of
    the rules.
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
        self._records = {
            record.site: learned
            for record in all_records(db)
            if (learned := Learned.from_archive(record.record)).templates
        }
        digests = {site: learned.digest for site, learned in self._records.items()}
        self._run = _trial() if dry_run else begin_reclean(db, rules=rules_digest(self._selectors, digests))
        self.report = Report(total=0, counts=self._run.counts)
        self.report.total = self.report.done + count_stored(db, after=self._run.page_id)

    async def read_all(self) -> None:
        """Read every page and archive what differs. Killed at any moment, nothing is there by halves."""
        pool: ReaderPool[Batch, list[Outcome]] = ReaderPool(read_batch, processes=cores(), timeout=TIMEOUT)
        shelf = Shelf(self._data)
        records = {site: shelf.put(learned) for site, learned in self._records.items()}
        known = KnownSites(data=self._data, selectors=self._selectors, records=records)
        try:
            async for stored, reading in read_in_order(pool, known, stored_pages(self._db, after=self._run.page_id)):
                with trying(self._db, keep=self._keep):
                    self._end(stored, reading)
        finally:
            pool.close()
            shelf.close()
        if self._keep:
            finish_reclean(self._db, self._run.id)

    def _end(self, stored: StoredPage, reading: Outcome) -> None:
        """Count a page, and archive what differs, in one transaction."""
        what = self._archive(stored, reading)
        self.report.counts[what] += 1
        if self._keep and (what in ("changed", "new") or self.report.done % NOTE_EVERY == 0):
            note_progress(self._db, self._run.id, page_id=stored.id, counts=self.report.counts)

    def _archive(self, stored: StoredPage, reading: Outcome) -> str:
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


def rules_digest(
    selectors: Mapping[str, Selectors] = MappingProxyType({}), records: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A hash of all that decides how a page is read."""
    digest = hashlib.sha256("".join(f"{name} {version(name)}\n" for name in LIBRARIES).encode())
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".py", ".toml"):
            digest.update(f"{file.relative_to(folder)}\n".encode())
            digest.update(file.read_bytes())
    digest.update(repr(sorted(selectors.items(), key=itemgetter(0))).encode())
    digest.update(repr(sorted(records.items())).encode())
    return digest.hexdigest()

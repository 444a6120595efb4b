"""Stored pages, read and learned from in processes of their own."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from archive.contacts import key_of
from archive.evidence import DamagedEvidence
from archive.records import Selectors
from archive.rereading import StoredPage, load_page
from archive.urls import url_key
from pipelines.chosen import NO_SELECTORS
from pipelines.learning import Learned, Sample, SharedRecord, learn, load_site
from pipelines.parts import PartChain
from pipelines.pool import PageReading, ReaderPool, is_sampled, read_page
from pipelines.processes import ReadersLost

BATCH = 16
"""Pages handed over at a time: handing over takes as long as reading a page by what was learned of its site."""
AHEAD = 3
"""Batches handed to each process beyond the one whose result is waited for, so that a slow page idles none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSites:
    """What is known of the sites that stored pages are on. It goes to the processes with every batch, so it is small."""

    data: Path
    """The data folder."""
    selectors: Mapping[str, Selectors]
    """Those of the sites that are configured with any, by name."""
    records: Mapping[str, SharedRecord]
    """What was learned of sites, by name."""
    compare: bool = False
    """Whether some of the pages are read step by step as well."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pages to read in one process."""

    known: KnownSites
    pages: tuple[StoredPage, ...]


Outcome = PageReading | Exception
"""What reading a page gave, or why it gave nothing."""


async def read_in_order(
    pool: ReaderPool[Batch, list[Outcome]], known: KnownSites, pages: Iterable[StoredPage]
) -> AsyncIterator[tuple[StoredPage, Outcome]]:
    """Each page and what reading it gave, in their order, while those that follow are being read."""
    under_way: deque[tuple[tuple[StoredPage, ...], asyncio.Future[list[Outcome]]]] = deque()
    waiting = iter(pages)
    while True:
        while len(under_way) <= AHEAD * cores() and (chunk := tuple(islice(waiting, BATCH))):
            used = {page.site for page in chunk}
            task = Batch(
                replace(
                    known,
                    selectors={site: found for site, found in known.selectors.items() if site in used},
                    records={site: found for site, found in known.records.items() if site in used},
                ),
                chunk,
            )
            under_way.append((chunk, asyncio.ensure_future(_read_batch(pool, task))))
        if not under_way:
            return
        chunk, reading = under_way.popleft()
        for stored, outcome in zip(chunk, await reading, strict=True):
            yield stored, outcome


async def _read_batch(pool: ReaderPool[Batch, list[Outcome]], batch: Batch) -> list[Outcome]:
    """The outcome of each page. Where one breaks the process or takes too long, each is read by itself."""
    try:
        return await pool.read(batch)
    except ReadersLost:
        raise
    except Exception as error:  # of what kind is told with each page
        if len(batch.pages) == 1:
            return [error]
    outcomes: list[Outcome] = []
    for page in batch.pages:
        outcomes += await _read_batch(pool, Batch(batch.known, (page,)))
    return outcomes


def read_batch(batch: Batch) -> list[Outcome]:
    """What a worker process runs."""
    return [_outcome(batch.known, stored) for stored in batch.pages]


def _outcome(known: KnownSites, stored: StoredPage) -> Outcome:
    try:
        return read_stored(known, stored)
    except Exception as error:  # a bug that one page brings out must not cost the others
        return error


def read_stored(known: KnownSites, stored: StoredPage) -> PageReading:
    """The article on a stored page, its parts joined as a crawl joins them. Raises DamagedEvidence."""
    selectors, record = known.selectors.get(stored.site), known.records.get(stored.site)
    site = load_site(record) if record else None

    def read(page: StoredPage) -> PageReading:
        loaded = replace(load_page(known.data, page), selectors=selectors)
        return read_page(loaded, site, compare=known.compare and is_sampled(loaded.url))

    first = read(stored)
    if first.article is None or first.parts.earlier:
        return first
    chain = PartChain(first.article, first.parts)
    while chain.following and (part := stored.parts.get(url_key(chain.following))):
        reading = read(part)
        chain.add(reading.article, reading.parts)
    return replace(first, article=chain.join())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Stored pages of one site to learn from."""

    data: Path
    """The data folder."""
    pages: Sequence[StoredPage]
    """All of the site: the first are read, on the others only lines are counted."""
    read: int
    """How many are read."""
    selectors: Selectors | None
    """The site's own, where it is configured with any."""
    known: Learned
    """What is known of it."""


def learn_stored(lesson: Lesson) -> Learned:
    """What a worker process runs to learn a site: what is known, and what was learned beyond it."""
    samples = []
    for stored in lesson.pages:
        try:
            page = load_page(lesson.data, stored)
        except DamagedEvidence:
            continue
        samples.append(Sample(page.body, page.url, page.fetched_at))
    key = key_of(lesson.data)
    return learn(
        samples[: lesson.read],
        more=samples[lesson.read :],
        key=key,
        selectors=lesson.selectors or NO_SELECTORS,
        known=lesson.known,
    )


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

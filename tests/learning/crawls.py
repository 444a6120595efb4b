"""Crawls of sites in invented themes without a network: pages come in any order, and are read, kept and learned from
as in a crawl, in this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive import add_start, finish_crawl, open_archive, record_outcome, save_article, start_crawl
from archive.evidence import Evidence
from archive.health import judge_run
from archive.records import Exchange, Page, Selectors
from archive.times import utc
from crawler import learning
from crawler.learning import SiteLearner
from pipelines.learning import SharedRecord, load_site
from pipelines.pool import is_sampled, read_page
from tests.learning.themes import Told
from tests.reclean.stored import InThisProcess, read_again

SITE = "news.example.com"
BEGAN = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
LOOKED_AT = ("articles", "versions", "history", "links", "removals", "readings")


def in_this_process(monkeypatch: Any) -> None:
    """Starting processes takes seconds."""
    from pipelines import reclean

    monkeypatch.setattr(learning, "ReaderPool", InThisProcess)
    monkeypatch.setattr(reclean, "ReaderPool", InThisProcess)


class Crawls:
    """An archive and the crawls that fill it."""

    def __init__(self, data: Path, selectors: Selectors | None = None) -> None:
        self.data = data
        self.db: Database = open_archive(data)
        self.selectors = selectors
        self._days = 0
        self._killed: int | None = None
        self._known: deque[SharedRecord | None] = deque(maxlen=1)

    def crawl(self, pages: Sequence[Told], *, dies_after: int | None = None, under_way: int = 0) -> None:
        """Crawl these pages, in this order; `dies_after` so many of them by a kill. Each is read by what was known
        before the `under_way` pages ahead of it came in."""
        self._known = deque(maxlen=under_way + 1)
        asyncio.run(self._crawl(pages, dies_after))

    async def _crawl(self, pages: Sequence[Told], dies_after: int | None) -> None:
        crawl_id = self._killed or start_crawl(self.db)
        if not self._killed:
            began = BEGAN + timedelta(days=self._days + 1)
            self.db.execute("UPDATE crawls SET started = ? WHERE id = ?", (utc(began), crawl_id))
        evidence = Evidence(self.db, self.data)
        learner = SiteLearner(self.db, self.data, crawl_id, lambda _: self.selectors)
        self._days += 1
        for number, told in enumerate(pages[:dies_after]):
            self._take(told, BEGAN + timedelta(days=self._days, seconds=number), crawl_id, evidence, learner)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self._killed = crawl_id if dies_after else None
        if dies_after is not None:
            return
        await learner.settle()
        learner.close()
        evidence.close()
        finish_crawl(self.db, crawl_id, outcome="finished")
        judge_run(self.db, crawl_id)

    def _take(self, told: Told, when: datetime, crawl_id: int, evidence: Evidence, learner: SiteLearner) -> None:
        add_start(self.db, told.url, site=SITE, crawl_id=crawl_id)
        capture = evidence.keep(
            Exchange(
                page_url=told.url, url=told.url, method="GET", request_headers=(), status=200, headers=(),
                body=told.html, fetched_at=when,
            )
        )  # fmt: skip
        evidence.sync(capture)
        page = Page(
            url=told.url, requested_url=told.url, site=SITE, depth=1, status=200, body=told.html, fetched_at=when,
            selectors=self.selectors,
        )  # fmt: skip
        self._known.append(learner.record_for(SITE))
        shared = self._known[0]
        reading = read_page(page, load_site(shared) if shared else None, compare=is_sampled(page.url))
        learner.note(page, reading)
        if reading.article:
            save_article(self.db, reading.article, page, crawl_id=crawl_id, follow=False, capture=capture)
            learner.learn_if_due(SITE)
        else:
            reason = f"not-an-article: {reading.reason}"
            record_outcome(
                self.db, told.url, state="fetched", reason=reason, status=200, crawl_id=crawl_id, capture=capture
            )

    def reclean(self) -> dict[str, int]:
        """Read all stored pages again; what became of them."""
        return dict(read_again(self.db, self.data).counts)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.db.execute(sql, values).fetchall()
        return found

    def bodies(self) -> dict[str, list[str]]:
        return {url: body.split("\n") for url, body in self.rows("SELECT url, body FROM articles")}

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that reading decides, whatever numbers rows have and whenever pages came."""
        queries = {
            "articles": "SELECT url, title, category, posted_by, source, reporter, published, published_raw, views,"
            " summary, body, char_count, version, state FROM articles",
            "versions": "SELECT url, number, v.title, v.body, sha256 FROM versions v JOIN articles a ON a.id = article_id",
            "history": "SELECT url, h.version, cause FROM history h JOIN articles a ON a.id = article_id",
            "links": "SELECT a.url, position, l.url, l.title, snippet FROM links l JOIN articles a ON a.id = from_id",
            "removals": "SELECT url, r.version, position, rule, kind, text, chars FROM removals r"
            " JOIN articles a ON a.id = article_id",
            "readings": "SELECT url, record, template, r.reason, agrees FROM readings r JOIN pages ON pages.id = page_id",
            "learned": "SELECT site, digest FROM learned",
            "pages": "SELECT url, state, reason FROM pages",
        }
        return {name: sorted(self.rows(sql), key=repr) for name, sql in queries.items()}

    def close(self) -> None:
        self.db.close()


def in_order(pages: Sequence[Told], order: Iterable[int]) -> list[Told]:
    return [pages[number] for number in order]

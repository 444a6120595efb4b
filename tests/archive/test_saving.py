"""Articles that come together are saved together, and each as if by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest
from sqlite_utils import Database

from archive import save_articles, search, start_crawl
from archive.articles import Change
from archive.records import Arrival
from pipelines.saving import LARGE, MOST, SavingGroup
from tests.archive.samples import article, page


def arrival(number: int, *, body: bytes = b"<html>", **fields: Any) -> Arrival:
    return Arrival(article=article(number, **fields), page=page(number, body=body), follow=False)


class Recorder:
    """Saves into an archive, and remembers how many articles each transaction had."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.crawl_id = start_crawl(db)
        self.sizes: list[int] = []

    def save(self, arrivals: Sequence[Arrival]) -> list[Change]:
        self.sizes.append(len(arrivals))
        return save_articles(self.db, arrivals, crawl_id=self.crawl_id)

    def titles(self) -> list[str]:
        return [title for (title,) in self.db.execute("SELECT title FROM articles ORDER BY id")]


def together(save: Any, arrivals: Sequence[Arrival], *, in_hand: int = 1_000) -> list[Change | BaseException]:
    async def add_all() -> list[Change | BaseException]:
        group = SavingGroup(save, lambda: in_hand)
        return await asyncio.gather(*map(group.add, arrivals), return_exceptions=True)

    return asyncio.run(add_all())


def test_articles_that_come_together_are_one_transaction(db: Database) -> None:
    recorder = Recorder(db)
    assert together(recorder.save, [arrival(n) for n in range(1, 6)]) == ["new"] * 5
    assert recorder.sizes == [5]
    assert len(search(db, "第3篇")) == 1


def test_a_group_that_is_full_does_not_wait(db: Database) -> None:
    recorder = Recorder(db)
    together(recorder.save, [arrival(n) for n in range(1, MOST + 3)])
    assert recorder.sizes == [MOST, 2]


def test_the_last_page_in_hand_does_not_wait(db: Database) -> None:
    recorder = Recorder(db)
    together(recorder.save, [arrival(n) for n in range(1, 4)], in_hand=2)
    assert recorder.sizes == [2, 1]


def test_a_large_page_does_not_wait(db: Database) -> None:
    recorder = Recorder(db)
    together(recorder.save, [arrival(1), arrival(2, body=bytes(LARGE)), arrival(3)])
    assert recorder.sizes == [2, 1]


def test_an_article_that_cannot_be_saved_costs_no_other(db: Database) -> None:
    recorder = Recorder(db)
    first, broken, last = together(recorder.save, [arrival(1), arrival(2, title="\ud800"), arrival(3)])
    assert (first, last) == ("new", "new")
    assert isinstance(broken, UnicodeEncodeError)
    assert recorder.titles() == ["第1篇", "第3篇"]


def test_an_archive_that_takes_nothing_is_asked_once(db: Database) -> None:
    asked = []

    def save(arrivals: Sequence[Arrival]) -> list[Change]:
        asked.append(len(arrivals))
        raise sqlite3.OperationalError("database or disk is full")

    outcomes = together(save, [arrival(1), arrival(2)])
    assert asked == [2]
    assert [str(outcome) for outcome in outcomes] == ["database or disk is full"] * 2


def test_a_text_that_changes_twice_within_a_group_is_indexed_as_it_is_now(db: Database) -> None:
    texts = [arrival(1), arrival(1, title="改写"), arrival(1, title="第三稿")]
    assert save_articles(db, texts, crawl_id=start_crawl(db)) == ["new", "changed", "changed"]
    assert [len(search(db, words)) for words in ("第1篇", "改写", "第三稿")] == [0, 0, 1]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_what_is_archived_does_not_depend_on_the_group(db: Database, size: int) -> None:
    crawl_id = start_crawl(db)
    arrivals = [arrival(n % 40, title=f"第{n % 7}稿") for n in range(100)]
    for first in range(0, len(arrivals), size):
        save_articles(db, arrivals[first : first + size], crawl_id=crawl_id)
    versions = db.execute("SELECT count(*) FROM versions").fetchone()[0]
    counts = db.execute("SELECT new, changed, unchanged FROM crawls").fetchone()
    assert (versions, counts) == (100, (40, 60, 0))
    assert db.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", ('"稿"',)).fetchone()[0] == 40

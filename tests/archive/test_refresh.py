"""Which known pages a crawl asks for again: young articles often, old ones rarely, whatever failed at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from archive import add_start, record_outcome, save_article, start_crawl, take_pending
from archive.refresh import PATIENCE, Refresh, queue_known
from archive.times import utc
from tests.archive.samples import SITE, article, link, page, url

NOW = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)


def due(db: Database, *, refresh: Refresh = "due", max_depth: int = 1, now: datetime = NOW) -> list[str]:
    """What a crawl that begins now asks for again."""
    crawl = start_crawl(db)
    queue_known(db, site=SITE, refresh=refresh, max_depth=max_depth, crawl_id=crawl, now=now)
    return [page.url for page in take_pending(db, crawl_id=crawl, limit=99, max_depth=max_depth)]


def known(db: Database, number: int, *, unchanged: timedelta, asked: timedelta, depth: int = 1) -> None:
    """An article whose text is as old as that, and whose page was asked for that long ago."""
    crawl = start_crawl(db)
    save_article(db, article(number), page(number, depth=depth, etag='"1"'), crawl_id=crawl, follow=False)
    db.execute("UPDATE articles SET last_changed = ? WHERE url = ?", (utc(NOW - unchanged), url(number)))
    db.execute("UPDATE pages SET fetched_at = ? WHERE url = ?", (utc(NOW - asked), url(number)))


@pytest.mark.parametrize(
    ("unchanged", "asked", "is_due"),
    [
        (timedelta(seconds=0), timedelta(seconds=0), True),
        (timedelta(hours=10), timedelta(minutes=59), False),
        (timedelta(hours=10), timedelta(minutes=61), True),
        (timedelta(days=2), timedelta(days=1), True),
        (timedelta(days=100), timedelta(days=9), False),
        (timedelta(days=100), timedelta(days=11), True),
        (timedelta(days=3000), timedelta(days=29), False),
        (timedelta(days=3000), timedelta(days=31), True),
    ],
)
def test_an_article_is_due_after_a_tenth_of_its_age_and_at_least_every_month(
    db: Database, unchanged: timedelta, asked: timedelta, is_due: bool
) -> None:
    known(db, 1, unchanged=unchanged, asked=asked)
    assert due(db) == [url(1)] * is_due


def test_all_is_all_and_new_is_none(db: Database) -> None:
    known(db, 1, unchanged=timedelta(days=3000), asked=timedelta(days=1))
    known(db, 2, unchanged=timedelta(days=1), asked=timedelta(days=1))
    record_outcome(db, url(3), state="gone", reason="http 404", status=404, crawl_id=start_crawl(db))
    assert due(db, refresh="new") == []
    db.execute("UPDATE pages SET depth = 1")
    assert due(db, refresh="all") == [url(1), url(2), url(3)]


@pytest.mark.parametrize(("state", "reason"), [("failed", "http 500"), ("refused", "robots-unreachable: http 500")])
def test_a_page_that_fails_is_asked_for_again_by_the_next_runs_and_then_every_week(
    state: Any, reason: str, db: Database
) -> None:
    add_start(db, url(1), site=SITE, crawl_id=start_crawl(db))
    runs = 0
    while due(db, now=datetime.now(UTC)) == [url(1)]:
        runs += 1
        newest = db.execute("SELECT max(id) FROM crawls").fetchone()[0]
        record_outcome(db, url(1), state=state, reason=reason, status=500, crawl_id=newest)
    assert runs == PATIENCE
    assert due(db, now=datetime.now(UTC) + timedelta(days=6)) == []
    assert due(db, now=datetime.now(UTC) + timedelta(days=8)) == [url(1)]


def test_a_page_without_an_article_is_asked_for_again_after_a_week(db: Database) -> None:
    crawl = start_crawl(db)
    ends = [("fetched", "not-an-article: list", 200), ("gone", "http 404", 404), ("refused", "robots", None)]
    for number, (state, reason, status) in enumerate(ends, 1):
        add_start(db, url(number), site=SITE, crawl_id=crawl)
        record_outcome(db, url(number), state=state, reason=reason, status=status, crawl_id=crawl)  # type: ignore[arg-type]
    assert due(db, now=datetime.now(UTC) + timedelta(days=6)) == []
    assert due(db, now=datetime.now(UTC) + timedelta(days=8)) == [url(1), url(2), url(3)]


def test_an_article_whose_page_answers_404_is_asked_for_by_the_next_run_and_gone_after_it(db: Database) -> None:
    known(db, 1, unchanged=timedelta(days=3000), asked=timedelta(days=40))
    for state in ("live", "gone"):
        [asked] = due(db)
        newest = db.execute("SELECT max(id) FROM crawls").fetchone()[0]
        record_outcome(db, asked, state="gone", reason="http 404", status=404, crawl_id=newest, fetched_at=NOW)
        assert db.execute("SELECT state FROM articles").fetchone() == (state,)
    assert due(db) == []
    assert due(db, now=NOW + timedelta(days=31)) == [url(1)]
    save_article(db, article(1), page(1), crawl_id=start_crawl(db), follow=False)
    assert db.execute("SELECT state, version FROM articles").fetchone() == ("live", 1)
    assert db.execute("SELECT count(*) FROM versions").fetchone() == (1,)


def test_a_page_fetched_before_is_due_however_deep_and_one_never_fetched_is_not(db: Database) -> None:
    known(db, 1, unchanged=timedelta(days=1), asked=timedelta(days=1), depth=5)
    crawl = start_crawl(db)
    save_article(db, article(2, related=(link(3, 1),)), page(2, depth=5), crawl_id=crawl, follow=True)
    assert due(db, max_depth=0) == [url(1), url(2)]


def test_what_the_crawl_took_up_already_is_not_asked_for_again(db: Database) -> None:
    known(db, 1, unchanged=timedelta(days=1), asked=timedelta(days=1))
    crawl = db.execute("SELECT max(id) FROM crawls").fetchone()[0]
    assert queue_known(db, site=SITE, refresh="all", max_depth=1, crawl_id=crawl, now=NOW) == 0


def test_further_parts_and_other_sites_are_left_alone(db: Database) -> None:
    crawl = start_crawl(db)
    save_article(db, article(1), page(1), parts=[(page(2), None)], crawl_id=crawl, follow=False)
    save_article(db, article(3), page(3, site="other.example.com"), crawl_id=crawl, follow=False)
    assert due(db, refresh="all") == [url(1)]


def test_what_is_new_comes_before_what_is_due_so_that_a_small_budget_gets_on(db: Database) -> None:
    for number in (2, 3):
        known(db, number, unchanged=timedelta(days=1), asked=timedelta(days=1), depth=1)
    crawl = start_crawl(db)
    save_article(db, article(1, related=(link(9, 1),)), page(1, depth=1), crawl_id=crawl, follow=True)
    crawl = start_crawl(db)
    add_start(db, url(5), site=SITE, crawl_id=crawl)
    queue_known(db, site=SITE, refresh="all", max_depth=2, crawl_id=crawl, now=NOW)
    taken = take_pending(db, crawl_id=crawl, limit=9, max_depth=2)
    assert [page.url for page in taken] == [url(5), url(9), url(2), url(3), url(1)]

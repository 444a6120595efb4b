"""Listings in the archive: what they name becomes pending, and they are turned until nothing is new."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from archive import record_outcome, save_article, start_crawl, take_pending
from archive.crawls import finish_crawl
from archive.listings import confirm_listing, save_listing
from archive.records import Listing
from archive.tombstones import bury
from archive.urls import url_key
from tests.archive.samples import article, page, url

FIRST, SECOND = "https://news.example.com/a/", "https://news.example.com/a/list_2.html"


def save(db: Database, crawl: int, *articles: int, at: str = FIRST, more: tuple[str, ...] = (), **flags: Any) -> int:
    listing = Listing(kind=flags.pop("kind", "listing"), articles=tuple(map(url, articles)), more=more)
    turned = page(url=at, requested_url=at, etag='"1"', turn=flags.pop("turn", 0))
    return save_listing(db, listing, turned, crawl_id=crawl, **({"follow": True, "turn_on": True} | flags))


def pending(db: Database, crawl: int) -> list[tuple[str, int, str | None, int]]:
    taken = take_pending(db, crawl_id=crawl, limit=99, max_depth=9)
    return [(one.url, one.depth, one.kind, one.turn) for one in taken]


def test_what_a_listing_names_is_pending_a_link_further_and_its_next_page_at_its_own_depth(
    db: Database, crawl: int
) -> None:
    assert save(db, crawl, 1, 2, more=(SECOND,)) == 2
    assert pending(db, crawl) == [
        (SECOND, 0, "listing", 1),
        (url(1), 1, None, 0),
        (url(2), 1, None, 0),
    ]


def test_a_listing_is_a_fetched_page_that_says_what_it_named(db: Database, crawl: int) -> None:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save(db, crawl, 1, 2)
    row = next(db.query("SELECT * FROM pages WHERE url = ?", (FIRST,)))
    assert (row["state"], row["kind"], row["reason"]) == ("fetched", "listing", "2 articles, 1 new")
    ended = finish_crawl(db, crawl, outcome="finished")
    assert (ended.listings, ended.no_article) == (1, 0)


def test_a_listing_with_nothing_new_is_not_turned(db: Database, crawl: int) -> None:
    save(db, crawl, 1, 2, more=(SECOND,))
    save(db, crawl, 3, at=SECOND, turn=1)
    again = start_crawl(db)
    assert save(db, again, 2, 1, more=(SECOND,)) == 0
    assert SECOND not in [address for address, *_ in pending(db, again)]


def test_a_page_that_could_not_be_read_is_turned_to_again(db: Database, crawl: int) -> None:
    save(db, crawl, 1, more=(SECOND,))
    pending(db, crawl)
    record_outcome(db, SECOND, state="failed", reason="timeout", crawl_id=crawl)
    again = start_crawl(db)
    save(db, again, 1, more=(SECOND,))
    assert (SECOND, 0, "listing", 1) in pending(db, again)


def test_a_loop_of_pages_is_turned_once(db: Database, crawl: int) -> None:
    save(db, crawl, 1, more=(SECOND,))
    pending(db, crawl)
    save(db, crawl, 2, at=SECOND, more=(FIRST, SECOND), turn=1)
    assert pending(db, crawl) == [(url(2), 1, None, 0)]


def test_the_bounds_hold(db: Database, crawl: int) -> None:
    save(db, crawl, 1, more=(SECOND,), follow=False, turn_on=False)
    assert pending(db, crawl) == []


def test_the_sitemaps_of_an_index_are_asked_for_in_every_crawl(db: Database, crawl: int) -> None:
    for _run in range(2):
        save(db, crawl, kind="sitemap", more=(SECOND,))
        assert (SECOND, 0, "sitemap", 1) in pending(db, crawl)
        save(db, crawl, 1, kind="sitemap", at=SECOND, turn=1)
        crawl = start_crawl(db)


def test_a_listing_that_was_not_modified_is_asked_for_with_its_etag_and_confirmed(db: Database, crawl: int) -> None:
    save(db, crawl, 1, more=(SECOND,))
    again = start_crawl(db)
    db.execute("UPDATE pages SET state = 'pending' WHERE url = ?", (FIRST,))
    (asked,) = (one for one in take_pending(db, crawl_id=again, limit=9, max_depth=0) if one.url == FIRST)
    assert asked.etag == '"1"'
    confirm_listing(db, FIRST)
    row = next(db.query("SELECT * FROM pages WHERE url = ?", (FIRST,)))
    assert (row["state"], row["status"], row["kind"]) == ("fetched", 304, "listing")


def test_what_was_forgotten_is_neither_new_nor_pending(db: Database, crawl: int) -> None:
    bury(db, map(url_key, (url(1), SECOND)))
    assert save(db, crawl, 1, more=(SECOND,)) == 0
    assert pending(db, crawl) == []


@pytest.mark.parametrize(
    ("articles", "more", "reason", "etag"),
    [
        ((), (), "names nothing", None),
        ((), (SECOND,), "1 further lists", '"1"'),
        ((1,), (), "1 articles, 1 new", '"1"'),
    ],
)
def test_only_a_listing_that_names_something_is_asked_whether_it_is_as_it_was(
    db: Database, crawl: int, articles: tuple[int, ...], more: tuple[str, ...], reason: str, etag: str | None
) -> None:
    save(db, crawl, *articles, more=more, kind="sitemap")
    row = next(db.query("SELECT reason, etag FROM pages WHERE url = ?", (FIRST,)))
    assert (row["reason"], row["etag"]) == (reason, etag)

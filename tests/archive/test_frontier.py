"""The pages table as the crawler's frontier: nothing lost, nothing twice, every page in one counted state."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive import (
    add_start,
    finish_crawl,
    last_crawl,
    leads_to,
    open_archive,
    record_outcome,
    save_article,
    start_crawl,
    start_urls,
    take_pending,
)
from archive.database import transaction
from archive.frontier import queue_pages
from archive.learned import find_record, save_record
from archive.listings import save_listing
from archive.naming import name_site
from archive.records import Listing
from archive.rereading import StoredPage, add_article_of
from archive.times import now
from archive.waits import note_wait
from tests.archive.samples import SITE, article, link, page, url


def take(db: Database, crawl: int, *, limit: int = 9, max_depth: int = 1) -> list[str]:
    return [taken.url for taken in take_pending(db, crawl_id=crawl, limit=limit, max_depth=max_depth)]


def page_row(db: Database, number: int, scheme: str = "https") -> dict[str, Any]:
    return next(db.query("SELECT * FROM pages WHERE url = ?", (url(number).replace("https", scheme),)))


def test_a_start_is_handed_out_once(db: Database, crawl: int) -> None:
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    assert take(db, crawl) == [url(1)]
    assert take(db, crawl) == []


def test_a_start_named_again_is_fetched_again_in_the_next_crawl_only(db: Database, crawl: int) -> None:
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    take(db, crawl)
    save_article(db, article(), page(), crawl_id=crawl, follow=True)
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    assert take(db, crawl) == []
    crawl = start_crawl(db)
    add_start(db, url(1).replace("https", "http"), site=SITE, crawl_id=crawl)
    assert take(db, crawl) == [url(1)]


def test_pages_nearer_to_a_start_come_first(db: Database, crawl: int) -> None:
    save_article(db, article(1, related=(link(2, 1),)), page(1, depth=1), crawl_id=crawl, follow=True)
    save_article(db, article(3, related=(link(4, 1),)), page(3, depth=0), crawl_id=crawl, follow=True)
    add_start(db, url(5), site=SITE, crawl_id=crawl)
    assert take(db, crawl, max_depth=2) == [url(5), url(4), url(2)]


def test_limit_and_depth_bound_what_is_handed_out(db: Database, crawl: int) -> None:
    links = tuple(link(number, number) for number in range(2, 8))
    save_article(db, article(1, related=links), page(1), crawl_id=crawl, follow=True)
    assert take(db, crawl, max_depth=0) == []
    assert take(db, crawl, limit=2) == [url(2), url(3)]
    assert take(db, crawl) == [url(4), url(5), url(6), url(7)]


def test_what_a_killed_crawl_had_under_way_is_handed_out_to_the_next(data: Path, db: Database) -> None:
    killed = start_crawl(db)
    for number in (1, 2, 3):
        add_start(db, url(number), site=SITE, crawl_id=killed)
    take(db, killed, limit=2)
    save_article(db, article(1, related=(link(4, 1),)), page(1), crawl_id=killed, follow=True)
    db.close()
    db = open_archive(data)
    again = start_crawl(db)
    assert take(db, again) == [url(2), url(3), url(4)]
    assert db.execute("SELECT outcome FROM crawls WHERE id = ?", (killed,)).fetchone() == ("killed",)
    db.close()


def test_a_page_named_by_many_is_handed_out_once_in_a_crawl(db: Database, crawl: int) -> None:
    save_article(db, article(1, related=(link(9, 1),)), page(1), crawl_id=crawl, follow=True)
    assert take(db, crawl) == [url(9)]
    save_article(db, article(2, related=(link(9, 1),)), page(2), crawl_id=crawl, follow=True)
    assert take(db, crawl) == []
    record_outcome(db, url(9), state="failed", reason="timeout", crawl_id=crawl)
    save_article(db, article(3, related=(link(9, 1),)), page(3), crawl_id=crawl, follow=True)
    assert take(db, crawl) == []
    assert page_row(db, 9)["state"] == "failed"  # or the next crawl would ask for it again


def test_a_page_is_as_deep_as_its_shortest_way(db: Database, crawl: int) -> None:
    save_article(db, article(1, related=(link(9, 1),)), page(1, depth=1), crawl_id=crawl, follow=True)
    save_article(db, article(2, related=(link(9, 1),)), page(2, depth=0), crawl_id=crawl, follow=True)
    save_article(db, article(3, related=(link(9, 1),)), page(3, depth=1), crawl_id=crawl, follow=True)
    assert page_row(db, 9)["depth"] == 1


def test_a_page_that_was_fetched_is_as_deep_as_its_shortest_way_too(db: Database, crawl: int) -> None:
    save_article(db, article(9), page(9, depth=2), crawl_id=crawl, follow=False)
    save_article(db, article(2, related=(link(9, 1),)), page(2, depth=0), crawl_id=crawl, follow=True)
    save_article(db, article(3, related=(link(9, 1),)), page(3, depth=4), crawl_id=crawl, follow=True)
    assert (page_row(db, 9)["depth"], page_row(db, 9)["state"]) == (1, "fetched")


def test_where_a_page_led_in_an_earlier_crawl_is_forgotten_while_it_waits(db: Database, crawl: int) -> None:
    save_article(db, article(2), page(2, requested_url=url(22)), crawl_id=crawl, follow=False)
    record_outcome(db, url(2), state="fetched", reason="redirect", crawl_id=crawl, status=302, belongs_to=url(22))
    assert leads_to(db, url(2), url(22))
    add_start(db, url(2), site=SITE, crawl_id=start_crawl(db))
    assert not leads_to(db, url(2), url(22))


def test_an_article_fetched_through_a_redirect_is_not_fetched_again_by_its_own_url(db: Database, crawl: int) -> None:
    save_article(db, article(2), page(2, requested_url=url(7)), crawl_id=crawl, follow=True)
    save_article(db, article(1, related=(link(2, 1),)), page(1), crawl_id=crawl, follow=True)
    assert take(db, crawl) == []


def test_conditional_headers_are_given_only_where_there_is_an_article_to_confirm(db: Database, crawl: int) -> None:
    save_article(db, article(), page(etag='"v1"'), crawl_id=crawl, follow=True)
    db.execute("DELETE FROM articles")
    crawl = start_crawl(db)
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    [taken] = take_pending(db, crawl_id=crawl, limit=1, max_depth=0)
    assert taken.etag is None


def test_starts_are_remembered_when_they_become_links(db: Database, crawl: int) -> None:
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    crawl = start_crawl(db)
    add_start(db, url(2), site=SITE, crawl_id=crawl)
    save_article(db, article(2, related=(link(1, 1),)), page(2), crawl_id=crawl, follow=True)
    assert start_urls(db) == [url(1), url(2)]


def test_tries_count_up_until_a_page_is_fetched(db: Database) -> None:
    for expected in (1, 2, 3):
        crawl = start_crawl(db)
        add_start(db, url(1), site=SITE, crawl_id=crawl)
        take(db, crawl)
        record_outcome(db, url(1), state="failed", reason="timeout", crawl_id=crawl)
        assert page_row(db, 1)["tries"] == expected
    save_article(db, article(), page(), crawl_id=crawl, follow=False)
    assert page_row(db, 1)["tries"] == 0


def test_a_page_put_off_waits_for_the_next_crawl(db: Database, crawl: int) -> None:
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    take(db, crawl)
    record_outcome(db, url(1), state="pending", reason="retry-after", crawl_id=crawl)
    assert take(db, crawl) == []
    assert take(db, start_crawl(db)) == [url(1)]


def test_a_refusal_of_an_unknown_address_is_a_row_with_a_reason(db: Database, crawl: int) -> None:
    record_outcome(db, "file:///etc/passwd", state="refused", reason="scheme: file", crawl_id=crawl)
    row = next(db.query("SELECT url, state, reason, fetched_at FROM pages"))
    assert row == {
        "url": "file:///etc/passwd",
        "state": "refused",
        "reason": "scheme: file",
        "fetched_at": None,
    }


@pytest.mark.parametrize("state", ["failed", "refused", "gone"])
def test_the_table_itself_takes_no_such_end_without_a_reason(db: Database, state: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO pages (url, url_key, site, state) VALUES ('u', 'u', 's', ?)", (state,))


def test_a_reason_is_masked_but_for_the_address_that_was_refused(db: Database, crawl: int) -> None:
    reason = "address: 169.254.169.254, call 13000001234"
    record_outcome(db, url(1), state="refused", reason=reason, crawl_id=crawl)
    assert page_row(db, 1)["reason"] == "address: 169.254.169.254, call 130****1234"


def test_a_page_that_was_off_the_site_of_who_named_it_is_fetched_for_its_own(db: Database, crawl: int) -> None:
    with transaction(db):
        queue_pages(db, [url(1), url(2)], site="elsewhere", depth=1)
    record_outcome(db, url(1), state="refused", reason=f"off-site: {SITE}", crawl_id=crawl)
    record_outcome(db, url(2), state="refused", reason="robots", crawl_id=crawl)
    with transaction(db):
        queue_pages(db, [url(1), url(2)], site="elsewhere", depth=1)
        assert page_row(db, 1)["state"] == "refused"
        queue_pages(db, [url(1), url(2)], site=SITE, depth=1)
    assert (page_row(db, 1)["state"], page_row(db, 1)["site"]) == ("pending", SITE)
    assert (page_row(db, 2)["state"], page_row(db, 2)["site"]) == ("refused", "elsewhere")


def test_an_article_that_moved_to_another_address_is_gone_where_it_was(db: Database, crawl: int) -> None:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save_article(db, article(2), page(1), crawl_id=start_crawl(db), follow=False)  # by rel=canonical
    states = "SELECT url, state FROM articles ORDER BY id"
    assert db.execute(states).fetchall() == [(url(1), "gone"), (url(2), "live")]
    save_article(db, article(1), page(1), crawl_id=start_crawl(db), follow=False)
    assert db.execute(states).fetchall() == [(url(1), "live"), (url(2), "gone")]


def test_an_article_is_there_as_long_as_one_of_its_pages_is(db: Database, crawl: int) -> None:
    for _ in range(2):
        crawl = start_crawl(db)
        save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
        add_start(db, url(2), site=SITE, crawl_id=crawl)
        if page_row(db, 2)["article_id"] is None:
            save_article(db, article(1), page(2), crawl_id=crawl, follow=False)
        record_outcome(db, url(2), state="gone", reason="http 404", status=404, crawl_id=crawl)
    assert db.execute("SELECT state FROM articles").fetchall() == [("live",)]
    for _ in range(2):
        crawl = start_crawl(db)
        record_outcome(db, url(1), state="gone", reason="http 404", status=404, crawl_id=crawl)
    assert db.execute("SELECT state FROM articles").fetchall() == [("gone",)]


def test_a_listing_that_holds_none_any_more_is_none(db: Database, crawl: int) -> None:
    save_listing(db, Listing(kind="listing", articles=(url(9),)), page(1), crawl_id=crawl, follow=False, turn_on=False)
    crawl = start_crawl(db)
    record_outcome(db, url(1), state="failed", reason="timeout", crawl_id=crawl)
    assert page_row(db, 1)["kind"] == "listing"
    record_outcome(db, url(1), state="fetched", reason="not-an-article: captcha", status=200, crawl_id=crawl)
    done = finish_crawl(db, crawl, outcome="finished")
    assert (done.listings, done.no_article) == (0, 1)


def test_an_address_that_never_answered_is_asked_for_as_it_was_written_last(db: Database, crawl: int) -> None:
    plain = url(1).replace("https:", "http:")
    add_start(db, url(1), site=SITE, crawl_id=crawl)
    record_outcome(db, url(1), state="refused", reason="bad-certificate", crawl_id=crawl)
    add_start(db, plain, site=SITE, crawl_id=start_crawl(db))
    assert page_row(db, 1, "http") == page_row(db, 1, "http") | {"url": plain, "state": "pending"}
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    add_start(db, url(1), site=SITE, crawl_id=start_crawl(db))
    assert take(db, start_crawl(db)) == [plain]  # that one answered


def test_a_page_without_a_row_is_of_the_site_that_it_belongs_to(db: Database, crawl: int) -> None:
    record_outcome(db, url(1), state="gone", reason="http 404", status=404, crawl_id=crawl, site="园区")
    assert page_row(db, 1)["site"] == "园区"


def test_a_site_that_becomes_two_is_divided_by_address(db: Database, crawl: int) -> None:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save_article(db, article(2), page(2), crawl_id=crawl, follow=False)
    save_record(db, SITE, "{}", "digest")
    name_site(db, SITE, {url(1): "一"}.get)
    assert page_row(db, 2)["site"] == SITE
    assert find_record(db, SITE)
    name_site(db, SITE, {url(2): "二"}.get)
    for table in ("pages", "articles"):
        assert db.execute(f"SELECT url, site FROM {table} ORDER BY url").fetchall() == [(url(1), "一"), (url(2), "二")]


def test_what_was_learned_goes_along_with_the_name(db: Database, crawl: int) -> None:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save_record(db, SITE, "{}", "digest")
    name_site(db, SITE, lambda _: "园区")
    assert find_record(db, SITE) is None
    assert find_record(db, "园区")


def test_a_site_is_left_alone_for_the_longest_that_it_asked_for(db: Database) -> None:
    now = datetime(2025, 3, 1, tzinfo=UTC)
    assert note_wait(db, SITE, 600, now=now) == note_wait(db, SITE, 60, now=now) == "2025-03-01T00:10:00Z"
    assert note_wait(db, SITE, 900, now=now) == "2025-03-01T00:15:00Z"


def test_the_counts_of_a_crawl_add_up_to_the_pages_it_took_up(db: Database, crawl: int) -> None:
    numbers = range(1, 9)
    for number in numbers:
        add_start(db, url(number), site=SITE, crawl_id=crawl)
    assert len(take(db, crawl)) == len(numbers)
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save_article(db, article(2), page(2), crawl_id=crawl, follow=False)
    save_article(db, article(2), page(3), crawl_id=crawl, follow=False)  # the same article by another page
    record_outcome(db, url(4), state="fetched", reason="not-an-article: list", status=200, crawl_id=crawl)
    record_outcome(db, url(5), state="failed", reason="timeout", crawl_id=crawl)
    record_outcome(db, url(6), state="refused", reason="robots", crawl_id=crawl)
    record_outcome(db, url(7), state="gone", reason="http 404", status=404, crawl_id=crawl)
    record_outcome(db, url(8), state="failed", reason="http 500", status=500, crawl_id=crawl)
    rows = db.execute("SELECT state, count(*) FROM pages WHERE crawl_id = ? GROUP BY state", (crawl,))
    assert dict(rows.fetchall()) == {"fetched": 4, "failed": 2, "refused": 1, "gone": 1}
    done = finish_crawl(db, crawl, outcome="finished")
    assert done == last_crawl(db)
    assert (done.new, done.changed, done.unchanged, done.no_article) == (2, 0, 1, 1)
    assert (done.failed, done.refused, done.gone) == (2, 1, 1)
    assert done.outcome == "finished"


def test_an_article_that_is_read_only_when_its_site_is_known_is_counted(db: Database, crawl: int) -> None:
    for number in (1, 2):
        add_start(db, url(number), site=SITE, crawl_id=crawl)
        record_outcome(db, url(number), state="failed", reason="read-timeout", crawl_id=crawl)
        stored = StoredPage(
            id=page_row(db, number)["id"], url=url(number), site=SITE, depth=0, article_id=None, place=("", 0), parts={}
        )
        with transaction(db):  # both lead to the same article
            add_article_of(db, stored, page(number), article(1), seen_at=now(), crawl_id=crawl)
    done = finish_crawl(db, crawl, outcome="finished")
    assert (done.new, done.unchanged, done.failed) == (1, 1, 0)
    assert done.finished and done.finished.endswith("Z")
    assert done.seconds is not None and done.seconds >= 0


def test_sites_take_turns_and_one_with_many_under_way_waits(db: Database, crawl: int) -> None:
    for number in range(1, 5):
        add_start(db, url(number), site="slow", crawl_id=crawl)
    for number in range(5, 8):
        add_start(db, url(number), site="fast", crawl_id=crawl)
    first = take_pending(db, crawl_id=crawl, limit=4, max_depth=1)
    assert [page.site for page in first] == ["slow", "fast", "slow", "fast"]
    rest = take_pending(db, crawl_id=crawl, limit=2, max_depth=1, in_hand={"slow": 2, "fast": 0})
    assert [page.site for page in rest] == ["fast", "slow"]


def test_only_the_sites_asked_for_are_handed_out_each_as_deep_as_it_says(db: Database, crawl: int) -> None:
    save_article(db, article(1, related=(link(2, 1),)), page(1, site="a"), crawl_id=crawl, follow=True)
    save_article(db, article(3, related=(link(4, 1),)), page(3, site="b"), crawl_id=crawl, follow=True)
    add_start(db, url(5), site="c", crawl_id=crawl)
    taken = take_pending(db, crawl_id=crawl, limit=9, max_depth=1, depths={"b": 0}, sites=("a", "b"))
    assert [page.url for page in taken] == [url(2)]


def steps_of_a_page(db: Database, crawl: int) -> int:
    """Hundreds of steps that SQLite takes to hand out a page and to save its article."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    add_start(db, url(1), site=SITE, crawl_id=crawl)
    db.conn.set_progress_handler(count, 100)
    take(db, crawl, limit=1)
    save_article(db, article(related=(link(2, 1),)), page(), crawl_id=crawl, follow=True)
    record_outcome(db, url(2), state="failed", reason="timeout", crawl_id=crawl)
    return steps


def test_a_page_costs_no_more_where_thousands_are_pending_and_linked_to(tmp_path: Path) -> None:
    small, large = open_archive(tmp_path / "small"), open_archive(tmp_path / "large")
    crawls = [start_crawl(db) for db in (small, large)]
    many = [(f"https://{SITE}/b/{n}.html", f"{SITE}/b/{n}.html") for n in range(5_000)]
    save_article(large, article(3), page(3), crawl_id=crawls[1], follow=False)
    with transaction(large):
        for number, (address, key) in enumerate(many):
            large.execute(
                "INSERT INTO pages (url, url_key, site, state, depth) VALUES (?, ?, ?, 'pending', 1)",
                (address, key, SITE),
            )
            large.execute(
                "INSERT INTO links (from_id, position, url, url_key, title) VALUES (1, ?, ?, ?, 't')",
                (number, address, key),
            )
    few, most = (steps_of_a_page(db, crawl) for db, crawl in zip((small, large), crawls, strict=True))
    assert most < 2 * few + 10
    small.close()
    large.close()

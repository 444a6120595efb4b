"""What saving an article does to the archive: once, again, and when the page has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from archive import (
    add_start,
    confirm_article,
    finish_crawl,
    last_crawl,
    record_outcome,
    save_article,
    search,
    start_crawl,
    take_pending,
)
from archive.records import Article, Page
from archive.refresh import queue_known
from tests.archive.checks import assert_sound
from tests.archive.samples import BODY, SITE, WHEN, article, link, page, removal, url

LATER = WHEN + timedelta(days=30)


def save(db: Database, saved: Article, fetched: Page | None = None, *, follow: bool = False) -> str:
    return save_article(
        db, saved, fetched or page(), crawl_id=db.execute("SELECT max(id) FROM crawls").fetchone()[0], follow=follow
    )


def rows(db: Database, table: str) -> list[dict[str, Any]]:
    return list(db.query(f"SELECT * FROM {table} ORDER BY id"))


def everything(db: Database) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(db, table) for table in ("articles", "versions", "links", "removals")}


pytestmark = pytest.mark.usefixtures("crawl")


def test_a_new_article_is_kept_with_all_that_was_read(db: Database) -> None:
    assert save(db, article(related=(link(2, 1, snippet="摘一句"),), removals=(removal("扫码关注"),))) == "new"
    [kept] = rows(db, "articles")
    assert kept == {
        "id": 1,
        "url": url(1),
        "url_key": "news.example.com/a/1.html",
        "site": "news.example.com",
        "title": "第1篇",
        "category": "园区动态",
        "posted_by": "admin",
        "source": "河畔日报",
        "reporter": "林小满",
        "published": "2025-02-28",
        "published_raw": "2025-02-28",
        "month": "2025-02",
        "views": 38,
        "summary": "园区里的第一家企业昨天投产。",
        "body": BODY,
        "char_count": 35,
        "first_seen": "2025-03-01T08:30:00Z",
        "last_seen": "2025-03-01T08:30:00Z",
        "last_changed": "2025-03-01T08:30:00Z",
        "version": 1,
        "state": "live",
        "checksum": 1495345678,
    }
    [version] = rows(db, "versions")
    assert (version["number"], version["title"], version["body"]) == (1, "第1篇", BODY)
    [kept_link] = rows(db, "links")
    assert (kept_link["from_id"], kept_link["position"], kept_link["snippet"]) == (1, 1, "摘一句")
    [kept_removal] = rows(db, "removals")
    assert kept_removal["text"] == "扫码关注"
    assert (kept_removal["version"], kept_removal["chars"], kept_removal["position"]) == (1, 4, 2)
    assert_sound(db)


def test_the_same_page_again_changes_only_last_seen_and_views(db: Database) -> None:
    first = article(related=(link(2, 1), link(3, 2)), removals=(removal("手机 13000001234"),))
    save(db, first)
    before = everything(db)
    assert save(db, replace(first, views=99), page(fetched_at=LATER)) == "unchanged"
    before["articles"][0] |= {"last_seen": "2025-03-31T08:30:00Z", "views": 99}
    after = everything(db)
    assert before["articles"][0].pop("checksum") != after["articles"][0].pop("checksum")
    assert after == before


@pytest.mark.parametrize("changes", [{"title": "改了题目"}, {"body": f"{BODY}\n又添了一段。"}])
def test_another_title_or_body_is_a_version(db: Database, changes: dict[str, str]) -> None:
    save(db, article())
    assert save(db, article(**changes), page(fetched_at=LATER)) == "changed"
    [kept] = rows(db, "articles")
    assert kept["version"] == 2
    assert kept["id"] == 1
    assert (kept["first_seen"], kept["last_changed"]) == ("2025-03-01T08:30:00Z", "2025-03-31T08:30:00Z")
    assert [version["number"] for version in rows(db, "versions")] == [1, 2]
    assert_sound(db)


@pytest.mark.parametrize(
    "changes",
    [
        {"views": 40},
        {"published_raw": "1个月前"},
        {"related": (link(3, 1), link(2, 2))},
        {"related": (link(4, 1),)},
        {"removals": (removal("换了一块广告"),)},
        {"source": "山前晚报"},
        {"summary": None},
    ],
)
def test_nothing_else_is_a_version(db: Database, changes: dict[str, Any]) -> None:
    save(db, article(related=(link(2, 1), link(3, 2))))
    assert save(db, article(**changes), page(fetched_at=LATER)) == "unchanged"
    assert len(rows(db, "versions")) == 1
    assert rows(db, "articles")[0]["last_changed"] == "2025-03-01T08:30:00Z"


def test_a_text_that_comes_back_is_its_old_version(db: Database) -> None:
    save(db, article(removals=(removal("扫码"),)))
    save(db, article(body="另一篇。"))
    assert save(db, article(removals=(removal("扫码"),))) == "changed"
    assert rows(db, "articles")[0]["version"] == 1
    assert [version["number"] for version in rows(db, "versions")] == [1, 2]
    assert len(rows(db, "removals")) == 1
    assert_sound(db)


def test_a_removal_belongs_to_the_version_whose_page_held_it(db: Database) -> None:
    save(db, article(removals=(removal("第一版的广告"),)))
    save(db, article(body="另一篇。", removals=(removal("第二版的广告"),)))
    assert [(r["version"], r["text"]) for r in rows(db, "removals")] == [(1, "第一版的广告"), (2, "第二版的广告")]


def test_a_relative_date_keeps_what_it_said_when_it_was_first_read(db: Database) -> None:
    save(db, article(published="2025-02-26", published_raw="3天前"))
    save(db, article(published="2024-03-31", published_raw="1年前"), page(fetched_at=LATER))
    assert rows(db, "articles")[0]["published"] == "2025-02-26"
    save(db, article(published="2025-02-27", published_raw="1年前 (2025-02-27)"), page(fetched_at=LATER))
    assert rows(db, "articles")[0]["published"] == "2025-02-27"
    save(db, article(published=None, published_raw=None), page(fetched_at=LATER))
    assert rows(db, "articles")[0]["published"] is None


@pytest.mark.parametrize("spelling", ["http://news.example.com/a/1.html", "https://NEWS.example.com/a/1.html?from=x"])
def test_another_spelling_of_the_url_is_the_same_article(db: Database, spelling: str) -> None:
    save(db, article())
    assert save(db, article(url=spelling), page(url=spelling, requested_url=spelling)) == "unchanged"
    assert [row["url"] for row in rows(db, "articles")] == [url(1)]
    assert len(rows(db, "pages")) == 1


def test_links_are_resolved_whichever_article_comes_first(db: Database) -> None:
    save(db, article(1, related=(link(2, 1),)), page(1))
    save(db, article(2, related=(link(1, 1), link(3, 2))), page(2))
    assert [(row["from_id"], row["to_id"]) for row in rows(db, "links")] == [(1, 2), (2, 1), (2, None)]


def test_a_link_to_a_page_that_redirects_means_the_article_it_leads_to(db: Database) -> None:
    save(db, article(1, related=(link(7, 1),)), page(1))
    save(db, article(2), page(2, requested_url=url(7)))
    save(db, article(3, related=(link(7, 1),)), page(3))
    assert [row["to_id"] for row in rows(db, "links")] == [2, 2]


def test_a_page_may_be_found_to_redirect_after_the_article_is_archived(db: Database, crawl: int) -> None:
    save(db, article(1, related=(link(3, 1),)))
    save(db, article(2), page(2))
    record_outcome(db, url(3), state="fetched", reason="redirect", crawl_id=crawl, belongs_to=url(2))
    assert [row["to_id"] for row in rows(db, "links")] == [2]


def test_followed_links_wait_in_the_same_transaction_one_link_further(db: Database, crawl: int) -> None:
    save(db, article(related=(link(2, 1), link(3, 2))), page(depth=1), follow=True)
    waiting = [(row["url"], row["state"], row["depth"]) for row in rows(db, "pages")]
    assert waiting == [(url(1), "fetched", 1), (url(2), "pending", 2), (url(3), "pending", 2)]


def test_links_are_not_followed_unless_asked(db: Database) -> None:
    save(db, article(related=(link(2, 1),)))
    assert [row["url"] for row in rows(db, "pages")] == [url(1)]


def test_the_page_points_to_its_article_and_keeps_what_asking_again_needs(db: Database, crawl: int) -> None:
    save(db, article(), page(etag='"v1"', last_modified="Sat, 01 Mar 2025 08:00:00 GMT"))
    [kept] = rows(db, "pages")
    assert (kept["state"], kept["reason"], kept["status"], kept["article_id"]) == ("fetched", None, 200, 1)
    assert (kept["etag"], kept["last_modified"]) == ('"v1"', "Sat, 01 Mar 2025 08:00:00 GMT")
    assert kept["fetched_at"] == "2025-03-01T08:30:00Z"
    assert kept["crawl_id"] == crawl
    assert len(kept["sha256"]) == 64


def test_the_index_follows_the_text(db: Database) -> None:
    save(db, article(title="麦田", body="旧厂房"))
    save(db, article(title="菜地", body="新车间"))
    assert [len(search(db, words)) for words in ("麦田", "旧厂房", "菜地", "新车间")] == [0, 0, 1, 1]


def test_an_error_on_the_way_leaves_nothing_of_the_article(db: Database) -> None:
    bad = article(related=(link(2, 1), link(3, 1)))  # one position twice
    with pytest.raises(Exception, match="UNIQUE"):
        save(db, bad, follow=True)
    assert everything(db) == {"articles": [], "versions": [], "links": [], "removals": []}
    assert rows(db, "pages") == []
    assert search(db, "园区") == []
    crawl = last_crawl(db)
    assert crawl and crawl.new == 0


def test_a_304_confirms_the_article_and_what_follows_from_it(db: Database) -> None:
    save(db, article(related=(link(2, 1),)), page(etag='"v1"'), follow=False)
    again = start_crawl(db)
    add_start(db, url(1), site="news.example.com", crawl_id=again)
    [asked] = take_pending(db, crawl_id=again, limit=9, max_depth=1)
    assert (asked.url, asked.etag) == (url(1), '"v1"')
    confirm_article(db, asked.url, crawl_id=again, follow=True, fetched_at=LATER)
    [kept] = rows(db, "articles")
    assert (kept["last_seen"], kept["last_changed"]) == ("2025-03-31T08:30:00Z", "2025-03-01T08:30:00Z")
    confirmed = rows(db, "pages")[0]
    assert (confirmed["state"], confirmed["status"], confirmed["etag"]) == ("fetched", 304, '"v1"')
    assert [page.url for page in take_pending(db, crawl_id=again, limit=9, max_depth=1)] == [url(2)]
    crawl = last_crawl(db)
    assert crawl and crawl.unchanged == 1


def test_a_304_behind_a_redirect_confirms_the_page_that_it_leads_to(db: Database) -> None:
    save(db, article(1, related=(link(2, 1), link(7, 2))), follow=True)
    save(db, article(2), page(2, requested_url=url(7)))
    again = start_crawl(db)
    queue_known(db, site=SITE, refresh="all", max_depth=9, crawl_id=again)
    take_pending(db, crawl_id=again, limit=9, max_depth=9)
    confirm_article(db, url(7), crawl_id=again, follow=False)
    ends = {row["url"]: (row["state"], row["reason"], row["status"]) for row in rows(db, "pages")}
    assert ends == {
        url(1): ("pending", None, 200),
        url(2): ("fetched", "redirect", 304),
        url(7): ("fetched", None, 304),
    }


def test_a_304_that_nobody_asked_for_confirms_nothing(db: Database, crawl: int) -> None:
    add_start(db, url(1), site="news.example.com", crawl_id=crawl)
    take_pending(db, crawl_id=crawl, limit=9, max_depth=1)
    confirm_article(db, url(1), crawl_id=crawl, follow=True)
    [asked] = rows(db, "pages")
    assert asked["state"] == "fetched"
    assert asked["reason"].startswith("not-modified")
    done = finish_crawl(db, crawl, outcome="finished")
    assert (done.unchanged, done.no_article) == (0, 1)


def test_an_article_is_gone_after_404_in_two_crawls_and_can_come_back(db: Database) -> None:
    def state() -> tuple[str, str]:
        [kept] = rows(db, "articles")
        return kept["state"], kept["body"]

    save(db, article())
    for expected in ("live", "gone", "gone"):
        crawl = start_crawl(db)
        add_start(db, url(1), site="news.example.com", crawl_id=crawl)
        take_pending(db, crawl_id=crawl, limit=9, max_depth=1)
        record_outcome(db, url(1), state="gone", reason="http 404", status=404, crawl_id=crawl)
        assert state() == (expected, BODY)
    assert save(db, article()) == "unchanged"
    assert state() == ("live", BODY)


def test_a_404_between_two_answers_does_not_make_an_article_gone(db: Database) -> None:
    save(db, article())
    record_outcome(db, url(1), state="gone", reason="http 404", status=404, crawl_id=1)
    save(db, article())
    record_outcome(db, url(1), state="gone", reason="http 404", status=404, crawl_id=1)
    assert rows(db, "articles")[0]["state"] == "live"

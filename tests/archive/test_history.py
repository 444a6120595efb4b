"""Every text an article has had, once, and every time it became another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from archive import read_history, save_article
from tests.archive.samples import WHEN, article, page, url

TEXTS = ("第一稿。", "第二稿。", "第一稿。", "第一稿。", "第三稿。", "第二稿。")


@pytest.fixture
def written(db: Database, crawl: int) -> Database:
    for day, text in enumerate(TEXTS):
        save_article(db, article(body=text), page(fetched_at=WHEN + timedelta(days=day)), crawl_id=crawl, follow=False)
    return db


def test_a_text_that_comes_back_is_stored_once_and_listed_each_time(written: Database) -> None:
    history = read_history(written, url(1))
    assert history
    assert [version.body for version in history.versions.values()] == ["第一稿。", "第二稿。", "第三稿。"]
    assert [(moment.version, moment.seen_at[:10]) for moment in history.moments] == [
        (1, "2025-03-01"),
        (2, "2025-03-02"),
        (1, "2025-03-03"),
        (3, "2025-03-05"),
        (2, "2025-03-06"),
    ]
    assert history.version == 2
    assert history.last_seen == "2025-03-06T08:30:00Z"


def test_another_title_is_another_version(db: Database, crawl: int) -> None:
    save_article(db, article(), page(), crawl_id=crawl, follow=False)
    save_article(db, article(title="改过的标题"), page(), crawl_id=crawl, follow=False)
    history = read_history(db, url(1))
    assert history
    assert [version.title for version in history.versions.values()] == ["第1篇", "改过的标题"]


def test_it_is_found_by_every_address_that_led_to_the_article(db: Database, crawl: int) -> None:
    moved = page(1, requested_url=url(9))
    save_article(db, article(1), moved, crawl_id=crawl, follow=False)
    for address in (url(1), url(9), url(1).replace("https", "http") + "?from=related#top"):
        found = read_history(db, address)
        assert found
        assert found.url == url(1)
    assert read_history(db, url(2)) is None

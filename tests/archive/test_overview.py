"""What the archive holds, in numbers."""

from __future__ import annotations

from sqlite_utils import Database

from archive import (
    Overview,
    SiteOverview,
    finish_crawl,
    last_crawl,
    overview,
    record_outcome,
    save_article,
    start_crawl,
)
from tests.archive.samples import article, link, page, removal, url


def test_an_empty_archive(db: Database) -> None:
    assert overview(db) == Overview(
        articles=0, gone=0, versions=0, links=0, links_archived=0, removals={}, pages={}, sites=(), last_crawl=None
    )


def test_everything_is_counted(db: Database) -> None:
    crawl = start_crawl(db)
    save_article(
        db,
        article(1, related=(link(2, 1), link(3, 2)), removals=(removal("扫码"), removal("分享", kind="share"))),
        page(1),
        crawl_id=crawl,
        follow=True,
    )
    save_article(db, article(2, published="2024-05-06"), page(2), crawl_id=crawl, follow=True)
    changed = article(2, body="改了。", published="2024-05-06")
    save_article(db, changed, page(2), crawl_id=crawl, follow=True)
    save_article(db, article(9, published=None), page(9, site="other.example"), crawl_id=crawl, follow=True)
    record_outcome(db, url(3), state="gone", reason="http 404", status=404, crawl_id=crawl)
    db.execute("UPDATE articles SET state = 'gone' WHERE id = 2")
    finish_crawl(db, crawl, outcome="finished")
    seen = "2025-03-01T08:30:00Z"
    assert overview(db) == Overview(
        articles=3,
        gone=1,
        versions=4,
        links=2,
        links_archived=1,
        removals={"contact": 1, "share": 1},
        pages={"fetched": 3, "gone": 1},
        sites=(
            SiteOverview(
                site="news.example.com",
                articles=2,
                first_published="2024-05-06",
                last_published="2025-02-28",
                last_seen=seen,
            ),
            SiteOverview(site="other.example", articles=1, first_published=None, last_published=None, last_seen=seen),
        ),
        last_crawl=last_crawl(db),
    )

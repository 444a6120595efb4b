"""A page that was forgotten is not asked for, by whatever way it is named."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from archive import open_archive
from archive.erasing import erase_forgotten
from archive.forgetting import find_by_url
from archive.tombstones import bury


def forget(crawl: Any, url: str) -> None:
    with closing(open_archive(crawl.data)) as db:
        bury(db, find_by_url(db, [url]).keys)
        erase_forgotten(db, crawl.data)


def test_it_is_not_asked_for_again(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", "/c"), "/b": web.article(2), "/c": web.article(3)}
    forget(crawler.scrapy(f"{site.url}/a"), f"{site.url}/b")
    crawl = crawler.scrapy(f"{site.url}/a")
    assert site.times("/b") == 1
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/c"}
    assert f"{site.url}/b" not in crawl.pages


def test_it_is_not_asked_for_where_forgetting_it_was_killed(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    crawl = crawler.scrapy(f"{site.url}/a")
    with closing(open_archive(crawl.data)) as db:
        bury(db, find_by_url(db, [f"{site.url}/b"]).keys)
    crawler.age(days=30)
    crawl = crawler.scrapy(f"{site.url}/a")
    assert site.times("/b") == 1
    assert crawl.pages[f"{site.url}/b"] == ("refused", "forgotten")


def test_whoever_names_it_is_told(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1)}
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    forget(crawl, f"{site.url}/a")
    again = crawler.jianbao("crawl", f"{site.url}/a")
    assert again.exit_status == 1
    assert again.stderr.splitlines()[-1] == f"Error: not archived: {site.url}/a (refused: forgotten)"
    assert site.times("/a") == 1


def test_a_redirect_to_it_and_a_canonical_address_are_seen(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    forget(crawler.scrapy(f"{site.url}/a"), f"{site.url}/b")
    site.pages |= {
        "/a": web.article(1, "/moved", "/copy"),
        "/moved": web.redirect("/b"),
        "/copy": web.article(2, extra=f'<link rel="canonical" href="{site.url}/b">'),
    }
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.articles == {f"{site.url}/a"}
    assert crawl.pages[f"{site.url}/moved"] == ("refused", "forgotten")
    assert crawl.pages[f"{site.url}/copy"] == ("refused", "forgotten")
    assert site.times("/b") == 1

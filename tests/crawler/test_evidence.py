"""What a crawl keeps of the responses it got, and what a kill leaves of it."""

from __future__ import annotations

import gzip
import random
import time
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive
from archive.evidence import read_record
from archive.verification import verify_archive
from tests.crawler.conftest import scrapy_command

NEWEST = "SELECT file, offset, same_as FROM pages JOIN captures ON captures.id = capture_id WHERE pages.url = '{}'"


def assert_nothing_wrong(data: Path) -> None:
    db = open_archive(data)
    assert [str(problem) for problem in verify_archive(db, data)] == []
    db.close()


def test_what_came_is_kept_whether_it_holds_an_article_or_not(site: Any, web: Any, crawler: Any) -> None:
    page = web.article(1, "/moved", "/gone", "/odd", "/private")
    packed = {"Content-Encoding": "gzip", "Content-Type": "text/html; charset=utf-8", "X-Twice": "a"}
    site.pages |= {
        "/a": web.Reply(gzip.compress(page.body), headers=packed),
        "/moved": web.redirect("/b"),
        "/b": web.article(2),
        "/gone": web.Reply(b"<p>no such page</p>", status=404),
        "/odd": web.Reply(b"{}", headers={"Content-Type": "application/json"}),
        "/private": web.Reply(b"secret"),
        "/robots.txt": web.Reply(b"User-agent: *\nDisallow: /private", headers={"Content-Type": "text/plain"}),
    }
    crawl = crawler.scrapy(f"{site.url}/a")

    def kept(path: str) -> Any:
        [(file, offset, _)] = crawl.rows(NEWEST.format(site.url + path))
        return read_record(crawl.data, file, offset)

    article = kept("/a")
    assert article.body == page.body
    assert ("X-Archive-Orig-Content-Encoding", "gzip") in article.headers
    assert (kept("/moved").url, kept("/moved").page_url) == (f"{site.url}/b", f"{site.url}/moved")
    assert (kept("/gone").status, kept("/gone").body) == (404, b"<p>no such page</p>")
    assert kept("/odd").body == b"{}"
    assert crawl.rows(NEWEST.format(f"{site.url}/private")) == []
    assert crawl.rows("SELECT count(*) FROM versions WHERE capture_id IS NULL") == [(0,)]
    assert_nothing_wrong(crawl.data)


def test_a_page_that_has_not_changed_is_kept_as_such(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", etag='"1"'), "/b": web.article(2)}
    for _ in range(2):
        crawl = crawler.scrapy(f"{site.url}/a")
    for path, status in (("/a", 304), ("/b", 200)):
        [(file, offset, same_as)] = crawl.rows(NEWEST.format(site.url + path))
        record = read_record(crawl.data, file, offset)
        assert (record.type, record.status, record.body) == ("revisit", status, b"")
        assert same_as is not None
    assert_nothing_wrong(crawl.data)


@pytest.mark.heavy
def test_kills_at_random_moments_leave_no_row_without_its_record(site: Any, web: Any, crawler: Any) -> None:
    for n in range(200):
        site.pages[f"/p{n}"] = web.article(n, *[f"/p{i}" for i in range(n + 1, min(n + 11, 200))])
    moments = random.Random()
    for _ in range(10):
        process = crawler.start_copy(scrapy_command(f"{site.url}/p0", depth=30))
        time.sleep(moments.uniform(0, 2))
        process.kill()
        killed = crawler.end(process)
        if killed.exit_status == 0:
            break
        begun = (crawler.data / "archive.db").exists()
        if begun and killed.rows("SELECT 1 FROM sqlite_master WHERE name = 'captures'"):
            for file, offset in killed.rows("SELECT file, offset FROM captures"):
                read_record(crawler.data, file, offset)
    last = crawler.scrapy(f"{site.url}/p0", depth=30)
    assert len(last.articles) == 200
    assert_nothing_wrong(crawler.data)

"""`jianbao demo`: crawls the sample sites, again and again into one archive, and serves it."""

from __future__ import annotations

import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive import add_start, open_archive, start_crawl
from jianbao.commands.demo import SITE_PORTS


@pytest.fixture
def other_ports() -> Iterator[None]:
    """The preferred ports taken, so that the demos of tests side by side get ports of their own."""
    with ExitStack() as stack:
        for port in SITE_PORTS:
            try:
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue  # taken already, which is as good
        yield


@pytest.mark.usefixtures("other_ports")
def test_a_second_demo_finds_the_articles_of_the_first_unchanged(crawler: Any) -> None:
    first = crawler.jianbao("demo", "--no-serve")
    assert (first.exit_status, first.stderr) == (0, "")
    articles = first.rows("select id, url, body, version from articles")
    assert len(articles) >= 40
    second = crawler.jianbao("demo", "--no-serve")
    assert (second.exit_status, second.stderr) == (0, "")
    assert second.rows("select id, url, body, version from articles") == articles
    assert second.rows("select new, changed from crawls where id = 2") == [(0, 0)]


@pytest.mark.usefixtures("other_ports")
def test_the_demo_serves_its_archive_until_it_is_stopped(crawler: Any) -> None:
    process = crawler.start_jianbao("demo", "--port", "0")
    for line in process.stdout:
        if line.startswith("Open "):
            address = line.split()[1]
            break
    with urllib.request.urlopen(f"{address}archive/articles.json?_shape=array", timeout=20) as response:
        assert response.status == 200
    process.send_signal(signal.SIGINT)
    ended = crawler.end(process, timeout=15)
    assert "Traceback" not in ended.stderr


def archive_with_starts(crawler: Any, *urls: str) -> None:
    db = open_archive(crawler.data)
    crawl_id = start_crawl(db)
    for url in urls:
        add_start(db, url, site=urlsplit(url).netloc, crawl_id=crawl_id)
    db.close()


@pytest.mark.parametrize(
    "starts",
    [["https://news.example.com/a"], ["https://a.example/1", "https://b.example/2"], ["http://127.0.0.1:{}/mine"] * 2],
)
def test_the_demo_keeps_out_of_an_archive_of_other_sites(starts: list[str], new_site: Any, crawler: Any) -> None:
    free = [urlsplit(site.url).port for site in (new_site(), new_site())]
    archive_with_starts(crawler, *(start.format(port) for start, port in zip(starts, free, strict=False)))
    ended = crawler.jianbao("demo", "--no-serve")
    assert ended.exit_status == 1
    assert len(ended.stderr.splitlines()) == 1

"""Each way in which a site goes wrong is told within one run, once, and its end once; a site that is well, never.

The site is on loopback and crawled as a user would, by copies of one process; who is told is a webhook beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive import read_archive
from archive.health import open_findings
from tests.crawler.conftest import Reply, Site
from tests.forked import Forks

ARTICLES = range(1, 13)
SENTENCE = "第{n}号车间今年添了第{line}条生产线，厂长说订单已经排到年底，新来的工人正在夜校里学习怎样看图纸。"
CONTACT = "招商热线：400-000-{n:04}，微信同号，欢迎来电咨询，我们将竭诚为您服务，扫码添加客服。"


CRAWL = """
from pathlib import Path
import click
from crawler.configuration import read_configuration
from jianbao.cli import main
from jianbao.commands.crawl import CrawlFailed, carry_out, plan_crawl
from jianbao.commands.demo import AT_ONCE
from jianbao.notify.telling import tell

configuration, data = read_configuration(Path("jianbao.toml")), Path("data")
with click.Context(main):
    try:
        carry_out(plan_crawl(configuration, data), settings=AT_ONCE)
    except CrawlFailed:
        pass
tell(data, configuration.notify)
"""
"""`jianbao crawl`, without the second between two requests that a site of others gets."""


def write(n: int, *, title: str | None = None, date: bool = True, lines: int = 8, spam: int = 1) -> Reply:
    """A page of the site in its usual form, or with something about it that is not."""
    name = title or f"第{n}号车间的这一年"
    info = f"2024-05-{n:02}　来源：河阳晨报" if date else "来源：河阳晨报"
    text = [SENTENCE.format(n=n, line=n * 10 + line) for line in range(lines)] + [CONTACT.format(n=n)] * spam
    paragraphs = "".join(f"<p>{line}</p>" for line in text)
    return Reply(
        f'<!doctype html><html><head><meta charset="utf-8"><title>{name} - 河阳车间</title></head><body>'
        f'<div class="nav"><a href="/list/">首页</a></div><div class="article"><h1>{name}</h1>'
        f'<div class="info">{info}</div><div class="content">{paragraphs}</div></div></body></html>'.encode(),
        headers={"Content-Type": "text/html; charset=utf-8"},
    )


def write_list(numbers: Any) -> Reply:
    links = "".join(
        f'<li><a href="/a/{n}.html">第{n}号车间的这一年</a><span>2024-05-{n:02}</span></li>' for n in numbers
    )
    return Reply(
        f'<!doctype html><html><head><meta charset="utf-8"><title>车间动态</title></head><body><ul>{links}</ul></body>'
        "</html>".encode(),
        headers={"Content-Type": "text/html; charset=utf-8"},
    )


class Newsroom:
    """The site, who is told of it, and its crawls into one data folder."""

    def __init__(self, site: Site, messages: list[Any], folder: Path, forks: Forks) -> None:
        self.site = site
        self.forks = forks
        self._messages = messages
        self.folder = folder

    def mend(self) -> None:
        """All pages as they usually are."""
        self.site.pages.clear()
        self.site.pages["/list/"] = write_list(ARTICLES)
        self.site.pages |= {f"/a/{n}.html": write(n) for n in ARTICLES}

    def replace(self, numbers: Any, page: Callable[[int], Reply]) -> None:
        self.site.pages |= {f"/a/{n}.html": page(n) for n in numbers}

    def crawl(self) -> list[Any]:
        """Crawl once; the messages that were sent."""
        before = len(self._messages)
        ended = self.forks.run(["-c", CRAWL], cwd=self.folder, env=os.environ, timeout=300)
        assert ended.returncode == 0, ended.stderr
        return self._messages[before:]

    def open(self) -> dict[str, Any]:
        with read_archive(self.folder / "data") as db:
            return {one.finding.check: one for one in open_findings(db)}


@pytest.fixture(scope="module")
def messages() -> Iterator[tuple[str, list[Any]]]:
    """The address of a webhook, and what was posted to it."""
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", posted
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def usual(
    tmp_path_factory: pytest.TempPathFactory, messages: tuple[str, list[Any]], forks: Forks
) -> Iterator[Newsroom]:
    """The site after three runs in which nothing was wrong, and nobody was told anything."""
    folder = tmp_path_factory.mktemp("usual")
    site = Site()
    address, posted = messages
    (folder / "jianbao.toml").write_text(
        f'[[site]]\nname = "河阳"\nstart = ["{site.url}/list/"]\ndelay = 0\nrefresh = "all"\n'
        f'[notify]\nwebhook = "{address}"\n',
        "utf-8",
    )
    newsroom = Newsroom(site, posted, folder, forks)
    newsroom.mend()
    for _ in range(3):
        assert newsroom.crawl() == []
    assert newsroom.open() == {}
    yield newsroom
    site.close()


@pytest.fixture
def newsroom(usual: Newsroom, tmp_path: Path, messages: tuple[str, list[Any]]) -> Iterator[Newsroom]:
    shutil.copytree(usual.folder, tmp_path / "run")
    yield Newsroom(usual.site, messages[1], tmp_path / "run", usual.forks)
    usual.mend()


EMPTY = Reply(b"<!doctype html><html><body></body></html>")
CAPTCHA = Reply("<!doctype html><html><body><h1>请完成安全验证</h1><p>请拖动滑块。</p></body></html>".encode())
BROKEN = Reply(status=404)
"""A page that the site says is gone; nobody asks twice for it, as for one that fails."""


def notice(n: int) -> Reply:
    """The same page at every address: the title is the article's, the text is not."""
    reply = write(1)
    return Reply(
        reply.body.replace("第1号车间的这一年".encode(), f"第{n}号车间的这一年".encode()), headers=reply.headers
    )


FAULTS: dict[str, Callable[[Newsroom], object]] = {
    "no-articles": lambda room: room.replace(ARTICLES, lambda n: CAPTCHA),
    "fewer-articles": lambda room: room.replace(range(1, 11), lambda n: BROKEN),
    "failures": lambda room: room.replace(range(1, 7), lambda n: Reply(b"", 403)),
    "empty-start": lambda room: room.site.pages.update({"/list/": write_list([])}),
    "refusals": lambda room: room.site.pages.update({"/robots.txt": Reply(b"User-agent: *\nDisallow: /a/1\n")}),
    "no-text": lambda room: room.replace(range(1, 7), lambda n: EMPTY),
    "short-texts": lambda room: room.replace(ARTICLES, lambda n: write(n, lines=2, spam=0)),
    "undated": lambda room: room.replace(ARTICLES, lambda n: write(n, date=False)),
    "removals": lambda room: room.replace(ARTICLES, lambda n: write(n, spam=12)),
    "same-text": lambda room: room.replace(range(1, 9), notice),
    "same-title": lambda room: room.replace(ARTICLES, lambda n: write(n, title="河阳车间")),
}


@pytest.mark.heavy
@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_told_within_one_run_once_and_its_end_once(newsroom: Newsroom, check: str) -> None:
    FAULTS[check](newsroom)
    (message,) = newsroom.crawl()
    told = {fact["check"]: fact for fact in message["findings"]}
    assert check in told
    assert len(told) <= 3, (
        told
    )  # one fault may show in more figures: texts that are gone are also fewer, or another theme
    fact = told[check]
    assert fact["sentence"].endswith(".")
    assert fact["advice"].endswith(".")
    assert (fact["low"] is None) is not (fact["high"] is None)
    assert fact["samples"] and all(url.startswith(newsroom.site.url) for url in fact["samples"])
    if check == "fewer-articles":
        assert newsroom.crawl() == []
    assert check in newsroom.open()
    newsroom.mend()
    (message,) = newsroom.crawl()
    assert {fact["check"] for fact in message["findings"] if fact["closed"]} == set(told)
    assert newsroom.open() == {}


@pytest.mark.heavy
def test_a_listing_without_anything_new_for_long_is_told(newsroom: Newsroom) -> None:
    """Its articles came every other day, the last of them a month ago."""
    with read_archive(newsroom.folder / "data") as db:
        file = db.execute("PRAGMA database_list").fetchone()[2]
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "db.execute(\"UPDATE articles SET first_seen = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', (2 * id - 54) || ' days')\"); "
        "db.commit()"
    )
    subprocess.run([sys.executable, "-c", code, file], check=True, env=os.environ)
    (message,) = newsroom.crawl()
    (fact,) = message["findings"]
    assert (fact["check"], fact["figure"]) == ("nothing-new", 30.0)
    assert fact["samples"] == [f"{newsroom.site.url}/list/"]
    newsroom.site.pages["/list/"] = write_list(range(1, 14))
    newsroom.replace([13], write)
    (message,) = newsroom.crawl()
    assert [(fact["check"], bool(fact["closed"])) for fact in message["findings"]] == [("nothing-new", True)]

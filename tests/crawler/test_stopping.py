"""Killed, stopped, locked out: the archive is the frontier, and the next run goes on."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from typing import Any

import pytest

from tests.crawler.conftest import scrapy_command

CRAWL = """
import sys
from pathlib import Path
import click
from crawler.plan import Plan
from jianbao.commands.crawl import carry_out
try:
    carry_out(Plan(starts=(sys.argv[1],), data=Path("data"), depth=9), settings={"DOWNLOAD_DELAY": 0})
except click.ClickException as error:
    error.show()
    sys.exit(error.exit_code)
"""


def wait_for(site: Any, path: str, process: Any) -> None:
    """Until the crawl asks for a path; fails where it ends without."""
    while site.times(path) == 0:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def fill(site: Any, web: Any, count: int) -> None:
    """A start that names ten articles, each of which names the ten after it."""
    for n in range(count):
        site.pages[f"/p{n}"] = web.article(n, *[f"/p{i}" for i in range(n + 1, min(n + 11, count))])


def test_a_second_crawl_on_the_same_data_is_refused_in_one_line(site: Any, web: Any, crawler: Any) -> None:
    release = threading.Event()

    def slow(handler: Any) -> None:
        release.wait(120)
        handler.send(web.article(2))

    site.pages |= {"/a": web.article(1, "/b"), "/b": slow}
    first = crawler.start_scrapy(f"{site.url}/a", settings={"DOWNLOAD_TIMEOUT": 120})
    wait_for(site, "/b", first)
    asked = len(site.requests)
    for second in (crawler.jianbao("crawl", f"{site.url}/a"), crawler.scrapy(f"{site.url}/a")):
        assert second.exit_status == 1
        assert f"`jianbao crawl` (process {first.pid}) is at work" in second.stderr
        assert len(second.stderr.splitlines()) == 1
    assert len(site.requests) == asked
    release.set()
    assert len(crawler.end(first).articles) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_crawl_ends_soon_and_the_same_command_goes_on(
    number: signal.Signals, site: Any, web: Any, crawler: Any
) -> None:
    site.pages |= {
        "/a": web.article(1, "/b", "/c"),
        "/b": lambda handler: time.sleep(30),
        "/c": web.article(3),
    }
    process = crawler.start_jianbao("crawl", f"{site.url}/a")
    wait_for(site, "/b", process)
    process.send_signal(number)
    stopped = crawler.end(process, timeout=15)
    assert stopped.exit_status == 1
    assert "the same command goes on" in stopped.stderr
    assert stopped.articles == {f"{site.url}/a"}
    assert stopped.rows("select outcome from crawls") == [("interrupted",)]
    assert stopped.rows("select articles from site_runs") == []  # from half a run nothing follows
    site.pages["/b"] = web.article(2)
    resumed = crawler.jianbao("crawl", f"{site.url}/a")
    assert len(resumed.articles) == 3
    assert resumed.rows("select articles from site_runs") == [(3,)]


def test_a_killed_crawl_loses_nothing_and_repeats_only_what_was_under_way(site: Any, web: Any, crawler: Any) -> None:
    fill(site, web, 12)
    site.pages["/p5"] = lambda handler: time.sleep(30)
    process = crawler.start_scrapy(f"{site.url}/p0")
    wait_for(site, "/p5", process)
    process.kill()
    killed = crawler.end(process)
    saved = len(killed.articles)
    assert 0 < saved <= 5  # on a busy machine pages before it are still being read
    fill(site, web, 12)
    site.requests.clear()
    resumed = crawler.scrapy(f"{site.url}/p0")
    assert site.paths == [f"/p{n}" for n in range(saved, 11)]
    assert len(resumed.articles) == 11
    assert {state for state, _ in resumed.pages.values()} == {"fetched"}
    assert resumed.rows("select outcome, new from crawls") == [("finished", 11)]


def kill_at_some_moment(site: Any, process: Any, moments: random.Random) -> None:
    """While it starts, or when it has asked for some pages."""
    pages = moments.choice([0, 1, 2, 5, 10, 20])
    while len(site.paths) < pages and process.poll() is None:
        time.sleep(0.002)
    time.sleep(moments.uniform(0, 0.1) if pages else moments.uniform(0, 1))
    process.kill()


@pytest.mark.heavy
def test_fifty_kills_at_random_moments_end_with_the_set_of_an_unbroken_crawl(site: Any, web: Any, crawler: Any) -> None:
    count, kills, at_once = 1000, 50, 5
    fill(site, web, count)
    moments = random.Random(4)
    done: set[str] = set()
    asked: Counter[str] = Counter()
    for _ in range(kills):
        process = crawler.start_copy(scrapy_command(f"{site.url}/p0", depth=200))
        kill_at_some_moment(site, process, moments)
        killed = crawler.end(process)
        assert killed.exit_status != 0, "the site is too small for so many kills"
        assert not done & {site.url + path for path in site.paths}, "asked again for what was fetched before"
        asked.update(site.paths)
        site.requests.clear()
        if (crawler.data / "archive.db").exists():
            done = {url for url, (state, _) in killed.pages.items() if state == "fetched"}
    last = crawler.scrapy(f"{site.url}/p0", depth=200)
    asked.update(site.paths)
    assert last.exit_status == 0
    assert last.articles == {f"{site.url}/p{n}" for n in range(count)}
    assert set(last.pages.values()) == {("fetched", None)}
    assert last.rows("select count(*) from versions") == [(count,)]
    assert last.rows("select new, changed, unchanged from crawls") == [(count, 0, 0)]
    assert last.rows("pragma integrity_check") == [("ok",)]
    assert asked.total() <= count + kills * at_once


def test_a_full_disk_stops_the_crawl_in_one_line_and_the_next_run_goes_on(site: Any, web: Any, crawler: Any) -> None:
    fill(site, web, 40)
    # No file of the crawl's may grow beyond 600 kB: the archive's write-ahead log gets there first.
    limited = ["-c", f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n{CRAWL}"]
    stopped = crawler.end(crawler.start([*limited, f"{site.url}/p0"]))
    assert stopped.exit_status == 1
    assert stopped.stderr.startswith("Error: the archive cannot be written to")
    assert len(stopped.stderr.splitlines()) == 1
    assert 0 < len(stopped.articles) < 40
    assert stopped.rows("pragma integrity_check") == [("ok",)]
    resumed = crawler.scrapy(f"{site.url}/p0", depth=9)
    assert resumed.articles == {f"{site.url}/p{n}" for n in range(40)}

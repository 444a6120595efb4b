"""The sample site crawled once over HTTP, and once more, with the archive after each."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jianbao.demo import DemoSite
from tests.forked import Forks

CRAWL = """
import sys
from pathlib import Path
from crawler.process import run_spider
from crawler.plan import Plan
from crawler.run import CrawlRun
run = CrawlRun.open(Plan(starts=tuple(sys.argv[2:]), data=Path(sys.argv[1]), depth=3, refresh="all"))
run_spider(run, settings={"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_START_DELAY": 0})
sys.exit(0 if run.outcome == "finished" else 1)
"""
"""A crawl without the second's pause that a site of somebody else's would get, and of every page, be it due or not:
what was asked for a second ago is not. In a process of its own: Twisted's reactor runs once."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A sample site and the archive of it."""

    site: DemoSite
    data: Path
    forks: Forks

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """The rows of a query, as they stand now."""
        connection = sqlite3.connect(self.data / "archive.db")
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def crawl(self) -> None:
        """Crawl the site from its start URLs."""
        command = ["-c", CRAWL, str(self.data), *self.site.start_urls]
        ran = self.forks.run(command, cwd=self.data.parent, env=os.environ, timeout=300)
        assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Iterator[Crawled]:
    with DemoSite() as site:
        one = Crawled(site, tmp_path_factory.mktemp("crawled") / "data", forks)
        one.crawl()
        yield one

"""A whole crawl (fetch, read, clean, archive, keep the evidence), against bare Scrapy that fetches the same pages and
drops them: of a site by its links, and of a list of pages, to which Scrapy has nothing to add."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.crawler import crawl
from benchmarks.site import GeneratedSite
from benchmarks.timing import Result, compare

PAIRS = 3
PAGES = 2_000
"""Enough for the seconds that a crawl takes to start, and to learn the site at its end, to count for little."""

BARE = """
import json, sys, scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    start_urls = json.load(sys.stdin)
    def parse(self, response):
        yield {"bytes": len(response.body)}
        if sys.argv[1] == "follow":
            yield from response.follow_all(css=".related a")
process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
                          "ROBOTSTXT_OBEY": True})
process.crawl(Bare)
process.start()
"""


def measure(pages: int = PAGES) -> list[Result]:
    with GeneratedSite(pages) as site:
        urls = [site.url(number) for number in range(pages)]
        return [
            _compare("a crawl of a site", urls[:1], pages, depth=pages),
            _compare("a crawl of a list of pages", urls, pages, depth=0),
        ]


def _compare(what: str, starts: list[str], pages: int, *, depth: int) -> Result:
    def ours() -> None:
        with tempfile.TemporaryDirectory() as data:
            crawl(Path(data) / "data", *starts, depth=depth)

    def theirs() -> None:
        program = [sys.executable, "-c", BARE, "follow" if depth else "stay"]
        subprocess.run(program, input=json.dumps(starts).encode(), check=True, stdout=subprocess.DEVNULL)

    return compare(what, "bare Scrapy", pages, "pages/s", ours, theirs, pairs=PAIRS)

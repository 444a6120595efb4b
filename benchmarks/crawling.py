"""A whole crawl (fetch, read, clean, archive), against bare Scrapy that fetches the same pages and drops them."""

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
process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
                          "ROBOTSTXT_OBEY": True})
process.crawl(Bare)
process.start()
"""


def measure(pages: int = PAGES) -> list[Result]:
    with GeneratedSite() as site:
        urls = [site.url(number) for number in range(pages)]

        def ours() -> None:
            with tempfile.TemporaryDirectory() as data:
                crawl(Path(data) / "data", *urls, depth=0)

        rival = "bare Scrapy"
        return [
            compare(
                "a crawl, start to end", rival, pages, "pages/s", ours, lambda: _crawl_with_scrapy(urls), pairs=PAIRS
            )
        ]


def _crawl_with_scrapy(urls: list[str]) -> None:
    subprocess.run([sys.executable, "-c", BARE], input=json.dumps(urls).encode(), check=True, stdout=subprocess.DEVNULL)

"""A whole crawl (fetch, read, clean, archive), against bare Scrapy that fetches the same pages and drops them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Result, compare
from jianbao.demo import DemoSite

PAIRS = 3

BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    start_urls = sys.argv[1:]
    def parse(self, response):
        yield {"bytes": len(response.body)}
process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
                          "ROBOTSTXT_OBEY": True})
process.crawl(Bare)
process.start()
"""

OURS = """
import sys
from pathlib import Path
from crawler.process import run_spider
from crawler.run import CrawlRun, Plan
run = CrawlRun.open(Plan(starts=tuple(sys.argv[2:]), data=Path(sys.argv[1]), depth=0))
run_spider(run, settings={"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_START_DELAY": 0})
sys.exit(0 if run.outcome == "finished" else 1)
"""


def measure() -> list[Result]:
    with DemoSite() as site:
        urls = [article.url for article in site.truth]

        def ours() -> None:
            with tempfile.TemporaryDirectory() as data:
                _run(OURS, str(Path(data) / "data"), *urls)

        return [
            compare(
                "a crawl, start to end",
                "bare Scrapy",
                len(urls),
                "pages/s",
                ours,
                lambda: _run(BARE, *urls),
                pairs=PAIRS,
            )
        ]


def _run(program: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.DEVNULL)

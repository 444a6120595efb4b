"""One crawl as fast as it goes, in a process of its own: `python -m benchmarks.crawler '{"data": …}'`.

Prints the memory that the process holds each time another hundred pages have ended, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.process import run_spider
from crawler.run import CrawlRun, Plan
from crawler.settings import EXTENSIONS

EVERY = 100
"""Pages between two looks at the memory."""
NO_DELAY = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_START_DELAY": 0}


class MemoryLog:
    """Extension: the crawler's resident memory, in megabytes, by pages saved."""

    samples: ClassVar[list[float]] = []

    def __init__(self) -> None:
        self._pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MemoryLog:
        log = cls()
        crawler.signals.connect(log.saved, signals.item_scraped)
        return log

    def saved(self) -> None:
        self._pages += 1
        if self._pages % EVERY == 0:
            self.samples.append(resident_megabytes())


def resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmRSS"))


def crawl(data: Path, *starts: str, **plan: Any) -> list[float]:
    """Crawl in a process of its own; its memory by hundreds of pages. Raises CalledProcessError where it fails."""
    arguments = json.dumps({"data": str(data), "starts": starts, **plan})
    program = [sys.executable, "-m", "benchmarks.crawler"]
    done = subprocess.run(program, input=arguments, check=True, stdout=subprocess.PIPE, text=True)
    samples: list[float] = json.loads(done.stdout.splitlines()[-1])
    return samples


def main() -> None:
    asked = json.load(sys.stdin)
    run = CrawlRun.open(Plan(data=Path(asked.pop("data")), starts=tuple(asked.pop("starts")), **asked))
    run_spider(run, settings={**NO_DELAY, "EXTENSIONS": {**EXTENSIONS, MemoryLog: 500}})
    print(json.dumps(MemoryLog.samples))
    sys.exit(0 if run.outcome in ("finished", "max-pages") else f"the crawl ended with {run.outcome}")


if __name__ == "__main__":
    main()

"""One crawl as fast as it goes, in a process of its own: `python -m benchmarks.crawler '{"data": …}'`.

Prints the memory that it holds each time another hundred pages have ended, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from crawler.plan import Plan
from pipelines.processes import prepare_readers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

EVERY = 100
"""Pages between two looks at the memory."""
NO_DELAY = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}


Sample = tuple[float, float]
"""Resident megabytes of the crawler, and of the processes that read for it, together."""


class MemoryLog:
    """Extension: the crawl's memory by pages saved."""

    samples: ClassVar[list[Sample]] = []

    def __init__(self) -> None:
        self._pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MemoryLog:
        from scrapy import signals

        log = cls()
        crawler.signals.connect(log.saved, signals.item_scraped)
        return log

    def saved(self) -> None:
        self._pages += 1
        if self._pages % EVERY == 0:
            own, *readers = map(resident_megabytes, family(os.getpid()))
            self.samples.append((own, sum(readers)))


def family(pid: int) -> list[int]:
    """A process and all that it began, directly or not."""
    children = [child for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()]
    return [pid, *(member for child in children for member in family(int(child)))]


def resident_megabytes(pid: int) -> float:
    """What a process holds, memory that it shares counted with it; 0 for one that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def crawl(data: Path, *starts: str, **plan: Any) -> list[Sample]:
    """Crawl in a process of its own; its memory by hundreds of pages. Raises CalledProcessError where it fails."""
    arguments = json.dumps({"data": str(data), "starts": starts, **plan})
    program = [sys.executable, "-m", "benchmarks.crawler"]
    done = subprocess.run(program, input=arguments, check=True, stdout=subprocess.PIPE, text=True)
    return [(own, readers) for own, readers in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    prepare_readers()
    from crawler.process import run_spider  # not before, as in `jianbao crawl`
    from crawler.run import CrawlRun
    from crawler.settings import EXTENSIONS

    asked = json.load(sys.stdin)
    run = CrawlRun.open(Plan(data=Path(asked.pop("data")), starts=tuple(asked.pop("starts")), **asked))
    run_spider(run, settings={**NO_DELAY, "EXTENSIONS": {**EXTENSIONS, MemoryLog: 500}})
    print(json.dumps(MemoryLog.samples))
    sys.exit(0 if run.outcome in ("finished", "max-pages") else f"the crawl ended with {run.outcome}")


if __name__ == "__main__":
    main()

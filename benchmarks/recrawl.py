"""A second crawl of a site that has not changed, every known page asked for again, against the first."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.crawler import crawl
from benchmarks.site import GeneratedSite
from benchmarks.timing import Result

PAGES = 300


def measure(pages: int = PAGES) -> list[Result]:
    with GeneratedSite() as site, tempfile.TemporaryDirectory() as folder:
        urls, data = [site.url(number) for number in range(pages)], Path(folder) / "data"
        crawl(data, *urls, depth=0)
        first = site.counts()
        crawl(data, *urls, depth=0, refresh="all")
        second = Counter(site.counts())
        second.subtract(first)
    return [_share("kB of a second crawl", first, second, "bytes", 1_000), _share("requests of it", first, second)]


def _share(what: str, first: Counter[str], second: Counter[str], key: str = "requests", unit: int = 1) -> Result:
    ratio = second[key] / first[key]
    return Result(
        what=what,
        rival="the first",
        unit="",
        ours=second[key] / unit,
        theirs=first[key] / unit,
        ratio=ratio,
        spread="–",
    )

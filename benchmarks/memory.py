"""Memory over a long crawl: what each process holds at its end, against what it held when it had warmed up."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.crawler import EVERY, crawl
from benchmarks.site import GeneratedSite
from benchmarks.timing import Result

PAGES = 20_000
LEAST_PAGES = 3_000
"""So that a last thousand comes after the second."""
DEPTH = 8
"""Deep enough for any number of pages: each names eight more."""


def measure(pages: int = PAGES) -> list[Result]:
    with GeneratedSite() as site, tempfile.TemporaryDirectory() as data:
        samples = crawl(Path(data) / "data", site.url(0), depth=DEPTH, max_pages=pages)
    own, readers = zip(*samples, strict=True)
    return [_growth("memory of the crawler", own, pages), _growth("memory of its readers", readers, pages)]


def _growth(what: str, samples: Sequence[float], pages: int) -> Result:
    thousand = 1_000 // EVERY
    second, last = samples[thousand : 2 * thousand], samples[-thousand:]
    ours, theirs = statistics.mean(last), statistics.mean(second)
    return Result(
        what=f"{what}, last thousand of {pages:,} pages",
        rival="second thousand",
        unit="MB",
        ours=ours,
        theirs=theirs,
        ratio=ours / theirs,
        spread=f"{min(last) / theirs:.2f}–{max(last) / theirs:.2f}",
    )

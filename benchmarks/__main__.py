"""`python -m benchmarks [NAME...] [--pages N] [--articles N] [--write]`: run the measurements, print a table, keep it in docs/ on request."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import archiving, crawling, learning, memory, reading, recrawl
from benchmarks.timing import Result

BENCHMARKS: dict[str, Callable[..., list[Result]]] = {
    "reading": reading.measure,
    "learning": learning.measure,
    "crawling": crawling.measure,
    "recrawl": recrawl.measure,
    "archiving": archiving.measure,
    "memory": memory.measure,
}
REPORT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which to run; all when none is named")
    parser.add_argument(
        "--pages", type=int, default=memory.PAGES, help="pages of the crawl that memory is measured over"
    )
    parser.add_argument("--articles", type=int, default=archiving.ARTICLES, help="articles that are archived")
    parser.add_argument("--site", type=int, default=learning.PAGES, help="pages of the site that is learned")
    parser.add_argument("--write", action="store_true", help="write the table to docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.pages < memory.LEAST_PAGES:
        parser.error(f"--pages is to be at least {memory.LEAST_PAGES:,}")
    if asked.articles < archiving.CHUNK:
        parser.error(f"--articles is to be at least {archiving.CHUNK:,}")
    if asked.site < learning.LEAST_PAGES:
        parser.error(f"--site is to be at least {learning.LEAST_PAGES:,}")
    sizes = {"memory": [asked.pages], "archiving": [asked.articles], "learning": [asked.site]}
    results: list[Result] = []
    for name in asked.names or BENCHMARKS:
        results += BENCHMARKS[name](*sizes.get(name, []))
    show(results)
    if asked.write:
        REPORT.write_text(to_markdown(results), "utf-8")


def show(results: list[Result]) -> None:
    table = Table("what", "ours", "rival", "ratio (median)", "range")
    for r in results:
        table.add_row(r.what, f"{r.ours:.1f} {r.unit}", f"{r.rival}: {r.theirs:.1f}", f"{r.ratio:.2f}", r.spread)
    Console().print(table)


def to_markdown(results: list[Result]) -> str:
    rows = "\n".join(
        f"| {r.what} | {r.ours:.1f} {r.unit} | {r.rival}: {r.theirs:.1f} {r.unit} | {r.ratio:.2f} | {r.spread} |"
        for r in results
    )
    return f"""# Benchmarks

Ratios are the median of pairs taken in turn in one run (`make bench ARGS=--write`), on Python
{platform.python_version()}. Of speeds more is better: above 1, jianbao is the faster. Of memory, bytes and requests less is.

| what | jianbao | rival | ratio | range |
|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()

"""`jianbao crawl`: archive articles and the related articles they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from archive import ArchiveError
from archive.lock import AlreadyInUse
from crawler.process import run_spider
from crawler.run import CrawlRun, Plan
from crawler.urls import why_refused
from jianbao.options import data_option
from jianbao.progress import show_progress, summary_table

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_LOOKS_LIKE_HOST = re.compile(r"(localhost|[^/]+\.[^/]+)(:\d+)?(/|\?|$)", re.I)


class CrawlFailed(click.ClickException):
    """The crawl did not do its job; the message says why in one line."""


class BadAddress(click.ClickException):
    """What was given is no web address."""

    exit_code = 2


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Links to follow from each URL: 0 archives it alone, 1 its related articles too, 2 theirs as well.",
)
@click.option(
    "--max-pages",
    type=click.IntRange(min=1),
    help="Ask for at most so many pages; the rest waits for the next run.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's log instead of a progress bar.")
@data_option
def crawl(urls: tuple[str, ...], depth: int, max_pages: int | None, verbose: bool, data: Path) -> None:
    """Archive articles and the related articles they name.

    An address without http:// or https:// is taken as https://. A site is asked for one page a second,
    and its robots.txt is obeyed. A crawl that was stopped goes on when the same command is given again.

    Example: jianbao crawl https://news.example.com/a/1.html --depth 2
    """
    starts = tuple(map(web_address, urls))
    carry_out(Plan(starts=starts, data=data, depth=depth, max_pages=max_pages), verbose=verbose)


def carry_out(plan: Plan, *, verbose: bool = False, settings: Mapping[str, Any] | None = None) -> None:
    """Crawl as planned, showing how it goes and what became of it. Raises CrawlFailed."""
    try:
        run = CrawlRun.open(plan)
    except (AlreadyInUse, ArchiveError, OSError) as error:
        raise CrawlFailed(str(error)) from error
    with show_progress(run, quiet=verbose):
        run_spider(run, settings=settings, verbose=verbose)
    Console().print(summary_table(run.tally))
    why_not = verdict(run)
    if why_not:
        raise CrawlFailed(why_not)


def web_address(text: str) -> str:
    """What the user typed as a URL. Raises BadAddress."""
    url = text if _SCHEME.match(text) else f"https://{text}"
    # A bare word is a slip of the finger; a host without a dot has to be asked for with its scheme.
    if why_refused(url) or re.search(r"\s", url) or (url != text and not _LOOKS_LIKE_HOST.match(text)):
        raise BadAddress(f"not a web address: {text}")
    return url


def verdict(run: CrawlRun) -> str | None:
    """Why the crawl did not do its job, in one line, or None when it did."""
    if run.broken:
        return f"the archive cannot be written to ({run.broken}); the same command goes on from here"
    if run.outcome == "interrupted":
        return "stopped; the same command goes on from here"
    if run.outcome not in ("finished", "max-pages"):
        return f"the crawl ended with {run.outcome}; see {run.plan.data / 'logs' / 'crawl.log'}"
    missing = [f"{url} ({end.state}: {end.reason})" for url, end in run.tally.starts.items() if end]
    if missing:
        return f"not archived: {', '.join(missing)}"
    if not run.tally.in_archive:
        ends = ", ".join(f"{pages} {what}" for what, pages in run.tally.counts.items())
        return f"nothing was archived: {ends or 'there was no page to ask for'}"
    return None

"""`jianbao crawl`: archive articles and the related articles they name."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from rich.console import Console

from archive import ArchiveError, ArchiveMissing
from archive.lock import AlreadyInUse
from archive.refresh import Refresh
from crawler.configuration import FILE_NAME, Configuration, NotifySettings
from crawler.named_sites import NamedSites
from crawler.plan import Plan
from crawler.urls import why_refused
from jianbao.configured import config_option, no_such_site
from jianbao.notify.telling import tell
from jianbao.options import data_option, log_format
from pipelines.processes import ReadersLost, prepare_readers

if TYPE_CHECKING:
    from crawler.run import CrawlRun

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_LOOKS_LIKE_HOST = re.compile(r"(localhost|[^/]+\.[^/]+)(:\d+)?(/|\?|$)", re.I)


class CrawlFailed(click.ClickException):
    """The crawl did not do its job; the message says why in one line."""


class BadAddress(click.ClickException):
    """What was given is no web address."""

    exit_code = 2


@click.command()
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--site", "names", multiple=True, metavar="NAME", help="A site of the configuration; may be repeated.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    help="Links to follow: 1 is what a listing names, or the related articles of an article, 2 theirs as well, 0 no"
    " link at all (default: the site's, else 1).",
)
@click.option(
    "--max-pages",
    type=click.IntRange(min=1),
    help="Ask for at most so many pages; the rest waits for the next run.",
)
@click.option(
    "--refresh",
    type=click.Choice(get_args(Refresh)),
    help="Which known pages to ask for again: those that are due, all, or none but the starts (default: the site's,"
    " else due). An article is due after a tenth of the time for which its text has not changed, at most 30 days.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the log instead of a progress bar.")
@config_option
@data_option
def crawl(
    urls: tuple[str, ...],
    names: tuple[str, ...],
    depth: int | None,
    max_pages: int | None,
    refresh: Refresh | None,
    verbose: bool,
    configuration: Configuration,
    data: Path,
) -> None:
    """Archive articles and the related articles they name.

    A URL is that of an article, a listing, an RSS or Atom feed or a sitemap; without http:// or https:// it is taken
    as https://. Without any, the sites of jianbao.toml are crawled. A site is asked for one page a second, and its
    robots.txt is obeyed. A crawl that was stopped goes on when the same command is given again.

    Example: jianbao crawl https://news.example.com/a/1.html --depth 2

    Example: jianbao crawl --refresh all
    """
    starts = tuple(map(web_address, urls))
    plan = plan_crawl(
        configuration, data, starts=starts, names=names, depth=depth, max_pages=max_pages, refresh=refresh
    )
    try:
        carry_out(plan, verbose=verbose)
    finally:  # what is wrong is told above all when the crawl failed
        _notify(data, configuration.notify)


def _notify(data: Path, settings: NotifySettings) -> None:
    """Tell what is not as usual. Why nobody was told is shown, and hides no error of the crawl's own."""
    try:
        outcome = tell(data, settings)
    except ArchiveMissing:
        return  # nothing was ever found; why there is still no archive, the crawl says
    except (ArchiveError, sqlite3.Error) as error:
        click.echo(f"[notify] failed: {error}", err=True)
        return
    for way, trouble in outcome.items():
        if trouble:
            click.echo(f"nobody was told by {way}: {trouble}", err=True)


def plan_crawl(
    configuration: Configuration,
    data: Path,
    *,
    starts: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    depth: int | None = None,
    max_pages: int | None = None,
    refresh: Refresh | None = None,
) -> Plan:
    """What to crawl: the URLs and the sites that were named, or else every configured site. With `refresh` alone,
    and nothing configured, every site that the archive knows.

    Raises click.UsageError for a name that is none, and where there is nothing to crawl.
    """
    sites = configuration.sites
    if depth is not None:
        sites = tuple(replace(site, depth=depth) for site in sites)
    for name in names:
        if name not in (site.name for site in sites):
            raise click.UsageError(no_such_site(name, FILE_NAME, [site.name for site in sites]))
    if not (starts or sites or refresh):
        raise click.UsageError(f"name a URL, or describe your sites in {FILE_NAME}: `jianbao init` writes one")
    crawled = [site for site in sites if site.name in names or not (names or starts)]
    known = NamedSites(starts, sites)
    return Plan(
        starts=(*starts, *(url for site in crawled for url in site.start)),
        data=data,
        depth=1 if depth is None else depth,
        max_pages=max_pages or configuration.crawler.max_pages,
        sites=sites,
        only=frozenset({*(site.name for site in crawled), *filter(None, map(known.name_of, starts))})
        if sites
        else None,
        refresh=refresh,
        crawler=configuration.crawler,
    )


def carry_out(plan: Plan, *, verbose: bool = False, settings: Mapping[str, Any] | None = None) -> None:
    """Crawl as planned, showing how it goes and what became of it. Raises CrawlFailed."""
    prepare_readers()
    # Not before: they bring Scrapy, and take the second in which the readers come up.
    from crawler.process import run_spider
    from crawler.run import CrawlRun
    from jianbao.progress import show_progress, summary_table

    try:
        run = CrawlRun.open(plan)
    except (AlreadyInUse, ArchiveError) as error:
        raise CrawlFailed(str(error)) from error
    except OSError as error:
        raise CrawlFailed(f"cannot write to {plan.data}: {error.strerror}; give another --data") from error
    except sqlite3.DatabaseError as error:
        raise CrawlFailed(f"the archive in {plan.data} cannot be used ({error}): `jianbao doctor` says more") from error
    with show_progress(run.tally, quiet=verbose):
        run_spider(run, settings=settings, verbose=verbose, log_format=log_format())
    Console().print(summary_table(run.tally))
    if run.outcome == "max-pages":
        click.echo("the most pages of one run were asked for; the same command goes on from here")
    why_not = verdict(run)
    if why_not:
        raise CrawlFailed(why_not)


def web_address(text: str) -> str:
    """What the user typed as a URL. Raises BadAddress."""
    url = text if _SCHEME.match(text) else f"https://{text}"
    # A bare word is a slip of the finger; a host without a dot has to be asked for with its scheme.
    refused = why_refused(url)
    if refused and refused.startswith(("port", "credentials", "url-too-long", "repetition")):
        raise BadAddress(f"no crawl asks for such an address ({refused}): {text}")
    if refused or re.search(r"\s", url) or (url != text and not _LOOKS_LIKE_HOST.match(text)):
        raise BadAddress(f"not a web address: {text}")
    return url


def verdict(run: CrawlRun) -> str | None:
    """Why the crawl did not do its job, in one line, or None when it did."""
    if isinstance(run.broken, ReadersLost):
        return f"{run.broken}; then the same command goes on from here"
    if run.broken:
        return f"the archive cannot be written to ({run.broken}); the same command goes on from here"
    if run.outcome == "interrupted":
        return "stopped; the same command goes on from here"
    if run.outcome not in ("finished", "max-pages"):
        return f"the crawl ended with {run.outcome}; see {run.plan.data / 'logs' / 'crawl.log'}"
    missing = [f"{url} ({end.state}: {end.reason})" for url, end in run.tally.starts.items() if end]
    if missing:
        return f"not archived: {', '.join(missing)}"
    if not run.tally.in_archive and run.tally.counts.keys() != {"listing"}:  # listings without anything new
        ends = ", ".join(f"{pages} {what}" for what, pages in run.tally.counts.items())
        return f"nothing was archived: {ends or 'there was no page to ask for'}"
    return None

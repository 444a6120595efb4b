"""What a crawl leaves for the next run of the same command."""

from __future__ import annotations

import sqlite3

from archive import ArchiveError, read_archive
from archive.refresh import known_sites
from archive.resume import count_left
from crawler.run import CrawlRun


def pages_left(run: CrawlRun) -> int:
    """The pages of the run's sites that are pending when it has ended: what it was not to ask for, or could not,
    whether it took them up or not. Only what it took up where the archive cannot be read."""
    try:
        db = read_archive(run.plan.data)
        try:
            sites = [site for site, url in known_sites(db).items() if _is_crawled(run, site, url)]
            return count_left(db, {site: run.sites.settings_of(site).depth for site in sites})
        finally:
            db.close()
    except (ArchiveError, sqlite3.Error, OSError):  # of which the crawl itself says more
        return run.tally.taken - sum(run.tally.counts.values())


def _is_crawled(run: CrawlRun, site: str, url: str) -> bool:
    """Whether the run asks for pages of a site, on which `url` is: those that are named, or those of its starts."""
    if run.plan.only is not None:
        return site in run.plan.only
    return not run.plan.starts or run.sites.name_of(url) is not None

"""What a crawl is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from archive.refresh import Refresh
from crawler.configuration import CrawlerSettings, SiteSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a crawl is asked to do."""

    starts: tuple[str, ...]
    """URLs named by the user. May be empty: then what an earlier run left pending is fetched."""
    data: Path
    """The data directory."""
    depth: int = 1
    """Links followed from a start that is on no configured site: 0 is the start alone, 1 its related articles too."""
    max_pages: int | None = None
    """Pages asked for in this run; None is no limit."""
    sites: tuple[SiteSettings, ...] = ()
    """The configured sites, those that are not crawled among them."""
    only: frozenset[str] | None = None
    """Names of the sites that are crawled; None is every site with pages pending."""
    refresh: Refresh | None = None
    """Which known pages are asked for again; None is as each site is configured, `due` by default."""
    crawler: CrawlerSettings = field(default_factory=CrawlerSettings)
    """What is configured for all sites together."""

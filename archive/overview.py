"""What the archive holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.crawls import Crawl, last_crawl


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOverview:
    """What the archive holds of one site."""

    site: str
    """`articles.site`."""
    articles: int
    """Articles archived, gone ones among them."""
    first_published: str | None
    """ISO date of the oldest article; None when none shows a date."""
    last_published: str | None
    """ISO date of the newest article; None when none shows a date."""
    last_seen: str
    """When an article of the site was last fetched or confirmed; UTC, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the archive holds. All counts are rows."""

    articles: int
    """Articles, gone ones among them."""
    gone: int
    """Articles whose page no longer exists."""
    versions: int
    """States of their texts: `articles` and one more for every change."""
    links: int
    """Related articles named."""
    links_archived: int
    """Those of them that are in the archive."""
    removals: dict[str, int]
    """Blocks taken out of the texts, by kind."""
    pages: dict[str, int]
    """URLs known, by state."""
    sites: tuple[SiteOverview, ...]
    """By site, the one with most articles first."""
    last_crawl: Crawl | None
    """The crawl begun last; None before the first."""


def overview(db: Database) -> Overview:
    """Count what the archive holds."""
    articles, gone = _row(db, "SELECT count(*), count(*) FILTER (WHERE state = 'gone') FROM articles")
    links, links_archived = _row(db, "SELECT count(*), count(to_id) FROM links")
    sites = db.execute(
        "SELECT site, count(*), min(published), max(published), max(last_seen) FROM articles"
        " GROUP BY site ORDER BY count(*) DESC, site"
    )
    return Overview(
        articles=articles,
        gone=gone,
        versions=_row(db, "SELECT count(*) FROM versions")[0],
        links=links,
        links_archived=links_archived,
        removals=_counts(db, "SELECT kind, count(*) FROM removals GROUP BY kind ORDER BY kind"),
        pages=_counts(db, "SELECT state, count(*) FROM pages GROUP BY state ORDER BY state"),
        sites=tuple(
            SiteOverview(site=site, articles=count, first_published=first, last_published=last, last_seen=seen)
            for site, count, first, last, seen in sites
        ),
        last_crawl=last_crawl(db),
    )


def archived_sites(db: Database) -> list[str]:
    """The sites of which the archive has an article, by name."""
    return [site for (site,) in db.execute("SELECT DISTINCT site FROM articles ORDER BY site")]


def _row(db: Database, sql: str) -> tuple[int, ...]:
    return tuple(db.execute(sql).fetchone())


def _counts(db: Database, sql: str) -> dict[str, int]:
    return dict(db.execute(sql).fetchall())

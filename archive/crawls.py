"""The crawls table: one row for each run of the crawler."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlite_utils import Database

from archive.database import transaction
from archive.times import now

JOINED = "pages.state = 'fetched' AND (belongs_to IS NOT NULL OR reason IN ('part', 'redirect'))"
"""SQL: a page belongs to an article that is counted at another address."""
NO_ARTICLE = f"pages.state = 'fetched' AND reason IS NOT NULL AND kind IS NULL AND NOT ({JOINED})"
"""SQL: a page was fetched, holds no article and is no listing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One run of the crawler. The counts are pages, and add up to the pages that were taken up and
    ended."""

    id: int
    """`crawls.id`."""
    started: str
    """UTC, ISO 8601."""
    finished: str | None
    """UTC, ISO 8601; None while it runs, and for ever when it was killed."""
    outcome: str | None
    """How it ended, in the crawler's word; `killed` when the next crawl found it unfinished; None while it
    runs."""
    new: int
    """Articles archived for the first time."""
    changed: int
    """Articles whose title or body was not the one archived last."""
    unchanged: int
    """Articles found as they were, those among them that the site answered 304 for."""
    no_article: int
    """Pages fetched that hold no article and are no listing."""
    failed: int
    """Pages that could not be fetched or read."""
    refused: int
    """Pages that were not to be fetched."""
    gone: int
    """Pages that the site says no longer exist."""
    joined: int
    """Pages that belong to an article counted at another address: its further parts, and redirects to it."""
    listings: int
    """Listings, feeds and sitemaps that were read, or confirmed by a 304."""
    seconds: float | None
    """From start to finish; None until then."""


def start_crawl(db: Database) -> int:
    """Begin a crawl and return its id. A crawl left without an end by a kill is marked so."""
    with transaction(db):
        db.execute("UPDATE crawls SET outcome = 'killed' WHERE finished IS NULL AND outcome IS NULL")
        row = db.execute("INSERT INTO crawls (started) VALUES (?) RETURNING id", (now(),)).fetchone()
    return int(row[0])


def finish_crawl(db: Database, crawl_id: int, *, outcome: str) -> Crawl:
    """End a crawl: count the pages without an article, and note the time.

    The others were counted one by one by `save_articles` and `confirm_article`, and so are right even after
    a kill.
    """
    finished = now()
    with transaction(db):
        started = db.execute("SELECT started FROM crawls WHERE id = ?", (crawl_id,)).fetchone()[0]
        seconds = (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
        db.execute(
            f"""
            UPDATE crawls SET finished = :finished, outcome = :outcome, seconds = :seconds,
                (no_article, listings, joined, failed, refused, gone) = (
                    SELECT count(*) FILTER (WHERE {NO_ARTICLE}),
                        count(*) FILTER (WHERE state = 'fetched' AND kind IS NOT NULL),
                        count(*) FILTER (WHERE {JOINED}),
                        count(*) FILTER (WHERE state = 'failed'),
                        count(*) FILTER (WHERE state = 'refused'),
                        count(*) FILTER (WHERE state = 'gone')
                    FROM pages WHERE crawl_id = :id
                )
            WHERE id = :id
            """,
            {"id": crawl_id, "finished": finished, "outcome": outcome, "seconds": seconds},
        )
    crawl = last_crawl(db)
    assert crawl is not None
    return crawl


def last_crawl(db: Database) -> Crawl | None:
    """The crawl begun last; None before the first."""
    columns = ", ".join(field.name for field in fields(Crawl))
    row = db.execute(f"SELECT {columns} FROM crawls ORDER BY id DESC LIMIT 1").fetchone()
    return Crawl(**dict(zip((field.name for field in fields(Crawl)), row, strict=True))) if row else None

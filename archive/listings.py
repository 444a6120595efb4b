"""Pages that name articles and hold none: what they name becomes pending, and they are turned as long as it is new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.database import transaction
from archive.evidence import save_capture
from archive.frontier import queue_pages
from archive.records import Capture, Listing, Page
from archive.times import utc
from archive.tombstones import is_forgotten
from archive.urls import canonical_url, url_key

MAX_NEW = 5_000
"""New articles that one listing makes pending in a run; the next run takes the next. Only sitemaps name so many, up
to 50,000, and writing these takes seven seconds in which nothing is fetched."""

NAMES_NOTHING = "names nothing"
"""`pages.reason` of a listing that names no article and does not go on."""


def save_listing(
    db: Database,
    listing: Listing,
    page: Page,
    *,
    crawl_id: int,
    follow: bool,
    turn_on: bool,
    capture: Capture | None = None,
) -> int:
    """Note what a listing names, in one transaction; the number of articles that the archive did not know.

    With `follow` these become pending one link further from the start. With `turn_on` the listing goes on, where
    it named anything new here, or could not be read there before: the newest come first, so behind known ones
    there is nothing new. Known articles on a page or in a feed become pending if they are due; a sitemap names all there are,
    and says nothing by it. `capture` is where the response is kept.
    """
    with transaction(db):
        unknown = [url for url in listing.articles if not _is_known(db, url)]
        new = len(unknown)
        capture_id = save_capture(db, capture) if capture else None
        _record(db, listing, page, crawl_id=crawl_id, new=new, capture_id=capture_id)
        if follow:
            named = unknown[:MAX_NEW] if listing.kind == "sitemap" else listing.articles
            queue_pages(db, named, site=page.site, depth=page.depth + 1)
        if turn_on:
            # An index of sitemaps names none itself.
            more = [url for url in listing.more if new or not listing.articles or _was_missed(db, url)]
            _queue_turns(db, more, listing, page, crawl_id=crawl_id)
    return new


def confirm_listing(
    db: Database, url: str, *, fetched_at: datetime | None = None, capture: Capture | None = None
) -> None:
    """Note that the site answered 304 for a listing: there is nothing new on it, nor behind it.

    `fetched_at` is when the answer came, else now; `capture` where it is kept.
    """
    with transaction(db):
        db.execute(
            """
            UPDATE pages SET state = 'fetched', tries = 0, status = 304, fetched_at = ?, reason = 'not modified',
                capture_id = coalesce(?, capture_id)
            WHERE url_key = ?
            """,
            (utc(fetched_at or datetime.now(UTC)), save_capture(db, capture) if capture else None, url_key(url)),
        )


def _is_known(db: Database, url: str) -> bool:
    """Whether the archive knows a page, or an article that another address led to, or has forgotten it."""
    found = """
        SELECT 1 FROM pages WHERE url_key = :key AND coalesce(reason, '') NOT LIKE 'off-site:%'
        UNION ALL SELECT 1 FROM articles WHERE url_key = :key
    """
    return db.execute(found, {"key": url_key(url)}).fetchone() is not None or is_forgotten(db, url)


def _was_missed(db: Database, url: str) -> bool:
    """Whether an earlier crawl was to read a page and could not."""
    row = db.execute("SELECT state FROM pages WHERE url_key = ?", (url_key(url),)).fetchone()
    return row is not None and row[0] != "fetched"


def _what_it_names(listing: Listing, new: int) -> str:
    if listing.articles:
        return f"{len(listing.articles)} articles, {new} new"
    return f"{len(listing.more)} further lists" if listing.more else NAMES_NOTHING


def _record(db: Database, listing: Listing, page: Page, *, crawl_id: int, new: int, capture_id: int | None) -> None:
    names_something = bool(listing.articles or listing.more)
    db.execute(
        """
        INSERT INTO pages (url, url_key, site, state, reason, depth, status, etag, last_modified, fetched_at, sha256,
            crawl_id, kind, turn, capture_id, flag)
        VALUES (:url, :key, :site, 'fetched', :reason, :depth, :status, :etag, :last_modified, :fetched_at, :sha256,
            :crawl_id, :kind, :turn, :capture_id, :flag)
        ON CONFLICT DO UPDATE SET
            state = 'fetched', reason = excluded.reason, tries = 0, status = excluded.status, etag = excluded.etag,
            last_modified = excluded.last_modified, fetched_at = excluded.fetched_at, sha256 = excluded.sha256,
            crawl_id = excluded.crawl_id, kind = excluded.kind, turn = excluded.turn,
            capture_id = excluded.capture_id, flag = excluded.flag
        """,
        {
            "url": canonical_url(page.requested_url),
            "key": url_key(page.requested_url),
            "site": page.site,
            "reason": _what_it_names(listing, new),
            "depth": page.depth,
            "status": page.status,
            # Not where it names nothing: `not modified` would sound as if all were well.
            "etag": page.etag if names_something else None,
            "last_modified": page.last_modified if names_something else None,
            "fetched_at": utc(page.fetched_at),
            "sha256": hashlib.sha256(page.body).hexdigest(),
            "crawl_id": crawl_id,
            "kind": listing.kind,
            "turn": page.turn,
            "capture_id": capture_id,
            "flag": page.flag,
        },
    )


def _queue_turns(db: Database, urls: Iterable[str], listing: Listing, page: Page, *, crawl_id: int) -> None:
    """Make pages pending that a listing goes on with, unless this crawl took them up already."""
    for url in (url for url in urls if not is_forgotten(db, url)):
        db.execute(
            """
            INSERT INTO pages (url, url_key, site, state, depth, kind, turn)
            VALUES (:url, :key, :site, 'pending', :depth, :kind, :turn)
            ON CONFLICT DO UPDATE SET state = 'pending', depth = excluded.depth, kind = excluded.kind,
                turn = excluded.turn
            WHERE crawl_id IS NOT :crawl_id
            """,
            {
                "url": canonical_url(url),
                "key": url_key(url),
                "site": page.site,
                "depth": page.depth,
                "kind": listing.kind,
                "turn": page.turn + 1,
                "crawl_id": crawl_id,
            },
        )

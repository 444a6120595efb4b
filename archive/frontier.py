"""The pages table: which URLs are known, and what became of each; `archive/pending.py` hands out those to be fetched.

It is the crawler's only frontier. A page under way stays `pending` until it has an outcome, so that a crawl
killed at any moment loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.database import transaction
from archive.evidence import save_capture
from archive.links import resolve_links_to
from archive.masking import mask_contacts
from archive.records import Capture, Page
from archive.times import utc
from archive.tombstones import is_forgotten, not_forgotten
from archive.urls import canonical_url, url_key

PageState = Literal["pending", "fetched", "failed", "refused", "gone"]

GONE_STATUSES = (404, 410)
"""HTTP statuses by which a site says that a page no longer exists."""

_HELD = "pages.article_id = articles.id"
"""SQL: a page holds an article. One that none holds any more has moved to another address, or was replaced."""

_IP_ADDRESS = re.compile(r"(\b\d{1,3}(?:\.\d{1,3}){3}\b)")


def add_start(db: Database, url: str, *, site: str, crawl_id: int) -> None:
    """Have a URL that the user named fetched in this crawl, though it was fetched in an earlier one; not where
    it was forgotten."""
    if is_forgotten(db, url):
        return
    with transaction(db):
        db.execute(
            """
            INSERT INTO pages (url, url_key, site, state, depth, start) VALUES (?, ?, ?, 'pending', 0, 1)
            ON CONFLICT DO UPDATE SET depth = 0, start = 1, site = excluded.site, state = iif(crawl_id IS ?, state, 'pending'),
                -- what never answered may have been asked for by the wrong scheme
                url = iif(fetched_at IS NULL, excluded.url, url)
            """,
            (canonical_url(url), url_key(url), site, crawl_id),
        )


def start_urls(db: Database) -> list[str]:
    """Every URL that a user ever named as a start."""
    return [row[0] for row in db.execute("SELECT url FROM pages WHERE start = 1 ORDER BY id")]


def queue_pages(db: Database, urls: Sequence[str], *, site: str, depth: int) -> None:
    """Make pages pending that are neither known yet nor forgotten, in the caller's transaction. Which known
    ones are asked for again is for `archive.refresh` to say; here they come nearer to a start, if at all."""
    urls = not_forgotten(db, urls)
    known = _known(db, urls, site=site, depth=depth)
    named = [
        {"url": canonical_url(url), "key": url_key(url), "site": site, "depth": depth}
        for url in urls
        if url_key(url) not in known
    ]
    db.conn.executemany("UPDATE pages SET depth = :depth WHERE url_key = :key AND depth > :depth", named)
    db.conn.executemany(
        """
        INSERT INTO pages (url, url_key, site, state, depth)
        SELECT :url, :key, :site, 'pending', :depth
        -- fetched from another address, by a redirect or rel=canonical
        WHERE NOT EXISTS (
            SELECT 1 FROM articles JOIN pages ON pages.article_id = articles.id
            WHERE articles.url_key = :key AND pages.state = 'fetched'
        )
        ON CONFLICT DO UPDATE SET
            depth = min(coalesce(depth, excluded.depth), excluded.depth),
            -- a link from another site led there before, off which it is
            state = iif(site != excluded.site AND reason LIKE 'off-site:%', 'pending', state),
            site = iif(reason LIKE 'off-site:%', excluded.site, site),
            url = iif(state = 'refused' AND fetched_at IS NULL, excluded.url, url)
        """,
        named,
    )


def _known(db: Database, urls: Sequence[str], *, site: str, depth: int) -> frozenset[str]:
    """The keys of those pages to which being named once more adds nothing: nearly all that a page of a known site
    names. (The index of `site` would lead through every page of it: hence +.)"""
    rows = db.execute(
        """
        SELECT url_key FROM pages
        WHERE url_key IN (SELECT value FROM json_each(?)) AND +site = ? AND depth <= ?
            AND (state <> 'refused' OR fetched_at IS NOT NULL)
        """,
        (json.dumps([url_key(url) for url in urls]), site, depth),
    )
    return frozenset(key for (key,) in rows.fetchall())


def queue_links(db: Database, article_id: int, *, site: str, depth: int) -> None:
    """Make the articles that an article names pending, in the caller's transaction."""
    urls = db.execute("SELECT url FROM links WHERE from_id = ? ORDER BY position", (article_id,)).fetchall()
    queue_pages(db, [url for (url,) in urls], site=site, depth=depth)


def leads_to(db: Database, url: str, target: str) -> bool:
    """Whether a page was found to redirect to another one, directly or by way of others. What is pending is yet to be
    asked: where it led in an earlier crawl is no more than where it led."""
    query = """
        WITH RECURSIVE way (id, belongs_to) AS (
            SELECT id, belongs_to FROM pages WHERE url_key = ? AND state <> 'pending'
            UNION
            SELECT pages.id, pages.belongs_to FROM way JOIN pages ON pages.id = way.belongs_to
            WHERE pages.state <> 'pending'
        )
        SELECT 1 FROM way JOIN pages ON pages.id = way.belongs_to WHERE pages.url_key = ?
    """
    return db.execute(query, (url_key(url), url_key(target))).fetchone() is not None


def record_outcome(
    db: Database,
    url: str,
    *,
    state: PageState,
    reason: str,
    crawl_id: int,
    status: int | None = None,
    fetched_at: datetime | None = None,
    capture: Capture | None = None,
    belongs_to: str | None = None,
    site: str | None = None,
) -> None:
    """Note how a page ended that did not become an article; `pending` puts it off to the next crawl.

    `site` is that of a page which has no row yet, by default its host.
    `status` is None where no answer came; `fetched_at` is when it came, else now; `capture` is where it is
    kept, None where it is not. `belongs_to` is the URL of the page whose article this page is a part of, or
    leads to. An article whose page the site calls gone in two crawls running is gone itself; its text stays.
    """
    with transaction(db):
        before = db.execute(
            "SELECT status, article_id FROM pages WHERE url_key = ? AND belongs_to IS NULL", (url_key(url),)
        ).fetchone()
        db.execute(
            """
            INSERT INTO pages (url, url_key, site, state, reason, status, fetched_at, crawl_id, capture_id, belongs_to,
                article_id)
            SELECT :url, :key, :site, :state, :reason, :status, :fetched_at, :crawl_id, :capture_id, owner.id,
                owner.article_id
            FROM (SELECT :owner AS key) LEFT JOIN pages AS owner ON owner.url_key = key
            WHERE true
            ON CONFLICT DO UPDATE SET
                state = excluded.state, reason = excluded.reason, crawl_id = excluded.crawl_id,
                status = excluded.status, fetched_at = coalesce(excluded.fetched_at, fetched_at),
                tries = iif(excluded.state = 'fetched', 0, tries), kind = iif(excluded.state = 'fetched', NULL, kind),
                capture_id = coalesce(excluded.capture_id, capture_id), belongs_to = excluded.belongs_to,
                article_id = coalesce(excluded.article_id, article_id)
            """,
            {
                "url": canonical_url(url),
                "key": url_key(url),
                "site": site or _host(url),
                "state": state,
                "reason": _masked(reason),
                "status": status,
                "fetched_at": None if status is None else utc(fetched_at or datetime.now(UTC)),
                "crawl_id": crawl_id,
                "capture_id": save_capture(db, capture) if capture else None,
                "owner": url_key(belongs_to) if belongs_to else None,
            },
        )
        if state == "gone" and before and before[0] in GONE_STATUSES:
            _note_gone(db, before[1], "pages.article_id = articles.id AND pages.state = 'fetched' AND reason IS NULL")
        if belongs_to:
            resolve_links_to(db, url)
        if before:
            _note_gone(db, before[1], _HELD)


def _note_gone(db: Database, article_id: int | None, unless: str) -> None:
    """Note that an article is gone, unless there is a page of which that is true."""
    db.execute(
        f"UPDATE articles SET state = 'gone' WHERE id = ? AND NOT EXISTS (SELECT 1 FROM pages WHERE {unless})",
        (article_id,),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # http://[::1/
        return ""


def _masked(reason: str) -> str:
    """A reason may quote a page or a URL; an IP address that was refused is no phone number."""
    parts = _IP_ADDRESS.split(reason)
    return "".join(part if number % 2 else mask_contacts(part) for number, part in enumerate(parts))


def record_article_page(db: Database, page: Page, article_id: int, *, capture_id: int | None, crawl_id: int) -> None:
    """Note that a page was fetched and holds an article, in the caller's transaction.

    Where it was redirected to an address that is a page of its own here, that one is fetched now too.
    """
    record_fetched(db, page, article_id, capture_id=capture_id, crawl_id=crawl_id)
    # What was found to redirect here while this page was still under way.
    db.execute(
        "UPDATE pages SET article_id = ? WHERE belongs_to = (SELECT id FROM pages WHERE url_key = ?)",
        (article_id, url_key(page.requested_url)),
    )
    if url_key(page.url) != url_key(page.requested_url):
        db.execute(
            """
            UPDATE pages SET state = 'fetched', reason = 'redirect', tries = 0, status = :status,
                fetched_at = :fetched_at, article_id = :article_id, crawl_id = :crawl_id,
                belongs_to = (SELECT id FROM pages WHERE url_key = :owner)
            WHERE url_key = :key AND (state = 'pending' OR crawl_id IS NOT :crawl_id)
            """,
            {
                "key": url_key(page.url),
                "owner": url_key(page.requested_url),
                "status": page.status,
                "fetched_at": utc(page.fetched_at),
                "article_id": article_id,
                "crawl_id": crawl_id,
            },
        )


def confirm_target(db: Database, page_id: int, *, seen: str, crawl_id: int) -> None:
    """Note, in the caller's transaction, that the page to which another one redirects is as it was: the answer to that
    one was the answer for both, where this crawl took both up."""
    db.execute(
        """
        UPDATE pages SET state = 'fetched', tries = 0, status = 304, fetched_at = ?
        WHERE belongs_to = ? AND reason = 'redirect' AND state = 'pending' AND crawl_id = ?
        """,
        (seen, page_id, crawl_id),
    )


def record_fetched(
    db: Database,
    page: Page,
    article_id: int,
    *,
    capture_id: int | None,
    crawl_id: int,
    reason: str | None = None,
    owner: str | None = None,
) -> None:
    """Write a page that was fetched, in the caller's transaction; `owner` is the URL of the page that it is a
    part of, and `reason` then says so."""
    before = db.execute("SELECT article_id FROM pages WHERE url_key = ?", (url_key(page.requested_url),)).fetchone()
    db.execute(
        """
        INSERT INTO pages (url, url_key, site, state, reason, depth, status, etag, last_modified, fetched_at, sha256,
            article_id, crawl_id, capture_id, flag, belongs_to)
        VALUES (:url, :key, :site, 'fetched', :reason, :depth, :status, :etag, :last_modified, :fetched_at, :sha256,
            :article_id, :crawl_id, :capture_id, :flag, (SELECT id FROM pages WHERE url_key = :owner))
        ON CONFLICT DO UPDATE SET
            state = 'fetched', reason = excluded.reason, tries = 0, status = excluded.status, etag = excluded.etag,
            last_modified = excluded.last_modified, fetched_at = excluded.fetched_at,
            sha256 = excluded.sha256, article_id = excluded.article_id, crawl_id = excluded.crawl_id,
            kind = NULL, turn = NULL, capture_id = excluded.capture_id, flag = excluded.flag, belongs_to = excluded.belongs_to
        """,
        {
            "url": canonical_url(page.requested_url),
            "key": url_key(page.requested_url),
            "site": page.site,
            "reason": reason,
            "depth": page.depth,
            "status": page.status,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "fetched_at": utc(page.fetched_at),
            "sha256": hashlib.sha256(page.body).hexdigest(),
            "article_id": article_id,
            "crawl_id": crawl_id,
            "capture_id": capture_id,
            "flag": page.flag,
            "owner": url_key(owner) if owner else None,
        },
    )
    if before and before[0] not in (None, article_id):
        _note_gone(db, before[0], _HELD)

"""Articles that a site cuts into several pages: their further pages, which are no articles of their own.

The first page holds the whole article. The others are rows of `pages` that belong to it, with the reason `part`
where they were fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.evidence import save_capture
from archive.frontier import record_fetched
from archive.pending import PendingPage
from archive.records import Capture, Page
from archive.urls import url_key


def save_parts(
    db: Database, first: Page, parts: Sequence[tuple[Page, Capture | None]], article_id: int, *, crawl_id: int
) -> None:
    """Note the further pages that an article was joined of, each with where the response is kept, in the
    caller's transaction; those that it was joined of before and is no more belong to it no longer."""
    db.execute(
        "UPDATE pages SET belongs_to = NULL WHERE crawl_id IS NOT ? AND reason != 'redirect'"
        " AND belongs_to = (SELECT id FROM pages WHERE url_key = ?)",
        (crawl_id, url_key(first.requested_url)),
    )
    for part, capture in parts:
        record_fetched(
            db,
            part,
            article_id,
            capture_id=save_capture(db, capture) if capture else None,
            crawl_id=crawl_id,
            reason="part",
            owner=first.requested_url,
        )


def further_parts(db: Database, page_id: int) -> list[PendingPage]:
    """The further pages of the article on a page, as they are to be asked for again: those that were not to be
    had among them, without the headers that make it a question for changes."""
    rows = db.execute(
        """
        SELECT id, url, site, coalesce(depth, 0), iif(state = 'fetched', etag, NULL),
            iif(state = 'fetched', last_modified, NULL)
        FROM pages WHERE belongs_to = ? AND reason != 'redirect' ORDER BY id
        """,
        (page_id,),
    ).fetchall()
    names = ("id", "url", "site", "depth", "etag", "last_modified")
    return [PendingPage(**dict(zip(names, row, strict=True))) for row in rows]


def was_read(db: Database, url: str) -> bool:
    """Whether a page was read as a further part of an article when it was last asked for."""
    query = "SELECT 1 FROM pages WHERE url_key = ? AND state = 'fetched' AND reason = 'part'"
    return db.execute(query, (url_key(url),)).fetchone() is not None


def confirm_parts(db: Database, page_id: int, answers: Sequence[Capture], *, seen: str, crawl_id: int) -> None:
    """Note that the site answered 304 for every further page too, in the caller's transaction."""
    db.execute(
        "UPDATE pages SET status = 304, fetched_at = ?, crawl_id = ?"
        " WHERE belongs_to = ? AND state = 'fetched' AND reason = 'part'",
        (seen, crawl_id, page_id),
    )
    for answer in answers:
        capture_id = save_capture(db, answer)
        db.execute("UPDATE pages SET capture_id = ? WHERE url_key = ?", (capture_id, url_key(answer.url)))

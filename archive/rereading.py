"""Reading stored pages again: which there are, and what of their articles changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.articles import READ_COLUMNS, add_article, amend_article, count_change, reread_article
from archive.database import transaction
from archive.evidence import DamagedEvidence, read_record
from archive.links import resolve_links
from archive.records import Article, Page
from archive.removals import stored_removals
from archive.urls import url_key

BATCH = 500
"""Rows fetched at a time, as rows are written in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page whose response is kept, and what became of it."""

    id: int
    """`pages.id`."""
    url: str
    """`pages.url`."""
    site: str
    """Name of the configured site, else the host name."""
    depth: int
    """Links followed from a start to get here."""
    article_id: int | None
    """The article whose present text was read from it; None where it held none."""
    place: tuple[str, int]
    """File and offset of the record with its body."""
    parts: dict[str, StoredPage]
    """`url_key` -> the further pages that belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something of an article that is read otherwise than before."""

    field: str
    """Column of `articles`, or `links` or `removals`."""
    before: Any
    """What is stored; rows, for the last two."""
    after: Any
    """What is read now."""


def _stored(where: str) -> str:
    """Those of the stored pages to which a condition on `pages` applies."""
    return f"""
        SELECT pages.id, pages.url, pages.site, coalesce(pages.depth, 0) AS depth, articles.id AS article_id,
            body.file, body.offset
        FROM pages
        JOIN articles ON articles.id = pages.article_id
        JOIN versions ON versions.article_id = articles.id AND number = version
        -- several pages may lead to an article: it was read from the one whose response its text points to
        JOIN captures ON captures.id = versions.capture_id AND captures.url_key = pages.url_key
        JOIN captures AS body ON body.id = coalesce(captures.same_as, captures.id)
        WHERE {where}
        UNION ALL
        SELECT pages.id, pages.url, pages.site, coalesce(pages.depth, 0), NULL, body.file, body.offset
        FROM pages
        JOIN captures ON captures.id = pages.capture_id
        JOIN captures AS body ON body.id = coalesce(captures.same_as, captures.id)
        WHERE article_id IS NULL AND belongs_to IS NULL AND kind IS NULL AND body.status BETWEEN 200 AND 299
            AND (state = 'fetched' AND reason LIKE 'not-an-article%' OR state = 'failed' AND reason LIKE 'read%')
            AND {where}
    """


def count_stored(db: Database, *, after: int = 0) -> int:
    """How many stored pages there are to read, from the one behind `after` on."""
    return int(db.execute(f"SELECT count(*) FROM ({_stored('pages.id > :after')})", {"after": after}).fetchone()[0])


def stored_pages(db: Database, *, after: int = 0) -> Iterator[StoredPage]:
    """The pages to read again, by id: those of articles, and those that held none."""
    while pages := stored_pages_where(db, "pages.id > :after", {"after": after}, limit=BATCH):
        yield from pages
        after = pages[-1].id


def stored_pages_where(db: Database, condition: str, values: dict[str, Any], *, limit: int = -1) -> list[StoredPage]:
    """The stored pages to which a condition on `pages` applies, by id; -1 is no limit."""
    query = f"{_stored(condition)} ORDER BY 1 LIMIT {limit}"
    return [
        StoredPage(
            id=id_,
            url=url,
            site=site,
            depth=depth,
            article_id=article_id,
            place=(file, offset),
            parts=_stored_parts(db, id_),
        )
        for id_, url, site, depth, article_id, file, offset in db.execute(query, values).fetchall()
    ]


def _stored_parts(db: Database, page_id: int) -> dict[str, StoredPage]:
    rows = db.execute(
        """
        SELECT pages.id, pages.url, pages.url_key, pages.site, coalesce(pages.depth, 0), body.file, body.offset
        FROM pages JOIN captures ON captures.id = pages.capture_id
        JOIN captures AS body ON body.id = coalesce(captures.same_as, captures.id)
        WHERE belongs_to = ? AND reason = 'part'
        """,
        (page_id,),
    ).fetchall()
    return {
        key: StoredPage(id=id_, url=url, site=site, depth=depth, article_id=None, place=(file, offset), parts={})
        for id_, url, key, site, depth, file, offset in rows
    }


def load_page(data: Path, stored: StoredPage) -> Page:
    """The page as it was fetched. Raises DamagedEvidence.

    Digests are left to `verify`: to compare them is half of what loading a page takes.
    """
    record = read_record(data, *stored.place, check=False)
    if record.type != "response":
        raise DamagedEvidence(*stored.place, "its body is kept nowhere")
    headers = {name.lower(): value for name, value in reversed(record.headers)}
    return Page(
        url=record.url,
        requested_url=stored.url,
        site=stored.site,
        depth=stored.depth,
        status=record.status,
        body=record.body,
        fetched_at=datetime.fromisoformat(record.fetched_at),
        content_type=headers.get("content-type"),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
    )


@contextmanager
def trying(db: Database, *, keep: bool) -> Iterator[None]:
    """A transaction that is undone in the end, unless `keep`."""
    with suppress(_Undone), transaction(db):
        yield
        if not keep:
            raise _Undone


class _Undone(Exception):
    """Ends a transaction that was only a trial."""


def change_article(db: Database, article_id: int, article: Article, *, seen_at: str) -> list[Difference]:
    """Make an article what its page is read as now, in the caller's transaction; what differs.

    `seen_at` is when the run began.
    """
    rows_written = db.conn.total_changes
    db.execute("SAVEPOINT unread")
    reread_article(db, article_id, article, seen_at=seen_at)
    if db.conn.total_changes == rows_written:
        db.execute("RELEASE unread")
        return []
    after = _state(db, article_id)
    # What it was is asked for where something differs only: it takes as long as all else that is done with a page.
    db.execute("ROLLBACK TO unread")
    before = _state(db, article_id)
    reread_article(db, article_id, article, seen_at=seen_at)
    db.execute("RELEASE unread")
    return [
        Difference(field=field, before=before[field], after=after[field])
        for field in before
        if before[field] != after[field]
    ]


def amend(db: Database, article_id: int, article: Article, *, crawl_id: int) -> None:
    """Make an article what its page is read as by what the crawl learned behind it, in the caller's transaction."""
    (started,) = db.execute("SELECT started FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
    amend_article(db, article_id, article, crawl_id=crawl_id, since=started)


def add_article_of(
    db: Database, stored: StoredPage, page: Page, article: Article, *, seen_at: str, crawl_id: int | None = None
) -> None:
    """Archive the article that a page holds by today's rules and held not before, in the caller's transaction; it is
    counted in the crawl that read it, where one did."""
    (capture_id,) = db.execute("SELECT capture_id FROM pages WHERE id = ?", (stored.id,)).fetchone()
    # Another page may have led to the same article: that one's text stands.
    known = db.execute("SELECT id FROM articles WHERE url_key = ?", (url_key(article.url),)).fetchone()
    article_id = known[0] if known else add_article(db, article, page.site, seen_at=seen_at, capture_id=capture_id)
    db.execute(
        """
        UPDATE pages SET state = 'fetched', reason = NULL, tries = 0, article_id = ?, etag = ?, last_modified = ?,
            sha256 = ? WHERE id = ?
        """,
        (article_id, page.etag, page.last_modified, hashlib.sha256(page.body).hexdigest(), stored.id),
    )
    resolve_links(db, article_id)
    if crawl_id is not None:
        count_change(db, crawl_id, "unchanged" if known else "new")


def _state(db: Database, article_id: int) -> dict[str, Any]:
    """What reading decides of an article."""
    version, *values = db.execute(
        f"SELECT version, {', '.join(READ_COLUMNS)} FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    links = db.execute(
        "SELECT position, url, title, snippet FROM links WHERE from_id = ? ORDER BY position", (article_id,)
    ).fetchall()
    removals = [row for row, _contacts in stored_removals(db, article_id, version)]
    return dict(zip(READ_COLUMNS, values, strict=True)) | {"links": links, "removals": removals}

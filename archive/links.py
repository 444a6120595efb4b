"""The links table: which article names which as related."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from archive.checksums import checksum
from archive.records import Link
from archive.tombstones import not_forgotten
from archive.urls import canonical_url, url_key

Row = tuple[Any, ...]


def save_links(db: Database, article_id: int, related: tuple[Link, ...]) -> None:
    """Make an article's links those that its page names now, in the caller's transaction; no row is touched where they
    are the same. A link to a forgotten page is left out: it has that page's title and first words."""
    known = frozenset(not_forgotten(db, [link.url for link in related]))
    rows = [
        (link.position, canonical_url(link.url), url_key(link.url), link.title, link.snippet)
        for link in related
        if link.url in known
    ]
    stored = db.execute(
        "SELECT position, url, url_key, title, snippet, checksum FROM links WHERE from_id = ? ORDER BY position",
        (article_id,),
    ).fetchall()
    if stored == [(*row, checksum(row)) for row in rows]:
        return
    if stored:
        db.execute("DELETE FROM links WHERE from_id = ?", (article_id,))
    insert_links(db, article_id, rows)


def insert_links(db: Database, article_id: int, rows: Iterable[Row]) -> None:
    """Add an article's links (position, url, url_key, title, snippet), in the caller's transaction.

    A link means an article by the article's own URL, or by that of a page which led to it: the one that redirects, or
    names it in rel=canonical.
    """
    db.conn.executemany(
        """
        INSERT INTO links (from_id, position, url, url_key, title, snippet, checksum, to_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, coalesce(
            (SELECT id FROM articles WHERE url_key = ?), (SELECT article_id FROM pages WHERE url_key = ?)
        ))
        """,
        [(article_id, *row, checksum(row), row[2], row[2]) for row in rows],
    )


def resolve_links(db: Database, article_id: int) -> None:
    """Point the links that mean an article at it, in the caller's transaction."""
    db.execute(
        """
        UPDATE links SET to_id = :id
        WHERE to_id IS NULL AND url_key IN (
            SELECT url_key FROM articles WHERE id = :id UNION SELECT url_key FROM pages WHERE article_id = :id
        )
        """,
        {"id": article_id},
    )


def resolve_links_to(db: Database, url: str) -> None:
    """Point links to a page at the article that it led to, in the caller's transaction: the article may have been
    archived before it was known that the page leads there."""
    db.execute(
        """
        UPDATE links SET to_id = (SELECT article_id FROM pages WHERE pages.url_key = links.url_key)
        WHERE to_id IS NULL AND url_key = ?
        """,
        (url_key(url),),
    )


def resolve_all_links(db: Database) -> None:
    """The same for every link that points at no article yet, in the caller's transaction."""
    db.execute(
        """
        UPDATE links SET to_id = coalesce(
            (SELECT articles.id FROM articles WHERE articles.url_key = links.url_key),
            (SELECT pages.article_id FROM pages WHERE pages.url_key = links.url_key)
        )
        WHERE to_id IS NULL
        """
    )

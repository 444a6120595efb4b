"""What must hold in an archive, one function for each thing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.articles import text_digest
from archive.checksums import checked_rows
from archive.database import FILE_NAME
from archive.search import index_article, indexed_terms
from archive.urls import canonical_url, url_key
from archive.verification.evidence import check_captures, check_files, check_pages
from archive.verification.problems import Problem
from archive.watching import Watch, unwatched

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What sqlite3 raises at damage; the second where it quotes damaged text in its message."""

CHECKED = {
    "articles": "category, byline, source, reporter, date, views or summary are",
    "links": "the link is",
    "removals": "the block, or a hash of a contact in it, is",
}
"""Tables with checksums, and what they are of."""

PIECE = 10_000
"""Rows of an index held in memory at a time, some megabytes."""

_MISSING = re.compile(r"row (\d+) missing from index (\w+)$")

Check = Callable[[Database, Path], Iterator[Problem]]


def verify_archive(db: Database, data: Path, *, watch: Watch = unwatched) -> Iterator[Problem]:
    """What is wrong with an archive and its evidence, one problem for each row or place in a file. `watch` sees each
    check.

    To be called by whoever holds the data folder's lock: a crawl would be met half way.
    """
    with tolerating_bad_text(db):
        for check in watch(CHECKS):
            try:
                yield from check(db, data)
            except UNREADABLE as error:
                yield Problem(FILE_NAME, f"cannot be read to the end ({error})")


@contextmanager
def tolerating_bad_text(db: Database) -> Iterator[None]:
    """Text that is no longer UTF-8 is damage to be named, not to stop at."""
    db.conn.text_factory = lambda text: text.decode(errors="replace")
    try:
        yield
    finally:
        db.conn.text_factory = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """What has no evidence, and need not have: it was fetched before evidence was kept, or its response was taken
    out with a page that was forgotten. All counts are rows."""

    pages: int
    """Pages fetched."""
    versions: int
    """Texts read."""


def count_unproven(db: Database) -> Unproven:
    """Count what has no evidence."""
    # A page that another one was redirected to has that one's response.
    without = "SELECT count(*) FROM pages WHERE state = 'fetched' AND reason IS NOT 'redirect' AND capture_id IS NULL"
    (pages,) = db.execute(without).fetchone()
    (versions,) = db.execute("SELECT count(*) FROM versions WHERE capture_id IS NULL").fetchone()
    return Unproven(pages=pages, versions=versions)


def check_file(db: Database, _data: Path) -> Iterator[Problem]:
    """The file's own structure."""
    for (message,) in db.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield Problem(_row_missing(db, message) or FILE_NAME, message)


def _row_missing(db: Database, message: str) -> str | None:
    """The row that an index does not have as the table has it; SQLite gives its place in the table."""
    match = _MISSING.match(message)
    if not match:
        return None
    (table,) = db.execute("SELECT tbl_name FROM sqlite_master WHERE name = ?", (match[2],)).fetchone()
    row = db.execute(f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET ?", (int(match[1]) - 1,)).fetchone()
    return f"{table} {row[0]}" if row else None


def check_references(db: Database, _data: Path) -> Iterator[Problem]:
    """No row points to one that is not there."""
    for table, rowid, parent, _number in db.execute("PRAGMA foreign_key_check"):
        yield Problem(f"{table} {rowid}", f"points to a row of {parent} that is not there")


def check_versions(db: Database, _data: Path) -> Iterator[Problem]:
    """Every text has the hash that was taken when it was stored."""
    for id_, title, body, sha256 in db.execute("SELECT id, title, body, sha256 FROM versions"):
        if text_digest(title, body) != sha256:
            yield Problem(f"versions {id_}", "title and body do not have the hash that is stored with them")


def check_articles(db: Database, _data: Path) -> Iterator[Problem]:
    """Every article has the text of its version, the counts and keys that follow from it, and a page while it is there."""
    rows = db.execute(
        """
        SELECT articles.id, articles.title, articles.body, char_count, url, url_key, versions.title, versions.body,
            state = 'gone' OR EXISTS (SELECT 1 FROM pages WHERE article_id = articles.id)
        FROM articles LEFT JOIN versions ON article_id = articles.id AND number = version
        """
    )
    for id_, title, body, char_count, url, key, version_title, version_body, has_page in rows:
        where = f"articles {id_}"
        if (title, body) != (version_title, version_body):
            yield Problem(where, "title and body are not those of its version")
        elif char_count != len(body) - body.count("\n"):
            yield Problem(where, "char_count is not the number of characters")
        if canonical_url(url) != url:
            yield Problem(where, "url is not spelled as the archive spells it")
        if key != url_key(url):
            yield Problem(where, "url_key is not that of its url")
        if not has_page:
            yield Problem(where, "no page is recorded that holds it")


def check_checksums(db: Database, _data: Path) -> Iterator[Problem]:
    """What has no second copy has the checksum that was taken when it was stored."""
    for table, what in CHECKED.items():
        for id_, stored, found in checked_rows(db, table):
            if stored is not None and stored != found:
                yield Problem(f"{table} {id_}", f"{what} not as stored; `jianbao reclean` reads the raw page again")


def check_index(db: Database, _data: Path) -> Iterator[Problem]:
    """The search index holds what an index made anew would."""
    with closing(Database(sqlite3.connect(""))) as fresh:  # on disk, where it outgrows memory
        fresh.execute(db.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_fts'").fetchone()[0])
        for id_, title, body in db.execute("SELECT id, title, body FROM articles"):
            index_article(fresh, id_, title, body)
        wrong = {article_id for _, article_id, *_ in _differences(indexed_terms(db), indexed_terms(fresh))}
    for id_ in sorted(wrong):
        yield Problem(f"articles_fts {id_}", "the search index does not have the words of the article")


def _differences(left: sqlite3.Cursor, right: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    """The rows of two sorted queries that only one of them has; neither is ever held in memory."""
    while (some := left.fetchmany(PIECE)) == (others := right.fetchmany(PIECE)):
        if not some:
            return
    for row, copies in groupby(merge(chain(some, left), chain(others, right))):
        if len(list(copies)) != 2:
            yield row


CHECKS: tuple[Check, ...] = (
    check_file,
    check_references,
    check_versions,
    check_articles,
    check_checksums,
    check_index,
    check_pages,
    check_captures,
    check_files,
)

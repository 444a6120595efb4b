"""Articles of another archive: read as states, merged with ours, written where that makes a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from sqlite_utils import Database

from archive.articles import text_digest
from archive.checksums import fields_checksum
from archive.contacts import data_folder
from archive.database import ArchiveError
from archive.links import insert_links
from archive.merging.states import ArticleState, CaptureKey, Text, merge_states
from archive.removals import insert_removal, stored_removals
from archive.search import index_article, unindex_article
from archive.tombstones import hash_key

DERIVED = frozenset({"id", "url_key", "first_seen", "last_seen", "last_changed", "version", "checksum"})
"""Columns of `articles` that are merged each by a rule of its own."""

CaptureIds = Mapping[tuple[str, str], int]
"""Our captures: evidence file and hash of the record -> id."""


def merge_article(
    db: Database, other: Database, other_id: int, captures: CaptureIds, forgotten: frozenset[str]
) -> Literal["new", "changed", "unchanged"]:
    """Bring one article in, in the caller's transaction, without links to forgotten pages."""
    theirs, key = read_state(other, other_id)
    theirs = replace(theirs, links=tuple(link for link in theirs.links if hash_key(link[2]) not in forgotten))
    row = db.execute("SELECT id FROM articles WHERE url_key = ?", (key,)).fetchone()
    if row is None:
        _write(db, _insert(db, theirs, key), theirs, captures)
        return "new"
    ours, _ = read_state(db, row[0])
    merged = merge_states(ours, theirs)
    if merged == ours:
        return "unchanged"
    unindex_article(db, row[0], ours.fields["title"], ours.fields["body"])
    for table, column in (("versions", "article_id"), ("links", "from_id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (row[0],))
    _write(db, row[0], merged, captures)
    return "changed"


def article_columns(db: Database) -> list[str]:
    """The columns of `articles` that `ArticleState.fields` has."""
    return [column.name for column in db.table("articles").columns if column.name not in DERIVED]


def read_state(db: Database, article_id: int) -> tuple[ArticleState, str]:
    """What an archive knows of an article, and its `url_key`. Raises ArchiveError where the archive is damaged."""
    names = article_columns(db)
    key, first_seen, last_seen, *values = db.execute(
        f"SELECT url_key, first_seen, last_seen, {', '.join(names)} FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    fields = dict(zip(names, values, strict=True))
    texts = _read_texts(db, article_id)
    numbers = dict(db.execute("SELECT number, sha256 FROM versions WHERE article_id = ?", (article_id,)).fetchall())
    moments = db.execute("SELECT seen_at, version, cause FROM history WHERE article_id = ?", (article_id,))
    current = text_digest(fields["title"], fields["body"])
    if current not in texts:
        raise ArchiveError(f"the archive in {data_folder(db)} is damaged: run `jianbao verify --repair` there")
    links = db.execute(
        "SELECT position, url, url_key, title, snippet FROM links WHERE from_id = ? ORDER BY position", (article_id,)
    )
    state = ArticleState(
        fields=fields,
        first_seen=first_seen,
        last_seen=last_seen,
        current=current,
        texts=texts,
        moments=frozenset((seen, numbers[number], cause) for seen, number, cause in moments),
        links=tuple(links.fetchall()),
    )
    return state, key


def _read_texts(db: Database, article_id: int) -> dict[str, Text]:
    rows = db.execute(
        """
        SELECT versions.sha256, number, seen_at, title, body, fetched_at, file, record_sha256
        FROM versions LEFT JOIN captures ON captures.id = capture_id WHERE article_id = ?
        """,
        (article_id,),
    )
    texts = {}
    for sha256, number, seen_at, title, body, *capture in rows.fetchall():
        removals = stored_removals(db, article_id, number)
        texts[sha256] = Text(
            seen_at=seen_at,
            title=title,
            body=body,
            removals=tuple((row, tuple(sorted(contacts))) for row, contacts in removals),
            capture=_key(capture),
        )
    return texts


def _key(capture: list[Any]) -> CaptureKey | None:
    fetched_at, file, record_sha256 = capture
    return None if file is None else (fetched_at, file, record_sha256)


def _insert(db: Database, state: ArticleState, key: str) -> int:
    """A row for the article; `_write` gives it its values."""
    row = {**state.fields, "url_key": key, "version": 0}
    row |= dict.fromkeys(("first_seen", "last_seen", "last_changed"), state.first_seen)
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    return int(db.execute(f"INSERT INTO articles ({columns}) VALUES ({values}) RETURNING id", row).fetchone()[0])


def _write(db: Database, article_id: int, state: ArticleState, captures: CaptureIds) -> None:
    """Write an article's row anew and the rows that belong to it, of which there are none."""
    numbers = {sha256: number for number, sha256 in enumerate(state.numbered, 1)}
    row = {
        **state.fields,
        "first_seen": state.first_seen,
        "last_seen": state.last_seen,
        "last_changed": state.last_changed,
        "version": numbers[state.current],
        "checksum": fields_checksum(state.fields),
    }
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", row | {"id": article_id})
    index_article(db, article_id, state.fields["title"], state.fields["body"])
    for sha256, number in numbers.items():
        _write_text(db, article_id, number, sha256, state.texts[sha256], captures)
    for seen_at, sha256, cause in sorted(state.moments):
        db.execute(
            "INSERT INTO history (article_id, version, seen_at, cause) VALUES (?, ?, ?, ?)",
            (article_id, numbers[sha256], seen_at, cause),
        )
    insert_links(db, article_id, state.links)


def _write_text(db: Database, article_id: int, number: int, sha256: str, text: Text, captures: CaptureIds) -> None:
    db.execute(
        "INSERT INTO versions (article_id, number, seen_at, title, body, sha256, capture_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            article_id,
            number,
            text.seen_at,
            text.title,
            text.body,
            sha256,
            captures.get((text.capture or ("", "", ""))[1:]),
        ),
    )
    for row, contacts in text.removals:
        insert_removal(db, article_id, number, row, list(contacts))

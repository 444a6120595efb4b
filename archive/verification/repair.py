"""Making anew what can be told from something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from archive.articles import text_digest
from archive.database import transaction
from archive.evidence.files import evidence_files
from archive.evidence.recovery import index_file, point_rows, recover_evidence
from archive.search import rebuild_index
from archive.urls import url_key
from archive.verification.checks import check_file, check_index, tolerating_bad_text
from archive.verification.evidence import ELSEWHERE, check_evidence_file


def repair_archive(db: Database, data: Path) -> Iterator[str]:
    """Mend what can be mended, and say what was done, a line for each thing.

    What is damaged in the evidence files stays as it is. To be called by whoever holds the data folder's lock.
    """
    with tolerating_bad_text(db):
        yield from _repair_file(db, data)
        yield from recover_evidence(db, data)
        yield from _repair_captures(db, data)
        yield from _repair_texts(db)
        yield from _repair_counts(db)
        yield from _repair_index(db, data)


def _repair_file(db: Database, data: Path) -> Iterator[str]:
    if any(" index " in problem.what for problem in check_file(db, data)):
        db.execute("REINDEX")
        yield "the indexes of the tables were made anew"


def _repair_captures(db: Database, data: Path) -> Iterator[str]:
    for file in evidence_files(data):
        if any(check_evidence_file(db, file)):
            before = _captures(db, file)
            index_file(db, file)
            changed = len(_captures(db, file) ^ before)
            if changed:
                yield f"{file.name}: the captures were read from the file again, {changed:,} rows set right"
    db.execute(f"UPDATE pages SET capture_id = NULL WHERE id IN ({ELSEWHERE})")
    pointed = point_rows(db)
    if pointed:
        yield f"{pointed:,} pages and versions point to their response again"


def _captures(db: Database, file: Path) -> set[tuple[object, ...]]:
    return set(db.execute("SELECT * FROM captures WHERE file = ?", (file.name,)).fetchall())


def _repair_texts(db: Database) -> Iterator[str]:
    """An article's text and that of its version are the same: where one is damaged, the other has it."""
    rows = db.execute(
        """
        SELECT articles.id, articles.title, articles.body, versions.id, versions.title, versions.body, sha256
        FROM articles JOIN versions ON article_id = articles.id AND number = version
        WHERE (articles.title, articles.body) IS NOT (versions.title, versions.body)
        """
    ).fetchall()
    for article_id, title, body, version_id, version_title, version_body, sha256 in rows:
        if text_digest(version_title, version_body) == sha256:
            values = (version_title, version_body, article_id)
            db.execute("UPDATE articles SET title = ?, body = ? WHERE id = ?", values)
            yield f"articles {article_id}: title and body taken from its version"
        elif text_digest(title, body) == sha256:
            db.execute("UPDATE versions SET title = ?, body = ? WHERE id = ?", (title, body, version_id))
            yield f"versions {version_id}: title and body taken from its article"


def _repair_counts(db: Database) -> Iterator[str]:
    for id_, url, key, body, char_count in db.execute(
        "SELECT id, url, url_key, body, char_count FROM articles"
    ).fetchall():
        right = (url_key(url), len(body) - body.count("\n"))
        if (key, char_count) != right:
            db.execute("UPDATE articles SET url_key = ?, char_count = ? WHERE id = ?", (*right, id_))
            yield f"articles {id_}: url_key and char_count set right"


def _repair_index(db: Database, data: Path) -> Iterator[str]:
    if any(check_index(db, data)):
        with transaction(db):
            rebuild_index(db)
        yield "the search index was made anew"

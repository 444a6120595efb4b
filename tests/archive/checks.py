"""What holds in every archive, whatever happened to its writers."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

from archive.search import to_index


def assert_sound(db: Database) -> None:
    """The file is whole, no row points nowhere, every article has the version of its text, and is indexed."""
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    without_version = """
        SELECT id FROM articles WHERE NOT EXISTS (
            SELECT 1 FROM versions WHERE article_id = articles.id AND number = articles.version
                AND versions.title = articles.title AND versions.body = articles.body)
    """
    assert db.execute(without_version).fetchall() == []
    assert index_terms(db) == expected_terms(db)


def index_terms(db: Database) -> list[tuple[object, ...]]:
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, articles_fts, instance)")
    try:
        return db.execute('SELECT term, doc, col, "offset" FROM temp.terms ORDER BY 2, 3, 4, 1').fetchall()
    finally:
        db.execute("DROP TABLE temp.terms")


def expected_terms(db: Database) -> list[tuple[object, ...]]:
    """The terms of an index made anew from the articles."""
    fresh = sqlite3.connect(":memory:")
    sql = db.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_fts'").fetchone()[0]
    fresh.execute(sql)
    fresh.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (articles_fts, instance)")
    for id_, title, body in db.execute("SELECT id, title, body FROM articles"):
        fresh.execute(
            "INSERT INTO articles_fts (rowid, title, body) VALUES (?, ?, ?)",
            (id_, to_index(title), to_index(body)),
        )
    return fresh.execute('SELECT term, doc, col, "offset" FROM terms ORDER BY 2, 3, 4, 1').fetchall()

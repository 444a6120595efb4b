"""Archives written by every schema that ever landed, opened by today's code.

`schemas/` has one file per landed schema, named for its last migration and written by the code of its day:
`python -m tests.archive.stored_schema`, whenever a migration is added.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import open_archive, overview, read_history, save_article, search, start_crawl
from archive.verification import count_unproven, verify_archive
from tests.archive.checks import assert_sound
from tests.archive.samples import article, page, url

OLD = sorted((Path(__file__).parent / "schemas").glob("*.db.gz"))
OWN = ("articles", "versions", "links", "removals", "pages", "crawls")
every_schema = pytest.mark.parametrize("stored", OLD, ids=lambda file: file.name.partition(".")[0])


@pytest.fixture
def old(stored: Path, data: Path) -> Path:
    """A data folder with the stored archive."""
    data.mkdir()
    (data / "archive.db").write_bytes(gzip.decompress(stored.read_bytes()))
    return data


def shape(db: Database) -> dict[str, object]:
    """Tables with their columns, keys and indexes, however they came to be."""
    return {
        table: (
            db.execute('SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?)', (table,)).fetchall(),
            sorted(map(str, db.table(table).foreign_keys)),
            sorted((index.unique, index.columns) for index in db.table(table).indexes),
        )
        for table in db.table_names()
        if not table.startswith(("articles_fts", "sqlite_"))
    }


@every_schema
def test_it_gets_the_shape_of_a_new_archive(old: Path, tmp_path: Path) -> None:
    db, new = open_archive(old), open_archive(tmp_path / "new")
    assert shape(db) == shape(new)
    assert_sound(db)
    db.close()
    new.close()


@every_schema
def test_it_keeps_what_it_held_and_takes_more(old: Path) -> None:
    before = Database(old / "archive.db")
    kept = {table: list(before.table(table).rows) for table in OWN}
    before.close()
    db = open_archive(old)
    for table, rows in kept.items():
        assert [{key: now[key] for key in row} for row, now in zip(rows, db.table(table).rows, strict=True)] == rows
    assert list(verify_archive(db, old)) == []
    assert count_unproven(db).versions == len(kept["versions"])
    assert [hit.url for hit in search(db, "第二稿")] == [url(1)]
    assert save_article(db, article(body="又一稿。"), page(), crawl_id=start_crawl(db), follow=True) == "changed"
    assert overview(db).articles == 2
    assert_sound(db)
    db.close()


@every_schema
def test_traditional_characters_find_what_was_indexed_before(old: Path) -> None:
    db = open_archive(old)
    assert [hit.title for hit in search(db, "園區裡的第一家企業")] == ["第2篇"]
    db.close()


def test_the_history_of_texts_is_made_from_versions(data: Path) -> None:
    """The second schema has no row for a text that came back, but says which version is the present one."""
    data.mkdir()
    (data / "archive.db").write_bytes(gzip.decompress(OLD[0].read_bytes()))
    db = open_archive(data)
    history = read_history(db, url(1))
    assert history
    assert [(moment.version, moment.seen_at[:10]) for moment in history.moments] == [
        (1, "2025-03-01"),
        (2, "2025-03-02"),
        (3, "2025-03-05"),
        (2, "2025-03-06"),
    ]
    db.close()

"""The file itself: settings, schema, and what is said when it cannot be opened."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from sqlite_utils import Database

from archive import ArchiveError, ArchiveMissing, open_archive, read_archive, save_article, start_crawl
from archive.database import transaction
from archive.migrations import MIGRATIONS
from tests.archive.checks import assert_sound
from tests.archive.samples import article, page

CONTRACT = {
    "articles": "id url site title category posted_by source reporter published published_raw views summary body"
    " char_count first_seen last_seen last_changed version state",
    "versions": "id article_id number seen_at title body sha256",
    "links": "id from_id position url title snippet to_id",
    "removals": "id article_id version position rule kind text chars",
    "pages": "id url site state reason depth status etag last_modified fetched_at sha256 tries",
    "crawls": "id started finished outcome new changed unchanged failed refused seconds",
}


def columns(db: Database, table: str) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))]


@pytest.mark.parametrize("table", CONTRACT)
def test_each_table_begins_with_the_columns_of_the_contract(db: Database, table: str) -> None:
    agreed = CONTRACT[table].split()
    assert [name for name in columns(db, table) if name in agreed] == agreed


@pytest.mark.parametrize("table", CONTRACT)
def test_each_table_is_strict_with_an_integer_primary_key(db: Database, table: str) -> None:
    assert db.table(table).strict
    key = db.execute("SELECT name, type FROM pragma_table_info(?) WHERE pk", (table,)).fetchall()
    assert key == [("id", "INTEGER")]
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(f"INSERT INTO {table} (id) VALUES ('one')")


def test_a_foreign_key_that_points_nowhere_is_refused(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO links (from_id, position, url, url_key, title) VALUES (9, 1, 'u', 'u', 't')")


@pytest.mark.parametrize("table", CONTRACT)
def test_each_foreign_key_has_an_index(db: Database, table: str) -> None:
    indexed = {index.columns[0] for index in db.table(table).indexes}
    assert {key.columns[0] for key in db.table(table).foreign_keys} <= indexed


@pytest.mark.parametrize("facet", ["site", "category", "source", "month"])
def test_a_facet_is_counted_from_an_index(db: Database, facet: str) -> None:
    sql = f"SELECT {facet}, count(*) FROM (SELECT * FROM articles) WHERE {facet} IS NOT NULL GROUP BY {facet}"
    assert f"INDEX idx_articles_{facet}" in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()[0][3]


def test_it_is_in_wal_mode(db: Database) -> None:
    assert db.journal_mode == "wal"


def test_a_second_opening_changes_nothing(data: Path, db: Database) -> None:
    schema = db.schema
    again = open_archive(data)
    assert again.schema == schema
    again.close()


def test_no_archive_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="jianbao crawl"):
        read_archive(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_named(data: Path) -> None:
    data.mkdir()
    (data / "archive.db").write_bytes(b"no database at all" * 100)
    for opening in (open_archive, read_archive):
        with pytest.raises(ArchiveError, match=r"archive\.db.*not a database"):
            opening(data)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError, match="file/data"):
        open_archive(tmp_path / "file" / "data")


def test_reading_cannot_write(data: Path, db: Database) -> None:
    reader = read_archive(data)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM articles")
    reader.close()


def test_an_archive_that_nobody_may_write_to_is_read_without_files_beside_it(data: Path) -> None:
    open_archive(data).close()
    before = sorted(data.iterdir())
    data.chmod(0o555)
    reader = read_archive(data)
    assert reader.execute("SELECT count(*) FROM articles").fetchone() == (0,)
    assert sorted(data.iterdir()) == before
    reader.close()
    data.chmod(0o755)


def test_an_archive_that_somebody_writes_to_is_read_with_what_he_wrote(data: Path) -> None:
    writer = open_archive(data)
    start_crawl(writer)
    data.chmod(0o555)
    reader = read_archive(data)
    assert reader.execute("SELECT count(*) FROM crawls").fetchone() == (1,)
    data.chmod(0o755)
    reader.close()
    writer.close()


def test_a_path_with_signs_of_a_url_is_a_path(tmp_path: Path) -> None:
    data = tmp_path / "50% off?#&剪报"
    open_archive(data).close()
    assert (data / "archive.db").is_file()
    read_archive(data).close()


def test_an_archive_of_an_older_version_is_brought_up_to_date_by_a_reader(data: Path) -> None:
    data.mkdir()
    old = Database(data / "archive.db")
    MIGRATIONS.apply(old, stop_before="m002_search_index")
    old.close()
    db = read_archive(data)
    assert db.table("articles_fts").exists()
    assert not MIGRATIONS.pending(db)
    db.close()


def test_a_migration_that_fails_leaves_nothing_behind(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(db: Database) -> None:
        db.execute("CREATE TABLE half (id INTEGER PRIMARY KEY)")
        db.execute("no SQL")

    monkeypatch.setattr(MIGRATIONS, "_migrations", [*MIGRATIONS._migrations])
    MIGRATIONS(name="m999_fails")(fail)
    with pytest.raises(ArchiveError, match="syntax error"):
        open_archive(data)
    monkeypatch.undo()
    db = open_archive(data)
    assert not db.table("half").exists()
    assert_sound(db)
    db.close()


def test_a_transaction_is_all_or_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), transaction(db):
        start = "INSERT INTO crawls (started) VALUES ('2025-01-01T00:00:00Z')"
        db.execute(start)
        raise RuntimeError
    assert db.table("crawls").count == 0


def test_a_full_disk_loses_the_article_and_nothing_else(db: Database, crawl: int) -> None:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=True)
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    long = article(2, body="\n".join(f"第{line}行" * 40 for line in range(500)))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        save_article(db, long, page(2), crawl_id=crawl, follow=True)
    assert not db.conn.in_transaction
    assert db.table("articles").count == 1
    db.execute("PRAGMA max_page_count = 1000000")
    assert save_article(db, long, page(2), crawl_id=crawl, follow=True) == "new"
    assert_sound(db)


def test_who_has_read_in_a_transaction_can_also_write(data: Path, db: Database) -> None:
    """Without IMMEDIATE the other would write in between, and our own write then fails without waiting."""
    other = open_archive(data)
    other.execute("PRAGMA busy_timeout = 0")
    with transaction(db):
        db.execute("SELECT count(*) FROM crawls").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            start_crawl(other)
        db.execute("INSERT INTO crawls (started) VALUES ('2025-01-01T00:00:00Z')")
    start_crawl(other)
    other.close()
    assert db.table("crawls").count == 2


def test_an_archive_that_another_process_is_creating_is_waited_for(data: Path) -> None:
    data.mkdir()
    opened = threading.Event()

    def open_it() -> None:
        open_archive(data).close()
        opened.set()

    with FileLock(data / "archive.lock"):
        opener = threading.Thread(target=open_it)
        opener.start()
        assert not opened.wait(0.3)
    opener.join(30)
    assert opened.is_set()


def test_processes_that_meet_a_new_archive_all_open_it(data: Path) -> None:
    open_it = (
        "import sys; from pathlib import Path; from archive import open_archive, start_crawl;"
        "start_crawl(open_archive(Path(sys.argv[1])))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", open_it, str(data)]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    db = read_archive(data)
    assert db.table("crawls").count == 4
    db.close()


def test_another_connections_write_is_seen_by_a_reader_that_was_open(data: Path, db: Database) -> None:
    reader = read_archive(data)
    save_article(db, article(), page(), crawl_id=start_crawl(db), follow=False)
    assert reader.table("articles").count == 1
    reader.close()


def test_an_archive_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path) as db:
        row = {"migration_set": "jianbao", "name": "m999_of_tomorrow", "applied_at": "2099-01-01"}
        db.table("_sqlite_migrations").insert(row)
    for opening in (open_archive, read_archive):
        with pytest.raises(ArchiveError, match="newer jianbao: upgrade"):
            opening(tmp_path)

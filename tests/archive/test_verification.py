"""Whatever byte changes by itself, the row or the place is named; what can be made anew is mended."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import open_archive, save_article, start_crawl
from archive.evidence import Evidence, evidence_files, files
from archive.verification import count_unproven, repair_archive, verify_archive
from tests.archive.checks import assert_sound
from tests.archive.samples import WHEN, article, exchange, link, page, removal


@pytest.fixture
def db(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An archive of six articles, two with a second text, one fetched again unchanged, in two evidence files."""
    monkeypatch.setattr(files, "FILE_BYTES", 5_000)
    db = open_archive(data)
    crawl = start_crawl(db)
    evidence = Evidence(db, data)

    def save(number: int, body: str, days: int = 0) -> None:
        when = WHEN + timedelta(days=days)
        html = f"<p>{body}</p>".encode()
        capture = evidence.keep(exchange(number, body=html, fetched_at=when))
        evidence.sync(capture)
        read = article(number, body=body, related=(link(number + 1, 1),), removals=(removal("手机 13000001234"),))
        seen = page(number, body=html, fetched_at=when)
        save_article(db, read, seen, crawl_id=crawl, follow=False, capture=capture)

    for number in range(6):
        save(number, f"第{number}家企业昨天投产。\n生产线有三条。")
    save(1, "第1家企业推迟投产。", days=1)
    save(2, "第2家企业推迟投产。", days=1)
    save(3, "第3家企业昨天投产。\n生产线有三条。", days=1)
    evidence.close()
    assert len(evidence_files(data)) == 2
    yield db
    db.close()


def wheres(db: Database, data: Path) -> list[str]:
    return [problem.where for problem in verify_archive(db, data)]


def repair(db: Database, data: Path) -> list[str]:
    return list(repair_archive(db, data))


def test_nothing_is_wrong_with_an_archive_as_it_was_written(db: Database, data: Path) -> None:
    assert wheres(db, data) == []
    assert repair(db, data) == []
    assert count_unproven(db).pages == 0


def test_what_was_fetched_before_evidence_was_kept_is_counted_and_is_no_problem(db: Database, data: Path) -> None:
    save_article(db, article(9), page(9), crawl_id=1, follow=False)
    assert wheres(db, data) == []
    unproven = count_unproven(db)
    assert (unproven.pages, unproven.versions) == (1, 1)


def test_a_flipped_byte_of_an_evidence_file_is_named_with_the_file_and_the_record(db: Database, data: Path) -> None:
    spans = db.execute("SELECT file, offset, length FROM captures").fetchall()
    randomly = random.Random()
    for file in evidence_files(data):
        content = file.read_bytes()
        places = {*range(12), len(content) - 1, *randomly.sample(range(len(content)), 60)}
        # The gzip head of each record, and the padding at its end, change nothing that is unpacked.
        places |= {offset + at for name, offset, _ in spans if name == file.name for at in (4, 8, 9)}
        places |= {offset + length - 9 for name, offset, length in spans if name == file.name}
        for at in sorted(places):
            file.write_bytes(content[:at] + bytes([content[at] ^ (1 << randomly.randrange(8))]) + content[at + 1 :])
            begin = max((offset for name, offset, _ in spans if name == file.name and offset <= at), default=0)
            assert f"{file} at byte {begin:,}" in wheres(db, data), f"byte {at}"
        file.write_bytes(content)
    assert wheres(db, data) == []


def test_a_flipped_byte_of_a_text_is_named_with_its_row(db: Database, data: Path) -> None:
    randomly = random.Random()
    for table, column in (("versions", "title"), ("versions", "body"), ("articles", "title"), ("articles", "body")):
        for id_, text in db.execute(f"SELECT id, CAST({column} AS BLOB) FROM {table}").fetchall():
            at = randomly.randrange(len(text))
            flipped = text[:at] + bytes([text[at] ^ (1 << randomly.randrange(8))]) + text[at + 1 :]
            db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (flipped, id_))
            assert f"{table} {id_}" in wheres(db, data), flipped
            db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (text, id_))
    assert wheres(db, data) == []


@pytest.mark.parametrize("table", ["pages", "articles"])
def test_an_address_with_its_host_in_capitals_is_named(table: str, db: Database, data: Path) -> None:
    db.execute(f"UPDATE {table} SET url = replace(url, '.com', '.Com') WHERE id = 1")
    assert f"{table} 1" in wheres(db, data)


def test_a_flipped_byte_of_what_has_no_second_copy_is_named_with_its_row(db: Database, data: Path) -> None:
    randomly = random.Random()
    texts = {
        "articles": ("category", "posted_by", "source", "reporter", "published", "published_raw", "summary"),
        "links": ("url", "title"),
        "removals": ("rule", "text"),
        "pages": ("url", "url_key", "sha256"),
    }
    for table, column in [(table, column) for table, columns in texts.items() for column in columns]:
        id_, text = db.execute(f"SELECT id, CAST({column} AS BLOB) FROM {table} ORDER BY random()").fetchone()
        at = randomly.randrange(len(text))
        flipped = text[:at] + bytes([text[at] ^ (1 << randomly.randrange(7))]) + text[at + 1 :]
        db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (flipped, id_))
        assert f"{table} {id_}" in wheres(db, data), (column, flipped)
        db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (text, id_))
    db.execute("UPDATE contacts SET hmac = replace(hmac, substr(hmac, 1, 1), 'x') WHERE id = 2")
    assert "removals 2" in wheres(db, data)


def test_a_flipped_byte_in_the_file_of_an_indexed_column_is_named_with_its_row(db: Database, data: Path) -> None:
    db.execute("DELETE FROM pages WHERE id = 1")  # so that places in the table are not ids
    db.execute("UPDATE pages SET site = 'quite.another.example' WHERE id = 3")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = (data / "archive.db").read_bytes()
    at = content.index(b"quite.another.examplefetched")  # in the table: in the index no state follows
    (data / "copy.db").write_bytes(content[:at] + b"Q" + content[at + 1 :])
    with closing(Database(sqlite3.connect(data / "copy.db"))) as damaged:
        assert "pages 3" in wheres(damaged, data)


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("UPDATE versions SET sha256 = replace(sha256, 'a', 'b') WHERE id = 2", "versions 2"),
        ("UPDATE articles SET version = 3 WHERE id = 1", "articles 1"),
        ("UPDATE articles SET char_count = char_count + 1 WHERE id = 2", "articles 2"),
        ("UPDATE articles SET url_key = 'x' WHERE id = 4", "articles 4"),
        ("DELETE FROM pages WHERE article_id = 5", "articles 5"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM articles WHERE id = 6", "versions 6"),
        ("UPDATE pages SET capture_id = NULL WHERE id = 1", "pages 1"),
        ("UPDATE pages SET capture_id = 5 WHERE id = 1", "pages 1"),
        ("UPDATE versions SET capture_id = NULL WHERE id = 3", "versions 3"),
        ("UPDATE captures SET sha256 = upper(sha256) WHERE id = 2", "captures 2"),
        ("UPDATE captures SET fetched_at = '2025-03-01T08:30:01Z' WHERE id = 2", "captures 2"),
        ("UPDATE captures SET status = 404 WHERE id = 2", "captures 2"),
        ("UPDATE captures SET url_key = 'x' WHERE id = 2", "captures 2"),
        ("UPDATE captures SET same_as = NULL WHERE same_as = 4", "captures 9"),
        ("UPDATE captures SET same_as = 1 WHERE same_as = 4", "captures 9"),
        ("INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', 2, '第', '')", "articles_fts 2"),
        ("INSERT INTO articles_fts (rowid, title, body) VALUES (3, '园', '')", "articles_fts 3"),
        ("INSERT INTO articles_fts (rowid, title, body) VALUES (99, '园', '')", "articles_fts 99"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_the_others_is_named(db: Database, data: Path, damage: str, where: str) -> None:
    db.executescript(damage)
    assert where in wheres(db, data)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE articles SET body = '改过的正文' WHERE id = 1",
        "UPDATE versions SET body = '改过的正文' WHERE article_id = 2 AND number = 2",
        "UPDATE articles SET char_count = 0, url_key = id || 'x'",
        "UPDATE pages SET capture_id = NULL",
        "UPDATE pages SET capture_id = 5",
        "UPDATE versions SET capture_id = NULL",
        "DELETE FROM captures",
        "UPDATE captures SET offset = offset + 1, length = 7, record_sha256 = ''",
        "UPDATE captures SET status = 0, same_as = NULL WHERE id > 3",
        "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')",
        "INSERT INTO articles_fts (rowid, title, body) VALUES (99, '园', '')",
    ],
)
def test_what_can_be_made_anew_is_mended(db: Database, data: Path, damage: str) -> None:
    tables = ("articles", "versions", "pages", "captures")
    before = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    db.execute(damage)
    assert wheres(db, data)
    assert repair(db, data)
    assert wheres(db, data) == []
    assert repair(db, data) == []
    assert {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables} == before
    assert_sound(db)


def test_a_torn_tail_is_cut_and_a_damaged_record_stays_a_problem(db: Database, data: Path) -> None:
    first, second = evidence_files(data)
    with second.open("ab") as stream:
        stream.write(first.read_bytes()[400:700])
    assert any(where.startswith(f"{second} at byte") for where in wheres(db, data))
    [line] = repair(db, data)
    assert line.endswith("300 bytes of a torn record cut off")
    content = first.read_bytes()
    first.write_bytes(content[:600] + b"\x00\x00" + content[602:])
    captures = db.execute("SELECT * FROM captures").fetchall()
    damaged = wheres(db, data)
    assert damaged
    assert repair(db, data) == []
    assert wheres(db, data) == damaged
    assert db.execute("SELECT * FROM captures").fetchall() == captures


def test_a_missing_evidence_file_is_named(db: Database, data: Path) -> None:
    gone = evidence_files(data)[0]
    gone.unlink()
    assert str(gone) in wheres(db, data)


def test_a_flipped_byte_anywhere_in_the_database_file_stops_no_check(db: Database, data: Path) -> None:
    """Not every one can be found: a counter of a crawl has no second copy. But none may end in a traceback."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = (data / "archive.db").read_bytes()
    randomly = random.Random()
    found = 0
    for at in randomly.sample([at for at, byte in enumerate(content) if byte and at >= 100], 30):
        copy = data / "copy.db"
        copy.write_bytes(content[:at] + bytes([content[at] ^ (1 << randomly.randrange(8))]) + content[at + 1 :])
        damaged = Database(sqlite3.connect(copy))
        found += bool(list(verify_archive(damaged, data)))
        damaged.close()
    assert found > 0

"""Contact details from removed blocks are nowhere in the archive's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import add_start, record_outcome, save_article, take_pending
from tests.archive.samples import SITE, article, link, page, removal, url

SEEDED = ("13000001234", "4000001234", "037900001234", "cyyqabcd", "cyyq0001", "9876543", "cyyq@mail.example")

BLOCKS = (
    "微信/手机:13000001234",
    "热线 400-000-1234 或 0379-00001234",
    "微信号:cyyqabcd,备用 cyyq0001",
    "QQ:9876543 邮箱 cyyq@mail.example",
    "１３０００００１２３４ 1 3 0 0 0 0 0 1 2 3 4 一三零零零零零一二三四",
)


@pytest.fixture
def archived(db: Database, crawl: int) -> Database:
    removals = tuple(removal(block, position=number) for number, block in enumerate(BLOCKS))
    first = article(related=(link(2, 1),), removals=removals)
    save_article(db, first, page(), crawl_id=crawl, follow=True)
    save_article(db, article(body="改过的正文。", removals=removals), page(), crawl_id=crawl, follow=True)
    add_start(db, url(3), site=SITE, crawl_id=crawl)
    take_pending(db, crawl_id=crawl, limit=9, max_depth=1)
    record_outcome(db, url(3), state="failed", reason=f"soft-404: {BLOCKS[0]} {BLOCKS[2]}", crawl_id=crawl)
    return db


def test_no_row_of_any_table_holds_them(archived: Database) -> None:
    for table in archived.table_names():
        if table.startswith("articles_fts"):
            continue  # holds no text, only terms; the files are searched below
        for row in archived.table(table).rows:
            shown = str(row)
            packed = "".join(char for char in shown if char.isalnum() or char in "@.")
            assert not [seed for seed in SEEDED if seed in shown or seed in packed], (table, row)


def test_no_byte_of_any_file_holds_them(archived: Database, data: Path) -> None:
    archived.execute("PRAGMA wal_checkpoint(PASSIVE)")
    files = [file for file in data.iterdir() if file.is_file()]
    assert {file.name for file in files} >= {"archive.db", "archive.db-wal"}
    for file in files:
        content = file.read_bytes()
        for seed in (*SEEDED, "１３０００００１２３４", "1 3 0 0 0 0", "一三零零"):
            assert seed.encode() not in content, (file.name, seed)


def test_the_terms_of_the_index_do_not_spell_them(archived: Database) -> None:
    assert [
        archived.execute(
            "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", ('"' + " ".join(seed) + '"',)
        ).fetchone()[0]
        for seed in SEEDED
    ] == [0] * len(SEEDED)

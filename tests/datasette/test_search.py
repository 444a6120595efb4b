"""The ordinary search box finds what the archive's own search and a full scan find."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.search import search, to_match

Get = Callable[[str], httpx.Response]


def found(get: Get, words: str) -> set[int]:
    rows = get(f"/archive/articles.json?_shape=array&_size=max&_col=id&_search={quote(words)}").json()
    return {row["id"] for row in rows}


def scan(db: Database, words: str) -> set[int]:
    sql = "select id from articles where instr(title, :words) or instr(body, :words)"
    return {row["id"] for row in db.query(sql, {"words": words})}


@pytest.mark.parametrize("words", ["阳", "洛阳", "轴承厂", "老城区的订单", "“机器换了，", "第3条"])
def test_one_two_and_more_characters_equal_a_full_scan(get: Get, db: Database, words: str) -> None:
    assert scan(db, words)
    assert found(get, words) == scan(db, words)


def test_random_pieces_of_the_archive_equal_a_full_scan(get: Get, db: Database) -> None:
    randomly = random.Random(7)
    lines = [line for row in db.query("select title, body from articles") for line in row["body"].split("\n")]
    for _ in range(25):
        line = randomly.choice(lines)
        start = randomly.randrange(len(line))
        piece = line[start : start + randomly.randint(1, 6)]
        assert found(get, piece) == scan(db, piece), piece


@pytest.mark.parametrize("words", ["洛阳 订单", '"旧仓库改成"', "订单 -洛阳", "-洛阳", "ＡＤ", "没有的词", "  ", '"'])
def test_any_query_equals_the_archives_own_search(get: Get, db: Database, words: str) -> None:
    if words.strip():
        assert found(get, words) == {hit.id for hit in search(db, words, limit=1000)}


def test_escape_fts_is_the_archives_to_match(site: Datasette) -> None:
    connection = sqlite3.connect(":memory:")
    site._prepare_connection(connection, "archive")
    randomly = random.Random(3)
    for _ in range(500):
        words = "".join(randomly.choice('洛阳Ａa１ "-*^():¶\t\u200b\u3000é') for _ in range(randomly.randrange(9)))
        assert connection.execute("select escape_fts(?)", (words,)).fetchone()[0] == to_match(words), words

"""Stored pages read again: what differs is archived once, what does not is not touched."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive import open_archive, search
from archive.evidence import evidence_files
from archive.verification import verify_archive
from pipelines import reclean
from tests.archive.checks import assert_sound
from tests.archive.kills import kills_until_done
from tests.reclean.stored import (
    LISTING,
    InThisProcess,
    Store,
    html,
    read_again,
    url,
    with_contact_line,
    with_other_links,
    without_source,
)

TABLES = ("articles", "versions", "history", "links", "removals", "contacts", "pages", "captures", "crawls")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(reclean, "ReaderPool", InThisProcess)
    store = Store(data)
    yield store
    store.close()


def content(db: Database, *, less: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    return {
        table: [{name: row[name] for name in row if name not in less} for row in db.table(table).rows]
        for table in TABLES
    }


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = db.execute(sql).fetchall()
    return found


def test_by_unchanged_rules_nothing_differs(store: Store, data: Path) -> None:
    for number in (1, 2):
        store.article(number)
    store.parted(3)
    store.no_article(4, LISTING)
    before = content(store.db)
    report = read_again(store.db, data)
    assert report.counts == {"unchanged": 3, "not-an-article": 1}
    assert content(store.db) == before


def test_what_is_read_otherwise_is_archived_in_one_go(store: Store, data: Path) -> None:
    store.article(1, with_contact_line)
    store.article(2, without_source)
    store.article(3, with_other_links)
    store.article(4)
    report = read_again(store.db, data)
    assert report.counts == {
        "changed": 3, "unchanged": 1,
        "field: body": 1, "field: source": 1, "field: links": 1, "field: removals": 2,
    }  # fmt: skip
    assert [url for url, _ in report.examples["source"]] == [url(2)]
    db = store.db
    assert rows(db, "SELECT article_id, version, cause FROM history WHERE cause = 'reclean'") == [(1, 2, "reclean")]
    assert rows(db, "SELECT version FROM articles ORDER BY id") == [(2,), (1,), (1,), (1,)]
    assert rows(db, "SELECT DISTINCT source FROM articles") == [("河畔日报",)]
    assert rows(db, "SELECT count(*), count(to_id) FROM links WHERE from_id = 3") == [(2, 1)]
    assert rows(db, "SELECT DISTINCT capture_id FROM versions WHERE article_id = 1") == [(1,)]
    assert search(db, "选址热线") == []
    assert_sound(db)
    assert list(verify_archive(db, data)) == []
    again = content(db)
    assert read_again(db, data).counts == {"unchanged": 4}
    assert content(db) == again


def test_a_dry_run_shows_the_same_and_changes_nothing(store: Store, data: Path) -> None:
    store.article(1, with_contact_line)
    store.no_article(2, html(2))
    before = content(store.db)
    report = read_again(store.db, data, dry_run=True)
    assert report.counts == {"changed": 1, "new": 1, "field: body": 1, "field: removals": 1}
    assert content(store.db) == before
    assert rows(store.db, "SELECT count(*) FROM recleans") == [(0,)]


def test_a_date_counted_back_is_that_of_the_day_it_was_fetched(store: Store, data: Path) -> None:
    store.no_article(1, html(1, date="3天前"))
    read_again(store.db, data)
    assert rows(store.db, "SELECT published, published_raw FROM articles") == [("2025-02-26", "3天前")]


@pytest.mark.parametrize("reason", ["not-an-article: no-text", "reader-error: KeyError", "read-timeout"])
def test_a_page_that_held_no_article_becomes_one(store: Store, data: Path, reason: str) -> None:
    store.no_article(1, html(1), reason)
    assert read_again(store.db, data).counts == {"new": 1}
    assert rows(store.db, "SELECT state, reason, article_id, etag FROM pages") == [("fetched", None, 1, '"1"')]
    assert rows(store.db, "SELECT url, cause FROM history JOIN articles ON articles.id = article_id") == [
        (url(1), "reclean")
    ]
    assert list(verify_archive(store.db, data)) == []


def test_an_article_that_is_none_any_longer_is_reported_and_stays(store: Store, data: Path) -> None:
    store.article(1, stored=LISTING)
    before = content(store.db)
    report = read_again(store.db, data)
    assert report.counts == {"no-longer": 1}
    [note] = report.notes
    assert note.startswith(f"{url(1)}: no article any longer (")
    assert content(store.db) == before


def test_a_damaged_page_is_reported_and_the_others_are_read(store: Store, data: Path) -> None:
    store.article(1)
    store.article(2, without_source)
    [file] = evidence_files(data)
    bytes_ = file.read_bytes()
    file.write_bytes(bytes_[:700] + b"\x00\x00\x00" + bytes_[703:])
    report = read_again(store.db, data)
    assert (report.counts["damaged"], report.counts["changed"]) == (1, 1)
    assert str(file.name) in report.notes[0]


def test_the_parts_of_an_article_are_joined_as_a_crawl_joins_them(store: Store, data: Path) -> None:
    store.parted(1)
    whole = rows(store.db, "SELECT body FROM articles")
    store.db.execute("UPDATE articles SET body = 'x', summary = 'x'")
    assert read_again(store.db, data).counts["changed"] == 1
    assert rows(store.db, "SELECT body FROM articles") == whole
    assert "后一页说的是另一件事" in whole[0][0]


def test_other_rules_begin_anew_and_the_same_go_on(store: Store, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 6):
        store.article(number)
    store.db.execute(
        "INSERT INTO recleans (started, rules, page_id, counts) VALUES ('2025-01-01T00:00:00Z', ?, 3, ?)",
        (reclean.rules_digest(), '{"unchanged": 3}'),
    )
    monkeypatch.setattr(reclean, "LIBRARIES", ("lxml",))
    assert read_again(store.db, data).counts == {"unchanged": 5}
    monkeypatch.undo()
    monkeypatch.setattr(reclean, "ReaderPool", InThisProcess)
    report = read_again(store.db, data)
    assert (report.total, report.counts) == (5, {"unchanged": 5})
    assert rows(store.db, "SELECT page_id FROM recleans WHERE id = 1") == [(3,)]


def test_the_pool_reads_on_every_core(data: Path) -> None:
    store = Store(data)
    store.article(1)
    store.article(2, without_source)
    assert read_again(store.db, data).counts == {"unchanged": 1, "changed": 1, "field: source": 1}
    store.close()


@pytest.mark.heavy
def test_two_hundred_killed_runs_end_like_an_unbroken_one(
    store: Store, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reclean, "NOTE_EVERY", 7)
    aged = (with_contact_line, without_source, with_other_links)
    for number in range(12):
        store.article(number, *([aged[number % 4]] if number % 4 < 3 else []))
    store.no_article(500, html(500))
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def run(folder: Path) -> None:
        with closing(open_archive(folder)) as db:
            read_again(db, folder)

    def outcome(folder: Path) -> tuple[Any, ...]:
        with closing(open_archive(folder)) as db:
            assert_sound(db)
            times = ("seen_at", "last_changed", "first_seen", "last_seen")
            return content(db, less=times), rows(db, "SELECT page_id, counts FROM recleans WHERE id = 1")

    shutil.copytree(data, tmp_path / "whole")
    began = time.perf_counter()
    run(tmp_path / "whole")
    seconds = time.perf_counter() - began
    expected = outcome(tmp_path / "whole")
    randomly = random.Random()
    kills = 0
    while kills < 200:
        killed = tmp_path / f"killed {kills}"
        shutil.copytree(data, killed)
        for _ in kills_until_done(lambda folder=killed: run(folder), seconds, randomly):
            kills += 1
            with closing(open_archive(killed)) as db:
                assert_sound(db)
        assert outcome(killed) == expected
        shutil.rmtree(killed)

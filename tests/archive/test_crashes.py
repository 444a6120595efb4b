"""Killed writers, killed migrations, full disks, held locks: what was committed is there, and the files are sound."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import resource
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import open_archive, read_archive, save_article, start_crawl
from archive.evidence import Evidence, EvidenceError, recover_evidence
from archive.migrations import MIGRATIONS
from archive.verification import verify_archive
from tests.archive.checks import assert_sound
from tests.archive.kills import kill_at_random, kills_until_done
from tests.archive.library import html, written
from tests.archive.samples import article, exchange, page, url
from tests.archive.test_migrations import OLD, shape


def write(
    data: Path, tell: Callable[[int], object], *, first: int, last: int | None = None, long: bool = False
) -> None:
    """Archive articles with evidence until it is stopped, or up to a last one, and tell the number of each when it is
    committed. Every third is one from before, with another text."""
    with closing(open_archive(data)) as db:
        recover_evidence(db, data)
        evidence = Evidence(db, data)
        crawl = start_crawl(db)
        for number in itertools.count(first) if last is None else range(first, last + 1):
            known = number if number % 3 else number // 2
            body = f"第{known}篇,写于第{crawl}次抓取。" + "很长的正文。" * (5000 if long else 1)
            read = written(known, body=body)
            capture = evidence.keep(exchange(known, body=html(read)))
            evidence.sync(capture)
            save_article(db, read, page(known, body=html(read)), crawl_id=crawl, follow=True, capture=capture)
            tell(known)


class Teller:
    """Numbers told by a process that may be killed at any moment."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()

    def __call__(self, number: int) -> None:
        os.write(self._write, b"%d\n" % number)

    def heard(self) -> set[int]:
        """What was told; the teller cannot be used any more."""
        os.close(self._write)
        with open(self._read, "rb") as pipe:  # noqa: PTH123
            return {int(line) for line in pipe.read().split()}


def assert_nothing_lost(data: Path, committed: set[int]) -> None:
    with closing(open_archive(data)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        archived = {found for (found,) in db.execute("SELECT url FROM articles")}
        assert {url(number) for number in committed} <= archived


@pytest.mark.heavy
def test_two_hundred_killed_writers_lose_nothing_that_was_committed(data: Path) -> None:
    randomly = random.Random()
    committed: set[int] = set()
    for kill in range(200):
        tell = Teller()
        work = lambda tell=tell, first=40 * kill + 1: write(data, tell, first=first)  # noqa: E731
        assert kill_at_random(work, randomly.random() / 5)
        committed |= tell.heard()
        assert_nothing_lost(data, committed)
    assert len(committed) > 20
    with closing(open_archive(data)) as db:
        recover_evidence(db, data)
        assert list(verify_archive(db, data)) == []


def test_a_migration_that_is_killed_is_done_by_the_next_opening(tmp_path: Path) -> None:
    kill_migrations(tmp_path, 4)


@pytest.mark.heavy
def test_two_hundred_killed_migrations_are_each_done_by_the_next_opening(tmp_path: Path) -> None:
    kill_migrations(tmp_path, 200)


def kill_migrations(folder: Path, kills: int) -> None:
    randomly = random.Random()
    with closing(open_archive(folder / "new")) as new:
        expected = shape(new)
    killed = 0
    while killed < kills:
        data = folder / f"old {killed}"
        data.mkdir()
        (data / "archive.db").write_bytes(gzip.decompress(OLD[0].read_bytes()))
        for _ in kills_until_done(lambda data=data: open_archive(data), 1 / 25, randomly):
            killed += 1
            with closing(sqlite3.connect(data / "archive.db")) as db:
                assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert db.execute("SELECT count(*) FROM articles").fetchone() == (2,)
        with closing(read_archive(data)) as migrated:
            assert shape(migrated) == expected
            assert not MIGRATIONS.pending(migrated)
            assert_sound(migrated)
        shutil.rmtree(data)


@pytest.mark.parametrize("limit", [120_000, 400_000, 1_500_000])
def test_a_disk_that_fills_loses_nothing_that_was_committed(data: Path, limit: int) -> None:
    """The limit is met wherever it is met: in the log, in the file, in the evidence."""
    with closing(open_archive(data)):
        pass
    tell = Teller()

    def fill_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        with pytest.raises((sqlite3.OperationalError, EvidenceError)):
            write(data, tell, first=1, long=True)

    assert not kill_at_random(fill_disk, 60, at_once=True)
    committed = tell.heard()
    assert_nothing_lost(data, committed)
    write(data, committed.add, first=1001, last=1003)  # with room, it goes on
    assert committed >= {1001, 501, 1003}
    with closing(open_archive(data)) as db:
        recover_evidence(db, data)
        assert list(verify_archive(db, data)) == []


@pytest.fixture
def locked(data: Path) -> Iterator[Callable[[str, float], threading.Thread]]:
    """Holds the archive in a transaction of this kind for so many seconds."""
    threads: list[threading.Thread] = []

    def hold(kind: str, seconds: float) -> threading.Thread:
        holding = threading.Event()

        def work() -> None:
            with closing(sqlite3.connect(data / "archive.db", isolation_level=None)) as db:
                db.execute(f"BEGIN {kind}")
                db.execute("SELECT count(*) FROM articles").fetchone()
                holding.set()
                time.sleep(seconds)
                db.execute("COMMIT")

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        assert holding.wait(10)
        return threads[-1]

    yield hold
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("kind", ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"])
def test_who_holds_a_lock_delays_a_writer_and_loses_it_nothing(
    db: Database, crawl: int, kind: str, locked: Callable[[str, float], threading.Thread]
) -> None:
    holder = locked(kind, 0.4)
    assert save_article(db, article(), page(), crawl_id=crawl, follow=True) == "new"
    assert holder.is_alive() is (kind == "DEFERRED")  # a reader is not even waited for
    assert_sound(db)

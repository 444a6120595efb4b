"""Several processes at one archive, and processes that are killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

from sqlite_utils import Database

from archive import open_archive, overview, read_archive, search
from tests.archive.checks import assert_sound


def start_writer(data: Path, first: int, articles: int | None = None) -> subprocess.Popen[str]:
    arguments = [str(data), str(first), *([str(articles)] if articles else [])]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.archive.writer", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def assert_complete(db: Database) -> None:
    """No article is there by halves."""
    assert_sound(db)
    per_article = """
        SELECT (SELECT count(*) FROM links WHERE from_id = articles.id),
            (SELECT count(*) FROM removals WHERE article_id = articles.id AND removals.version = articles.version),
            (SELECT count(*) FROM pages WHERE article_id = articles.id)
        FROM articles
    """
    assert set(db.execute(per_article).fetchall()) <= {(2, 1, 1)}
    unqueued = "SELECT count(*) FROM links WHERE url_key NOT IN (SELECT url_key FROM pages)"
    assert db.execute(unqueued).fetchone() == (0,)
    counted, versions = db.execute("SELECT sum(new), sum(new + changed) FROM crawls").fetchone()
    assert counted == db.table("articles").count
    assert versions == db.table("versions").count


def test_a_writer_killed_at_any_moment_leaves_whole_articles_and_loses_none(data: Path) -> None:
    open_archive(data).close()
    randomly = random.Random()
    written: set[str] = set()
    for round_ in range(4):
        writer = start_writer(data, 1000 * round_ + 1)
        assert writer.stdout
        for _ in range(randomly.randint(1, 60)):
            written.add(f"https://news.example.com/a/{writer.stdout.readline().strip()}.html")
        threading.Event().wait(randomly.random() / 50)
        writer.kill()
        writer.wait()
        db = open_archive(data)
        assert_complete(db)
        assert written <= {url for (url,) in db.execute("SELECT url FROM articles")}
        db.close()


def test_readers_and_a_second_writer_are_never_locked_out(data: Path) -> None:
    open_archive(data).close()
    writers = [start_writer(data, first, articles=80) for first in (1, 5001)]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        db = read_archive(data)
        search(db, "正文")
        overview(db)
        db.close()
        reads += 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert reads > 3
    db = open_archive(data)
    assert_sound(db)
    assert (
        sum(new + changed + same for new, changed, same in db.execute("SELECT new, changed, unchanged FROM crawls"))
        == 160
    )
    db.close()


def test_a_reader_that_stays_in_the_middle_of_its_rows_does_not_stop_a_writer(data: Path) -> None:
    open_archive(data).close()
    assert start_writer(data, 1, articles=20).wait(60) == 0
    reader = read_archive(data)
    rows = reader.execute("SELECT id FROM articles")
    rows.fetchone()
    assert start_writer(data, 101, articles=20).wait(60) == 0
    seen = 1 + len(rows.fetchall())
    assert seen < reader.table("articles").count
    reader.close()

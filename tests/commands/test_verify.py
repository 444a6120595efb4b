"""`jianbao verify`: what it prints and how it ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from archive.lock import lock_data


def change(data: Path, sql: str) -> None:
    connection = sqlite3.connect(data / "archive.db")
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_a_sound_archive_ends_with_status_0(run: Any, data: Path) -> None:
    result = run("verify", "--data", data)
    assert result.exit_code == 0
    assert result.stdout == (f"no raw page is kept for 3 pages and 3 texts\nnothing is wrong with {data}\n")


def test_each_problem_is_a_line_and_the_status_1(run: Any, data: Path) -> None:
    change(data, "UPDATE articles SET title = char(27) || title WHERE id = 2")
    change(data, "UPDATE versions SET sha256 = '\x1b' WHERE id = 3")
    result = run("verify", "--data", data)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "versions 3: title and body do not have the hash that is stored with them",
        "articles 2: title and body are not those of its version",
        "no raw page is kept for 3 pages and 3 texts",
    ]
    assert result.stderr == f"Error: 2 problems found in {data}\n"


def test_repair_says_what_it_did_and_leaves_nothing_wrong(run: Any, data: Path) -> None:
    change(data, "UPDATE articles SET body = '改过的' WHERE id = 2")
    result = run("verify", "--repair", "--data", data)
    assert result.exit_code == 0
    assert result.stdout.startswith("repaired: articles 2: title and body taken from its version\n")
    assert run("verify", "--data", data).exit_code == 0


def test_it_waits_for_no_crawl_and_makes_no_archive(run: Any, data: Path, tmp_path: Path) -> None:
    with lock_data(data, "crawl"):
        result = run("verify", "--data", data)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "`jianbao crawl` (process " in result.stderr
    assert run("verify", "--data", tmp_path / "none").exit_code == 1
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_damaged_through_and_through_is_one_line(run: Any, damaged: Path) -> None:
    result = run("verify", "--data", damaged)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1

"""`jianbao merge`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive import open_archive
from archive.backup import register
from archive.evidence import evidence_files
from archive.lock import lock_data
from archive.tombstones import bury
from archive.urls import url_key
from tests.archive.library import fill, written
from tests.archive.samples import url


@pytest.fixture
def other(tmp_path: Path) -> Path:
    fill(tmp_path / "other", map(written, (1, 7)))
    return tmp_path / "other"


def count(data: Path) -> int:
    db = open_archive(data)
    try:
        return int(db.table("articles").count)
    finally:
        db.close()


def test_it_says_what_each_folder_brought(run: Any, data: Path, other: Path) -> None:
    result = run("merge", other, "--data", data)
    assert result.exit_code == 0
    assert result.stdout == f"{other}: 1 new, 1 changed, 0 unchanged articles, 2 raw pages\n"
    assert "jianbao reclean" in result.stderr
    assert count(data) == 4
    again = run("merge", other, "--data", data)
    assert again.stdout == f"{other}: 0 new, 0 changed, 2 unchanged articles, 0 raw pages\n"
    assert again.stderr == ""


def test_a_new_data_folder_can_be_made_of_others(run: Any, data: Path, other: Path, tmp_path: Path) -> None:
    assert run("merge", data, other, "--data", tmp_path / "all").exit_code == 0
    assert count(tmp_path / "all") == 4


def test_a_folder_without_an_archive_is_refused_before_anything_is_done(
    run: Any, data: Path, other: Path, tmp_path: Path
) -> None:
    result = run("merge", other, tmp_path / "none", "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: no archive in {tmp_path / 'none'}: name folders that hold an archive.db\n"
    assert count(data) == 3
    assert not (tmp_path / "none").exists()


def test_the_folder_itself_is_refused(run: Any, data: Path) -> None:
    result = run("merge", data, "--data", data)
    assert (result.exit_code, result.stderr) == (1, f"Error: {data} is the data folder itself\n")


def test_while_a_crawl_runs_it_is_refused(run: Any, data: Path, other: Path) -> None:
    with lock_data(data, "crawl"):
        assert run("merge", other, "--data", data).exit_code == 1
    assert count(data) == 3


def test_missing_raw_pages_are_named_and_the_rest_is_there(run: Any, data: Path, other: Path) -> None:
    [file] = evidence_files(other)
    file.unlink()
    result = run("merge", other, "--data", data)
    assert (result.exit_code, result.stderr) == (1, f"Error: raw pages are missing: {file}\n")
    assert count(data) == 4


def test_an_article_over_there_whose_text_is_damaged_is_one_line(run: Any, data: Path, other: Path) -> None:
    db = open_archive(other)
    db.execute("UPDATE articles SET body = body || '?'")
    db.close()
    result = run("merge", other, "--data", data)
    assert result.exit_code == 1
    assert result.stderr == f"Error: the archive in {other} is damaged: run `jianbao verify --repair` there\n"
    assert count(data) == 3
    assert run("verify", "--repair", "--data", other).exit_code == 0
    assert run("merge", other, "--data", data).exit_code == 0


@pytest.fixture
def forgetful(other: Path) -> Path:
    """The other folder, which has forgotten a page that ours holds."""
    db = open_archive(other)
    bury(db, [url_key(url(2))])
    db.close()
    return other


def test_a_backup_that_cannot_be_changed_is_one_line(run: Any, data: Path, forgetful: Path, tmp_path: Path) -> None:
    backup = tmp_path / "all.zip"
    backup.write_text("broken")
    register(data, backup)
    result = run("merge", forgetful, "--data", data)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: cannot change the backup {backup} (")
    assert result.stderr.count("\n") == 1


def test_a_moved_backup_that_may_hold_what_the_other_folder_forgot_is_named(
    run: Any, data: Path, forgetful: Path, tmp_path: Path
) -> None:
    register(data, tmp_path / "moved.zip")
    result = run("merge", forgetful, "--data", data)
    assert result.exit_code == 0
    assert f"the backup made at {tmp_path / 'moved.zip'} is not there: delete it where it is now\n" in result.stderr


def test_damage_over_there_is_one_line(run: Any, data: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "archive.db").write_bytes(b"no database at all" * 999)
    result = run("merge", tmp_path / "other", "--data", data)
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"Error: cannot read {tmp_path / 'other' / 'archive.db'}: file is not a database; put a backup in its place\n"
    )

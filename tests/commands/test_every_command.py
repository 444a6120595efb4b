"""What holds for every command that reads the archive, and for the help of all."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

READERS = (
    ("backup", "a.zip"),
    ("search", "园区"),
    ("export", "a.csv"),
    ("status",),
    ("history", "https://news.example.com/a/1.html"),
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.delenv("JIANBAO_DATA", raising=False)


@pytest.mark.parametrize("command", [*(reader[0] for reader in READERS), "reclean", "verify"])
def test_help_has_an_example(run: Any, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: jianbao {command} " in result.stdout


@pytest.mark.parametrize("command", READERS)
def test_the_data_folder_may_be_named_three_ways(
    run: Any, data: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(*command, "--data", data).exit_code == 0
    assert run("--data", data, *command).exit_code == 0
    monkeypatch.setenv("JIANBAO_DATA", str(data))
    assert run(*command).exit_code == 0


@pytest.mark.parametrize("command", READERS)
def test_no_archive_is_one_line_that_says_what_to_do(run: Any, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "Error: no archive in data: run `jianbao crawl URL` first, or name its folder with --data\n"
    )
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("command", READERS)
def test_a_file_that_is_no_archive_is_one_line(run: Any, command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"no database at all" * 999)
    result = run(*command, "--data", tmp_path)
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"Error: cannot read {tmp_path / 'archive.db'}: file is not a database; put a backup in its place\n"
    )


@pytest.mark.parametrize("command", READERS)
def test_damage_inside_the_file_is_one_line(run: Any, command: tuple[str, ...], damaged: Path) -> None:
    result = run(*command, "--data", damaged)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: cannot read ")
    assert result.stderr.count("\n") == 1


def test_a_crawl_says_in_one_line_that_a_table_is_damaged(run: Any, data: Path) -> None:
    with closing(sqlite3.connect(data / "archive.db")) as db:
        (place,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pages'").fetchone()
    with (data / "archive.db").open("r+b") as file:
        file.seek((place - 1) * 4096)
        file.write(b"\xff" * 4096)
    result = run("crawl", "http://127.0.0.1:8099/a.html", "--data", data)
    assert result.exit_code == 1
    assert "malformed" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", READERS)
def test_a_folder_in_place_of_the_file_is_no_archive(run: Any, command: tuple[str, ...], data: Path) -> None:
    shutil.rmtree(data)
    (data / "archive.db").mkdir(parents=True)
    assert run(*command, "--data", data).exit_code == 1

"""`jianbao export`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest


def test_all_articles(run: Any, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    result = run("export", file, "--data", data)
    assert result.exit_code == 0
    assert result.stdout == f"3 rows in {file}\n"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert [row["title"] for row in csv.DictReader(lines)] == ["河阳的轴承厂", "旧仓库", "红\x1b[31m字"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--site", "other.example"], [3]),
        (["--match", "麦田 -轴承"], [2]),
        (["--since", "2025-03-01"], [3]),
        (["--since", "2025-02-01", "--match", "麦田"], [1, 2]),
    ],
)
def test_a_selection(run: Any, data: Path, tmp_path: Path, options: list[str], ids: list[int]) -> None:
    result = run("export", "--data", data, tmp_path / "some.jsonl", *options)
    assert result.stdout.startswith(f"{len(ids)} row")
    lines = (tmp_path / "some.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.jsonl"])
def test_an_empty_selection_is_a_file_without_rows(run: Any, data: Path, tmp_path: Path, name: str) -> None:
    result = run("export", "--data", data, "--match", "无此词", tmp_path / name)
    assert (result.exit_code, result.stdout) == (0, f"0 rows in {tmp_path / name}\n")
    assert (tmp_path / name).is_file()


def test_an_unknown_site_is_told_the_names_there_are_and_leaves_no_file(run: Any, data: Path, tmp_path: Path) -> None:
    result = run("export", "--data", data, "--site", "other.exampel", tmp_path / "a.csv")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: no site other.exampel in the archive or jianbao.toml; there is news.example.com, other.example\n"
    )
    assert not (tmp_path / "a.csv").exists()


def test_a_configured_site_without_an_article_yet_is_a_file_without_rows(run: Any, data: Path, tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('[[site]]\nname = "园区"\nstart = ["https://park.example/"]\n', "utf-8")
    result = run("export", "--data", data, "--config", config, "--site", "园区", tmp_path / "a.csv")
    assert (result.exit_code, result.stdout) == (0, f"0 rows in {tmp_path / 'a.csv'}\n")


def test_of_many_sites_those_with_a_name_like_it_are_told(run: Any, data: Path, tmp_path: Path) -> None:
    sites = [f'[[site]]\nname = "{"abcdefghijklm"[n] * 9}"\nstart = ["https://{n}.example/"]\n' for n in range(13)]
    (tmp_path / "mine.toml").write_text("".join(sites), "utf-8")
    asked = ("export", "--data", data, "--config", tmp_path / "mine.toml", tmp_path / "a.csv", "--site")
    assert run(*asked, "ccccccc").stderr.endswith("; there is ccccccccc and 14 more\n")
    assert run(*asked, "?").stderr.endswith(" iiiiiiiii, jjjjjjjjj and 5 more\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.pdf", "Error: cannot export to 'a.pdf': the name must end in .csv, .xlsx, .jsonl\n"),
        ("no/such/folder/a.csv", "No such file or directory\n"),
        ("no/such/folder/a.xlsx", "No such file or directory\n"),
        ("data/archive.db/a.csv", "Not a directory\n"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line_and_status_1(
    run: Any, data: Path, tmp_path: Path, name: str, message: str
) -> None:
    result = run("export", "--data", data, tmp_path / name)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(message)


@pytest.mark.parametrize("since", ["yesterday", "2025-13-01", "01.02.2025"])
def test_a_date_that_is_none_is_a_usage_error(run: Any, data: Path, tmp_path: Path, since: str) -> None:
    result = run("export", "--data", data, tmp_path / "a.csv", "--since", since)
    assert result.exit_code == 2
    assert result.stderr.endswith(
        f"Error: Invalid value for '--since': {since!r} is not a day; write it as YYYY-MM-DD, such as 2024-01-31\n"
    )


def test_damage_leaves_no_file(run: Any, damaged: Path, tmp_path: Path) -> None:
    result = run("export", "--data", damaged, tmp_path / "a.csv")
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data"]

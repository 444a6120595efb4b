"""`jianbao forget`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import open_archive, search
from archive.lock import lock_data
from archive.tombstones import bury
from archive.urls import url_key
from jianbao.cli import main
from tests.archive.samples import url


def answer(data: Path, *arguments: str, reply: str) -> Any:
    return CliRunner().invoke(main, ["--data", str(data), "forget", *arguments], input=reply, catch_exceptions=False)


def titles(data: Path) -> list[str]:
    db = open_archive(data)
    found = [row[0] for row in db.execute("SELECT title FROM articles ORDER BY id")]
    db.close()
    return found


def test_it_shows_what_it_would_forget_and_asks(data: Path) -> None:
    refused = answer(data, url(2), reply="n\n")
    assert refused.exit_code == 1
    assert f"旧仓库  {url(2)}" in refused.stdout
    assert len(titles(data)) == 3
    agreed = answer(data, url(2), reply="y\n")
    assert agreed.exit_code == 0
    assert "forgotten: 1 article, 0 raw pages\n" in agreed.stdout
    assert titles(data) == ["河阳的轴承厂", "红\x1b[31m字"]


def test_without_a_terminal_it_needs_yes(run: Any, data: Path) -> None:
    assert run("forget", url(2), "--data", data).exit_code == 1
    assert len(titles(data)) == 3
    assert run("forget", url(2), "--yes", "--data", data).exit_code == 0
    assert len(titles(data)) == 2


def test_a_contact_names_all_its_articles(run: Any, data: Path) -> None:
    result = run("forget", "--contact", "130-0000-1234", "--yes", "--data", data)
    assert result.exit_code == 0
    assert titles(data) == ["旧仓库", "红\x1b[31m字"]


def test_the_same_command_again_finds_nothing_to_do(run: Any, data: Path) -> None:
    for _ in range(2):
        result = run("forget", url(2), "--yes", "--data", data)
        assert result.exit_code == 0
    assert "forgotten: 0 articles, 0 raw pages\n" in result.stdout


@pytest.mark.parametrize("arguments", [(url(2),), ("--contact", "0379-0000000")])
def test_what_a_kill_left_undone_is_done_whatever_is_named(run: Any, data: Path, arguments: tuple[str, ...]) -> None:
    db = open_archive(data)
    bury(db, [url_key(url(2))])
    db.close()
    assert run("forget", *arguments, "--yes", "--data", data).exit_code == 0
    db = open_archive(data)
    assert search(db, "旧仓库") == []
    db.close()


def test_control_characters_of_a_page_do_not_reach_the_terminal(data: Path) -> None:
    assert "\x1b" not in answer(data, url(3), reply="n\n").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((url(99),), f"the archive knows no such page: {url(99)}"),
        (("--contact", "400-000-9999"), "that stands on no page of the archive"),
    ],
)
def test_what_is_not_there_is_one_line(run: Any, data: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("forget", *arguments, "--yes", "--data", data)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"Error: {said}\n")


@pytest.mark.parametrize(
    "arguments", [(), (url(1), "--contact", "400-000-1234"), ("--contact", "2025"), ("--contact", "4 0 0-")]
)
def test_either_urls_or_a_contact_that_is_long_enough(run: Any, data: Path, arguments: tuple[str, ...]) -> None:
    assert run("forget", *arguments, "--yes", "--data", data).exit_code == 2


def test_while_a_crawl_runs_it_is_refused(run: Any, data: Path) -> None:
    with lock_data(data, "crawl"):
        result = run("forget", url(2), "--yes", "--data", data)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: `jianbao crawl` (process ")
    assert len(titles(data)) == 3


def test_no_archive_is_one_line_and_none_is_made(run: Any, tmp_path: Path) -> None:
    result = run("forget", url(2), "--yes", "--data", tmp_path / "none")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: no archive in")
    assert not (tmp_path / "none").exists()

"""`jianbao search`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from jianbao.commands.search import mark


def test_hits_are_shown_with_title_date_source_place_and_address(run: Any, data: Path) -> None:
    result = run("search", "轴承", "--data", data)
    assert result.exit_code == 0
    assert result.stdout == (
        "河阳的轴承厂  2025-02-28 · 河畔日报\n"
        "  园区里的第一家企业昨天投产。 这里去年还是一片麦田,如今有了三条生产线。\n"
        "  https://news.example.com/a/1.html\n"
        "\n"
    )


def titles(result: Any) -> list[str]:
    lines = result.stdout.splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith(" ")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["麦田"], ["旧仓库", "河阳的轴承厂"]),
        (["麦田", "轴承"], ["河阳的轴承厂"]),
        (["麦田", "-轴承"], ["旧仓库"]),
        (["麦田 -轴承"], ["旧仓库"]),
        (["麦田", '-"轴承厂"'], ["旧仓库"]),
        (["麦田", "-help"], ["旧仓库", "河阳的轴承厂"]),
        (["--limit", "1", "麦田"], ["旧仓库"]),
    ],
)
def test_words_and_options(run: Any, data: Path, words: list[str], expected: list[str]) -> None:
    assert sorted(titles(run("search", "--data", data, *words))) == sorted(expected)


def test_nothing_found_is_one_line_and_status_1(run: Any, data: Path) -> None:
    result = run("search", "--data", data, "没有的词")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "Error: nothing matches 没有的词\n"


def test_control_characters_of_a_page_do_not_reach_the_terminal(run: Any, data: Path) -> None:
    shown = run("search", "--data", data, "控制").stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_what_was_found_is_marked() -> None:
    assert mark("新园区", "园区") == f"新{click.style('园区', fg='red', bold=True)}"


def test_no_words_is_a_usage_error(run: Any, data: Path) -> None:
    assert run("search", "--data", data).exit_code == 2

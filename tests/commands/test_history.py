"""`jianbao history`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive, save_article, start_crawl
from tests.archive.samples import WHEN, article, page, url

EDITED = "园区里的第一家企业昨天投产。\n这里去年还是一片麦田,如今有了十二条生产线。"


@pytest.fixture
def edited(data: Path) -> Path:
    """The same folder, the second article edited, and edited back."""
    db = open_archive(data)
    crawl = start_crawl(db)
    original = db.execute("SELECT body FROM articles WHERE url = ?", (url(2),)).fetchone()[0]
    for day, (title, body) in enumerate((("旧仓库", EDITED), ("旧仓库的新生", EDITED), ("旧仓库", original)), 1):
        seen = page(2, fetched_at=WHEN + timedelta(days=day))
        save_article(db, article(2, title=title, body=body), seen, crawl_id=crawl, follow=False)
    db.close()
    return data


def test_it_lists_every_text_with_what_changed(run: Any, edited: Path) -> None:
    result = run("history", url(2), "--data", edited)
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows == [
        [url(2)],
        ["version", "added", "removed", "seen", "cause", "title"],
        ["1", "38", "0", "2025-03-01T08:30:00Z", "crawl", "旧仓库"],
        ["2", "2", "1", "2025-03-02T08:30:00Z", "crawl"],
        ["3", "3", "0", "2025-03-03T08:30:00Z", "crawl", "旧仓库的新生"],
        ["1", "1", "5", "2025-03-04T08:30:00Z", "crawl", "旧仓库"],
        ["version", "1", "when", "last", "seen,", "2025-03-04T08:30:00Z"],
    ]


def test_a_diff_needs_no_colours(run: Any, edited: Path) -> None:
    result = run("history", url(2), "--diff", "1", "3", "--data", edited)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "~ 旧仓库{+的新生+}",
        "  园区里的第一家企业昨天投产。",
        "~ 这里去年还是一片麦田,如今有了[-三-]{+十二+}条生产线。",
    ]


def test_a_version_can_be_read(run: Any, edited: Path) -> None:
    result = run("history", url(2), "--version", "2", "--data", edited)
    assert result.stdout == f"旧仓库\n\n{EDITED}\n"


@pytest.mark.parametrize("arguments", [("--diff", "1", "9"), ("--version", "9")])
def test_a_version_that_is_none_is_a_usage_error(run: Any, edited: Path, arguments: tuple[str, ...]) -> None:
    result = run("history", url(2), *arguments, "--data", edited)
    assert result.exit_code == 2
    assert "no version 9: there is 1, 2, 3" in result.stderr


def test_an_article_that_is_none_is_one_line(run: Any, data: Path) -> None:
    result = run("history", url(99), "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: no such article: {url(99)}\n"


def test_control_characters_of_a_page_do_not_reach_the_terminal(run: Any, data: Path) -> None:
    for arguments in ((), ("--version", "1"), ("--diff", "1", "1")):
        result = run("history", url(3), *arguments, "--data", data)
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout
        assert "\x07" not in result.stdout

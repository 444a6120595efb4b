"""`jianbao status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from archive import open_archive, start_crawl


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_shows_what_the_archive_holds_and_the_last_crawl(run: Any, data: Path) -> None:
    result = run("status", "--data", data)
    assert result.exit_code == 0
    shown = words(result.stdout)
    for part in (
        "articles 3",
        "versions 3",
        "related links 2 (1 archived)",
        "removals 2 (1 contact, 1 share)",
        "pages 4 (3 fetched, 1 gone)",
        "news.example.com 2 2025-02-28 – 2025-02-28 2025-03-01T08:30:00Z",
        "other.example 1 – 2025-03-01T08:30:00Z",
        "outcome finished",
        "pages 4 (3 new, 1 gone)",
    ):
        assert part in shown


def test_json_says_the_same(run: Any, data: Path) -> None:
    shown = json.loads(run("status", "--json", "--data", data).stdout)
    assert shown["articles"] == 3
    assert shown["pages"] == {"fetched": 3, "gone": 1}
    assert [site["site"] for site in shown["sites"]] == ["news.example.com", "other.example"]
    assert shown["last_crawl"]["new"] == 3


def test_an_archive_without_a_crawl(run: Any, tmp_path: Path) -> None:
    open_archive(tmp_path).close()
    result = run("status", "--data", tmp_path)
    assert result.exit_code == 0
    assert "no crawl yet" in result.stdout


def test_a_crawl_without_an_end(run: Any, data: Path) -> None:
    db = open_archive(data)
    start_crawl(db)
    db.close()
    assert "outcome running, or killed" in words(run("status", "--data", data).stdout)

"""Whole pages in many themes: each is a page and the complete article expected of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import read_article

PAGES = sorted((Path(__file__).parent / "pages").glob("*.json"))


def load(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is expected of the page beside `path`, and what reading gives for the same fields."""
    case = json.loads(path.read_text("utf-8"))
    fetched_at = datetime.fromisoformat(case["fetched_at"]) if case.get("fetched_at") else None
    article = asdict(read_article(path.with_suffix(".html").read_bytes(), case["url"], fetched_at=fetched_at))
    article["related"] = [dict(link) for link in article["related"]]
    return case, article


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_of_this_theme_reads_as_expected(path: Path) -> None:
    case, article = load(path)
    assert {name: article[name] for name in case["article"]} == case["article"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_the_site_put_around_the_article_is_gone_from_it(path: Path) -> None:
    case, article = load(path)
    for text in case.get("removed", []):
        assert text not in article["body"]
        assert text not in (article["summary"] or "")

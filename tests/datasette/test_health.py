"""An uptime monitor that asks for one address learns whether the archive is well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive import open_archive
from tests.datasette.conftest import Get, write_article


def test_an_archive_that_is_well_says_so(get: Get) -> None:
    answer = get("/-/health")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["last_crawl"]["new"] > 0


def test_what_is_not_as_usual_is_503_and_named(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    get = serve_articles(write_article(1))
    with open_archive(tmp_path) as db:
        finding = {
            "sentence": "Nothing new.",
            "figure": 25.0,
            "advice": "Look.",
            "samples": "[]",
            "opened": "2026-03-01",
        }
        db.table("findings").insert_all(
            [
                {"site": "a", "check": "nothing-new", **finding},
                {"site": "b", "check": "failures", "closed": "x", **finding},
            ]
        )
        db.table("schedule").insert({"site": "c", "every": "6h", "due": "2026-03-01T06:00:00Z"})
    answer = get("/-/health")
    assert answer.status_code == 503
    assert [(one["site"], one["check"]) for one in answer.json()["findings"]] == [
        ("a", "nothing-new"),
        ("c", "missed-run"),
    ]

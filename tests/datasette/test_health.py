"""What is not as usual: an uptime monitor asks one address, a person reads a list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from parsel import Selector

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


def test_a_person_reads_findings_as_sentences_in_chinese(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    get = serve_articles(write_article(1))
    samples = ["https://park.example/list/", "javascript:alert(1)"]
    with open_archive(tmp_path) as db:
        finding = {
            "site": "园区通讯",
            "check": "failures",
            "sentence": "72% of the pages could not be fetched or read, usually at most 50%.",
            "figure": 0.72,
            "high": 0.5,
            "advice": "Look.",
            "samples": json.dumps(samples),
            "opened": "2026-03-01T06:00:00Z",
        }
        theirs = {"check": "a-check-of-theirs", "sentence": "As they say.", "closed": "2026-03-02T06:00:00Z"}
        db.table("findings").insert_all([finding, finding | theirs])
    page = Selector(get("/archive/findings").text)
    over, own = page.css("article.notice")
    assert "error" in own.attrib["class"]
    assert own.css("h2 a::text").get() == "园区通讯 · 失败过多"
    assert "72% 的网页抓不到或读不了，平时最多 50%。" in own.get()
    assert own.css("li a::attr(href)").getall() == samples[:1]
    assert own.css("li ::text").getall() == samples
    assert "error" not in over.attrib["class"]
    assert "2026-03-02 06:00 UTC 恢复正常" in over.get()
    assert "As they say." in over.get()
    assert not Selector(get("/archive/findings?_col=sentence").text).css("article.notice")

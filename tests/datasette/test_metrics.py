"""Prometheus reads the archive's figures, which are those of its tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from prometheus_client.parser import text_string_to_metric_families
from sqlite_utils import Database

from archive import open_archive
from jianbao.serving import build_datasette
from tests.datasette.conftest import ARTICLES, Get

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parse(answer: httpx.Response) -> Figures:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def figure(figures: Figures, name: str, **labels: str) -> float:
    return figures[name, frozenset(labels.items())]


def test_the_figures_are_those_of_the_tables(get: Get, db: Database) -> None:
    figures = parse(get("/-/metrics"))
    assert figure(figures, "jianbao_articles", site="园区通讯", state="live") == ARTICLES
    assert figure(figures, "jianbao_versions") == db.execute("SELECT count(*) FROM versions").fetchone()[0]
    for state, count in db.execute("SELECT state, count(*) FROM pages WHERE site = '园区通讯' GROUP BY 1"):
        assert figure(figures, "jianbao_pages", site="园区通讯", state=state) == count
    new, seconds = db.execute("SELECT new, seconds FROM crawls").fetchone()
    assert figure(figures, "jianbao_last_crawl_pages", outcome="new") == new
    assert figure(figures, "jianbao_last_crawl_seconds") == seconds
    assert 0 <= figure(figures, "jianbao_last_crawl_age_seconds") < 3600
    assert figure(figures, "jianbao_archive_bytes") > 10_000
    assert not [key for key in figures if key[0] == "jianbao_findings"]


def test_what_is_not_as_usual_and_what_is_due_are_figures(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    get = serve_articles()
    with open_archive(tmp_path) as db:
        finding = {"sentence": "", "figure": 1.0, "advice": "", "samples": "[]", "opened": "2026-03-01T06:00:00Z"}
        db.table("findings").insert({"site": 'a "quoted"\nsite', "check": "failures", **finding})
        db.table("schedule").insert({"site": "b", "every": "6h", "due": "2026-03-01T06:00:00Z"})
    figures = parse(get("/-/metrics"))
    assert figure(figures, "jianbao_findings", site='a "quoted"\nsite', check="failures") == 1
    assert figure(figures, "jianbao_next_crawl_timestamp_seconds", site="b") == 1772344800


def test_openmetrics_is_given_to_whoever_asks_for_it(site: Datasette) -> None:
    wanted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = asyncio.run(site.client.get("/-/metrics", headers=wanted))
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


@pytest.fixture(scope="module")
def closed(data: Path) -> Datasette:
    return build_datasette(data, password="iron-tree-42")


def test_a_password_closes_the_figures_and_basic_auth_opens_them(closed: Datasette) -> None:
    refused = asyncio.run(closed.client.get("/-/metrics"))
    assert refused.status_code == 401
    assert "园区通讯" not in refused.text
    assert parse(asyncio.run(closed.client.get("/-/metrics", auth=("reader", "iron-tree-42"))))


def test_a_password_leaves_the_monitor_with_whether_all_is_well(closed: Datasette) -> None:
    answer = asyncio.run(closed.client.get("/-/health"))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})

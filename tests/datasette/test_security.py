"""Read-only, inert, and on its own site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from parsel import Selector

from archive import open_archive

Get = Callable[[str], httpx.Response]

PATHS = (
    "/",
    "/archive",
    "/archive/articles",
    "/archive/articles/1",
    "/archive/articles.csv",
    "/archive/articles.json",
    "/archive?sql=select+1",
    "/archive/",
    "/nowhere",
    "/static/jianbao.css",
)


def location_of(site: Datasette, raw_path: bytes) -> tuple[int, str | None]:
    """Status and Location for a path that no client library would send as it is."""
    started: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            started.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(site.app()(scope, receive, send))
    (start,) = started
    headers = {name.lower(): value for name, value in start["headers"]}  # type: ignore[attr-defined]
    assert b"content-security-policy" in headers
    location = headers.get(b"location")
    return start["status"], location and location.decode("latin-1")  # type: ignore[return-value]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(get: Get, path: str) -> None:
    headers = get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers.get_list("x-frame-options") == ["DENY"]
    assert headers.get_list("referrer-policy") == ["no-referrer"]


@pytest.mark.parametrize("path", PATHS[:4] + PATHS[6:7] + PATHS[8:9])
def test_no_page_needs_what_the_policy_forbids(get: Get, path: str) -> None:
    page = Selector(get(path).text)
    assert not page.css("script:not([src]), style, [style], [onclick], [onload]")
    assets = page.css("link[rel=stylesheet]::attr(href), script::attr(src), img::attr(src)").getall()
    assert assets and all(asset.startswith("/static/") for asset in assets)


@pytest.mark.parametrize(
    "raw_path",
    [rb"/\evil.example/", rb"//evil.example/", rb"/\/evil.example/", b"/\t/evil.example/", rb"/\\e/"],
)
def test_no_redirect_leaves_the_site(site: Datasette, raw_path: bytes) -> None:
    status, location = location_of(site, raw_path)
    plain = (location or "/").replace("\\", "/").replace("\t", "")
    assert status in (302, 404)
    assert plain.startswith("/") and not plain.startswith("//")


def test_redirects_within_the_site_work(site: Datasette) -> None:
    assert location_of(site, b"/archive/articles/") == (302, "/archive/articles")


def test_nothing_can_be_written(site: Datasette) -> None:
    connection = site.get_database("archive").connect()
    with pytest.raises(Exception, match="readonly"):
        connection.execute("delete from articles")


def test_a_giant_value_is_refused_at_once(get: Get) -> None:
    assert get("/archive?sql=select+hex(zeroblob(4e8))").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/evidence/a.warc.gz", "/static/../../data/archive.db", "/static/%2e%2e/metadata.yaml", "/archive.db"],
)
def test_files_of_the_data_folder_are_not_served(get: Get, data: Path, path: str) -> None:
    (data / "evidence").mkdir(exist_ok=True)
    (data / "evidence" / "a.warc.gz").write_bytes(b"as it came")
    response = get(path)
    assert response.status_code in (302, 403, 404)
    assert b"as it came" not in response.content and b"SQLite" not in response.content


def test_pages_are_read_while_a_crawl_writes_and_show_what_it_commits(
    serve_articles: Callable[..., Get], tmp_path: Path
) -> None:
    get = serve_articles()
    writer = open_archive(tmp_path)
    writer.execute("begin immediate")
    writer.execute(
        "insert into crawls (started, outcome) values ('2024-11-01T00:00:00Z', 'running')",
    )
    assert get("/archive/crawls.json?_shape=array").status_code == 200
    writer.execute("commit")
    outcomes = [row["outcome"] for row in get("/archive/crawls.json?_shape=array").json()]
    assert "running" in outcomes

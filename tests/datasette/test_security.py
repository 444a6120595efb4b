"""Read-only, inert, and on its own site."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette.app import Datasette
from parsel import Selector

from archive import open_archive, save_article, start_crawl
from archive.records import Article
from archive.records import Page as FetchedPage
from jianbao.serving import build_datasette

Get = Callable[[str], httpx.Response]

PATHS = (
    "/",
    "/archive",
    "/archive/articles",
    "/archive/articles/1",
    "/archive/articles.csv",
    "/archive/articles.json",
    "/archive?sql=select+1",
    "/search?_search=a",
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


@pytest.mark.parametrize("path", PATHS[:4] + PATHS[6:8] + PATHS[9:10])
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


COUNTING = "with recursive c(x) as (select 1 union all select x+1 from c limit {}) select {} from c"


@pytest.mark.parametrize(
    "sql",
    [
        "select hex(zeroblob(4e8))",
        COUNTING.format(200, "zeroblob(9000000)"),
        "select replace(hex(zeroblob(1000000)), '0', hex(zeroblob(1000000)))",
        f"select 'a' like '{'%a' * 100}'",
        f"select {','.join(['hex(zeroblob(4000000))'] * 500)}",
        f"select {'+'.join(['length(hex(randomblob(4900000)))'] * 200)}",
        "select printf('%.*c', 400000000, 'x')",
        "select format('%400000000s', 'x')",
        "select fts3_tokenizer('simple')",
    ],
)
def test_more_than_the_memory_can_take_is_refused(get: Get, sql: str) -> None:
    for path in ("/archive", "/archive.json", "/archive.csv"):
        assert get(f"{path}?sql={quote(sql)}").status_code == 400, path


def test_a_query_that_was_refused_leaves_its_connection_as_it_was(data: Path) -> None:
    site = build_datasette(data)
    archive = site.get_database("archive")
    count = "select " + "+".join(["abs(-1)"] * 60)

    async def ask() -> list[int]:
        await site.invoke_startup()
        with pytest.raises(sqlite3.DatabaseError):
            await archive.execute(f"{count}+{count.removeprefix('select ')}", log_sql_errors=False)
        return [await archive.execute_fn(lambda conn: conn.execute(count).fetchone()[0]) for _ in range(2)]

    assert asyncio.run(ask()) == [60, 60]


def test_functions_that_were_made_faster_give_what_sqlite_gives(site: Datasette) -> None:
    ours, plain = site.get_database("archive").connect(), sqlite3.connect(":memory:")
    site._prepare_connection(ours, "archive")
    for form in ("'%5.2f|%s', 3.14159, '洛阳'", "'%d%%', 12", "'%*d', 7, 3", "null", "'%.*c', 3, 'x'"):
        for name in ("printf", "format"):
            sql = f"select {name}({form})"
            assert tuple(ours.execute(sql).fetchone()) == plain.execute(sql).fetchone(), sql
    values: tuple[object, ...] = ("", "洛阳", "洛", "阳光", None, 12, 2, 1.5, "洛".encode(), "aXbX")
    for a, b in itertools.product(values, repeat=2):
        sql = "select instr(?1, ?2), replace(?1, ?2, '新'), replace('洛阳12', ?1, ?2)"
        assert tuple(ours.execute(sql, (a, b)).fetchone()) == plain.execute(sql, (a, b)).fetchone(), (a, b)


def test_what_is_posted_is_refused(site: Datasette, capfd: pytest.CaptureFixture[str]) -> None:
    for path in ("/archive/articles", "/archive/articles/1", "/archive/articles.json", "/archive/articles.csv"):
        assert asyncio.run(site.client.post(path, data={"title": "x"})).status_code in (403, 405), path
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.heavy
def test_hostile_sql_ends_soon_and_in_little_memory(data: Path) -> None:
    start = "from jianbao.cli import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", start, "serve", "--port", "0", "--data", str(data)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        address = re.search(r"http://[\d.:]+", server.stdout.readline())
        assert address
        httpx.get(f"{address[0]}/archive/articles", timeout=30)
        before = peak_megabytes(server.pid)
        for sql in (
            "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c",
            "select hex(zeroblob(4e8))",
            COUNTING.format(2000, "zeroblob(9000000)"),
            COUNTING.format(3000000, "x || hex(zeroblob(500)) as y") + " order by y desc",
            "select instr(hex(zeroblob(4000000)), hex(zeroblob(2000000)) || '1')",
            f"select hex(zeroblob(4900000)) like '%{'0' * 90}1'",
            f"select {','.join(['hex(zeroblob(4000000))'] * 1500)}",
            f"select {'+'.join(['length(hex(randomblob(4900000)))'] * 900)}",
            COUNTING.format(3000, "sum(length(hex(randomblob(4900000))))"),
        ):
            started = time.monotonic()
            httpx.get(f"{address[0]}/archive.json", params={"sql": sql}, timeout=90)
            assert time.monotonic() - started < 40, sql  # a hang bound: some took a minute, others would not end
        assert peak_megabytes(server.pid) - before < 200
    finally:
        server.terminate()
        server.wait(timeout=20)


def peak_megabytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak
    return int(peak[1]) // 1024


def test_without_sql_of_ones_own_the_rest_goes_on(data: Path) -> None:
    site = build_datasette(data, sql=False)

    def status(path: str) -> int:
        answer: httpx.Response = asyncio.run(site.client.get(path))
        return answer.status_code

    for path in ("/archive?sql=select+1", "/archive.json?sql=select+1", "/archive.csv?sql=select+1"):
        assert status(path) == 403
    for path in ("/archive/articles?_where=1=1", "/archive/articles.csv?_where=1=1"):
        assert status(path) == 403
    for path in ("/archive/articles?_search=洛阳", "/archive/articles.csv", "/archive"):
        assert status(path) == 200
    assert "<textarea" not in asyncio.run(site.client.get("/archive")).text


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


COUNT = "/archive.json?_shape=array&sql=select+count(*)+as+n+from+articles"
NOW = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.mark.heavy
def test_twenty_readers_see_a_crawl_grow_and_never_a_lock(tmp_path: Path) -> None:
    db = open_archive(tmp_path)
    site = build_datasette(tmp_path)
    crawl = start_crawl(db)
    db.close()
    written = 150
    counts: list[int] = []
    statuses: list[int] = []

    def write() -> None:
        writer = open_archive(tmp_path)
        for number in range(written):
            article = Article(
                url=f"https://park.example/{number}.html", title=f"第{number}篇", body="园区的一天。" * 50
            )
            page = FetchedPage(
                url=article.url, requested_url=article.url, site="x", depth=0, status=200, body=b"", fetched_at=NOW
            )
            save_article(writer, article, page, crawl_id=crawl, follow=False)
        writer.close()

    async def read(done: asyncio.Event, path: str) -> None:
        while not done.is_set():
            answer = await site.client.get(path)
            statuses.append(answer.status_code)
            assert "locked" not in answer.text
            if path == COUNT:
                counts.append(answer.json()[0]["n"])

    async def crawl_and_read() -> None:
        done = asyncio.Event()
        paths = ["/", "/search?_search=园区", "/archive/articles", "/archive/articles.csv", COUNT] * 4
        readers = [asyncio.create_task(read(done, path)) for path in paths]
        await asyncio.to_thread(write)
        done.set()
        await asyncio.gather(*readers)

    asyncio.run(crawl_and_read())
    assert set(statuses) == {200}
    assert len(set(counts)) > 2
    assert len(asyncio.run(site.client.get("/archive/articles.all.json")).json()) == written

"""CSV downloads: whole, readable by Excel, and harmless in it."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette.app import Datasette
from datasette.plugins import pm
from sqlite_utils import Database

from archive import export, open_archive
from archive.records import Article
from jianbao.serving import build_datasette

Get = Callable[[str], httpx.Response]

ROWS = "with recursive c(x) as (select 1 union all select x+1 from c limit {}) select {} from c"


def parse(response: httpx.Response) -> list[list[str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.count(b"\xef\xbb\xbf") == 1
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def query(get: Get, sql: str) -> list[list[str]]:
    return parse(get(f"/archive.csv?sql={quote(sql)}"))


@pytest.mark.parametrize("table", ["articles", "versions", "links", "removals", "pages", "crawls"])
def test_a_download_equals_its_table(get: Get, db: Database, table: str) -> None:
    heading, *rows = parse(get(f"/archive/{table}.csv"))
    wanted = {
        tuple("" if value is None else str(value) for value in row.values())
        for row in db.query(f"select {', '.join(heading)} from {table}")
    }
    assert len(rows) == len(wanted)
    assert {tuple(row) for row in rows} == wanted


def test_a_download_of_a_search_holds_what_the_search_found(get: Get) -> None:
    heading, *rows = parse(get(f"/archive/articles.csv?_search={quote('洛阳')}"))
    found = get(f"/archive/articles.json?_shape=array&_size=max&_search={quote('洛阳')}").json()
    assert [row[heading.index("id")] for row in rows] == [str(row["id"]) for row in found]


def test_a_table_of_several_batches_is_whole_and_in_order(tmp_path: Path) -> None:
    db = open_archive(tmp_path)
    db["numbers"].insert_all(({"id": number, "half": number // 2} for number in range(2501)), pk="id")
    db.conn.commit()
    site = build_datasette(tmp_path)
    response = asyncio.run(site.client.get("/archive/numbers.csv?_sort_desc=half&_next=100,5"))
    _, *rows = parse(response)
    assert [int(row[1]) for row in rows] == sorted((number // 2 for number in range(2501)), reverse=True)


def test_a_query_of_several_batches_is_whole(get: Get) -> None:
    heading, *rows = query(get, ROWS.format(2501, "x, '字' || x as word"))
    assert heading == ["x", "word"]
    assert rows == [[str(number), f"字{number}"] for number in range(1, 2502)]


def test_a_number_of_rows_that_was_asked_for_is_kept(get: Get) -> None:
    assert len(parse(get("/archive/articles.csv?_size=3"))) == 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(get: Get, start: str) -> None:
    _, row = query(get, f"select '{start}1+1' as cell, 'a{start}1' as harmless")
    assert row == [f"'{start}1+1", f"a{start}1"]


def test_the_guard_is_that_of_the_archives_own_export(site: Datasette) -> None:
    assert pm.get_plugin("csv_download.py").FORMULA_STARTS == export.FORMULA_STARTS


def test_headings_are_guarded_and_numbers_are_not(get: Get) -> None:
    assert query(get, 'select -5 as "=cmd"') == [["'=cmd"], ["-5"]]


def test_hostile_titles_are_guarded_in_a_table(serve_articles: Callable[..., Get]) -> None:
    get = serve_articles(Article(url="https://park.example/1", title='=1+1,"x"\n@', body="-正文"))
    heading, row = parse(get("/archive/articles.csv"))
    assert row[heading.index("title")].startswith("'=1+1,")
    assert row[heading.index("body")] == "'-正文"


def test_a_single_row_is_a_download_too(get: Get) -> None:
    heading, row = parse(get("/archive/articles/3.csv"))
    assert row[heading.index("id")] == "3"


def test_a_file_name_says_what_it_is(get: Get) -> None:
    assert "articles-" in get("/archive/articles.csv").headers["content-disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "/archive.csv?sql=select+nothing",
        "/archive.csv?sql=delete+from+articles",
        f"/archive.csv?sql={quote(ROWS.replace(' limit {}', '').format('count(*)'))}",
        "/archive/articles.csv?_sort=nothing",
    ],
)
def test_a_download_that_cannot_be_is_an_error_page(get: Get, path: str) -> None:
    response = get(path)
    assert response.status_code in (400, 500)
    assert response.headers["content-type"].startswith("text/html")


def test_an_endless_query_is_cut_off_so_that_no_file_looks_whole(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pm.get_plugin("csv_download.py"), "QUERY_MS", 50)
    sql = quote(ROWS.replace(" limit {}", "").format("x"))
    messages: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/archive.csv",
        "raw_path": b"/archive.csv",
        "query_string": f"sql={sql}".encode(),
        "headers": [],
    }
    asyncio.run(site.app()(scope, receive, send))
    assert messages[-1]["more_body"] is True


def test_the_filter_form_redirects_to_the_short_address(get: Get) -> None:
    response = get("/archive/articles.csv?_filter_column=site&_filter_op=exact&_filter_value=a&_size=2")
    assert response.status_code == 302
    assert "site__exact=a" in response.headers["location"]
    assert "_size=2" in response.headers["location"]

"""Downloads: whole, readable by Excel, and harmless in it."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

import feedparser
import httpx
import openpyxl
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
    assert pm.get_plugin("download_csv.py").FORMULA_STARTS == export.FORMULA_STARTS


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


def test_a_file_name_says_what_and_when(get: Get) -> None:
    day = datetime.now(UTC).date()
    for path, name, plain in (
        ("articles.csv", f"articles-{day}.csv", f"articles-{day}.csv"),
        (
            f"articles.plain.csv?_search={quote('洛阳')}&category=a%2Fb",
            f"articles-洛阳-a-b-{day}.csv",
            f"articles-a-b-{day}.csv",
        ),
        ("articles.xlsx?_sort=id", f"articles-{day}.xlsx", f"articles-{day}.xlsx"),
    ):
        header = get(f"/archive/{path}").headers["content-disposition"]
        assert unquote(header.partition("UTF-8''")[2]) == name
        assert f'; filename="{plain}"; ' in header
        assert header.isascii()


def test_plain_csv_is_the_table_itself(get: Get) -> None:
    response = get("/archive.plain.csv?sql=" + quote("select '=1+1' as a, null as b, '洛阳' as c"))
    assert response.content == "a,b,c\r\n=1+1,,洛阳\r\n".encode()


def test_json_holds_every_row_and_not_a_page_of_them(get: Get) -> None:
    rows = get("/archive.all.json?sql=" + quote(ROWS.format(2501, "x, '字' || x as word, x'00' as raw"))).json()
    assert len(rows) == 2501
    assert rows[-1] == {"x": 2501, "word": "字2501", "raw": {"$base64": True, "encoded": "AA=="}}
    assert get("/archive/articles.all.json?site=nowhere").json() == []


def test_a_workbook_has_dates_as_dates_links_as_links_and_text_as_text(serve_articles: Callable[..., Get]) -> None:
    hostile = Article(url="https://park.example/1", title="=1+1", body="@正文" * 9000, published="2024-09-27", views=7)
    get = serve_articles(hostile)
    book = openpyxl.load_workbook(io.BytesIO(get("/archive/articles.xlsx").content))
    heading, row = book.active.iter_rows()  # type: ignore[union-attr]
    cells = dict(zip((str(cell.value) for cell in heading), row, strict=True))
    assert (cells["title"].value, cells["title"].data_type) == ("=1+1", "s")
    assert cells["published"].value == datetime(2024, 9, 27)
    assert isinstance(cells["first_seen"].value, datetime)
    assert cells["url"].hyperlink.target == "https://park.example/1"
    assert cells["views"].value == 7
    assert str(cells["body"].value) == "@正文" * 9000
    widths = [column.width for column in book.active.column_dimensions.values()]  # type: ignore[union-attr]
    assert 8 < max(widths) <= 63


def test_a_workbook_takes_whatever_a_query_gives(get: Get) -> None:
    sql = "select 9e999 as a, 9223372036854775807 as b, x'ff' as c, char(8) || '字' as d, 'x' as a, null as e"
    book = openpyxl.load_workbook(io.BytesIO(get(f"/archive.xlsx?sql={quote(sql)}").content))
    _, row = book.active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert row[1:3] == ("9223372036854775807", "ff")


def test_more_rows_than_a_sheet_holds_are_an_error_page(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pm.get_plugin("download_xlsx.py"), "MAX_ROWS", 1500)
    response = get(f"/archive.xlsx?sql={quote(ROWS.format(2000, 'x'))}")
    assert response.status_code == 400 and "1,500" in response.text


def test_a_feed_lists_a_search_newest_first_with_its_addresses(get: Get) -> None:
    feed = feedparser.parse(get(f"/archive/articles.atom?_search={quote('洛阳')}").content)
    assert not feed.bozo
    found = get(f"/archive/articles.json?_shape=array&_search={quote('洛阳')}").json()
    assert [entry.title for entry in feed.entries] == [row["title"] for row in found]
    assert feed.entries[0].link.endswith(f"/archive/articles/{found[0]['id']}")
    assert feed.entries[0].updated == found[0]["last_changed"]


def test_a_feed_of_anything_at_all_can_be_read(get: Get) -> None:
    feed = feedparser.parse(get(f"/archive.atom?sql={quote('select 7 as title, 1 as category, null as body')}").content)
    assert not feed.bozo
    assert (feed.entries[0].title, feed.entries[0].category) == ("7", "1")


def test_a_feed_says_that_there_is_more(get: Get) -> None:
    feed = feedparser.parse(get(f"/archive.atom?sql={quote(ROWS.format(2000, 'x'))}").content)
    assert len(feed.entries) == 100 and "100" in feed.feed.subtitle
    assert len({entry.id for entry in feed.entries}) == 100


@pytest.mark.heavy
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "all.json"])
def test_three_hundred_thousand_rows_take_flat_memory(tmp_path: Path, suffix: str) -> None:
    db = open_archive(tmp_path)
    db.execute("pragma foreign_keys = off")
    lorem = "园区的老厂房里长出新产线。" * 20
    db.execute(
        "insert into versions (id, article_id, number, seen_at, title, body, sha256)"
        " with recursive c(x) as (select 1 union all select x+1 from c limit 300000)"
        " select x, x, 1, '2024-11-01T00:00:00Z', '标题' || x, ?, x from c",
        [lorem],
    )
    db.close()
    script = (
        "import asyncio, resource, sys; from pathlib import Path; from jianbao.serving import build_datasette\n"
        "app = build_datasette(Path(sys.argv[1])).app(); sent = 0\n"
        "scope = dict(type='http', method='GET', path=sys.argv[2], raw_path=sys.argv[2].encode(),"
        " query_string=b'', headers=[])\n"
        "async def receive(): return dict(type='http.request', body=b'')\n"
        "async def send(m):\n    global sent; sent += len(m.get('body', b''))\n"
        "asyncio.run(app(scope, receive, send))\n"
        "print(sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path)]
    few = subprocess.check_output([*arguments, f"/archive/crawls.{suffix}"], text=True)
    all_ = subprocess.check_output([*arguments, f"/archive/versions.{suffix}"], text=True)
    (_, before), (sent, after) = map(int, few.split()), map(int, all_.split())
    assert sent > 5_000_000
    assert after - before < 80


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
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("text/html")


def test_an_endless_query_is_cut_off_so_that_no_file_looks_whole(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pm.get_plugin("downloads.py"), "QUERY_MS", 50)
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

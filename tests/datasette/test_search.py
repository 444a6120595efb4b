"""The ordinary search box finds what the archive's own search and a full scan find."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from datasette.app import Datasette
from datasette.plugins import pm
from parsel import Selector
from sqlite_utils import Database

from archive.records import Article
from archive.search import search, to_match

Get = Callable[[str], httpx.Response]


def found(get: Get, words: str) -> set[int]:
    rows = get(f"/archive/articles.json?_shape=array&_size=max&_col=id&_search={quote(words)}").json()
    return {row["id"] for row in rows}


def scan(db: Database, words: str) -> set[int]:
    sql = "select id from articles where instr(title, :words) or instr(body, :words)"
    return {row["id"] for row in db.query(sql, {"words": words})}


@pytest.mark.parametrize("words", ["阳", "洛阳", "轴承厂", "老城区的订单", "“机器换了，", "第3条"])
def test_one_two_and_more_characters_equal_a_full_scan(get: Get, db: Database, words: str) -> None:
    assert scan(db, words)
    assert found(get, words) == scan(db, words)


def test_random_pieces_of_the_archive_equal_a_full_scan(get: Get, db: Database) -> None:
    randomly = random.Random(7)
    lines = [line for row in db.query("select title, body from articles") for line in row["body"].split("\n")]
    for _ in range(200):
        line = randomly.choice(lines)
        start = randomly.randrange(len(line))
        piece = line[start : start + randomly.randint(1, 6)]
        assert found(get, piece) == scan(db, piece), piece


@pytest.mark.parametrize("words", ["洛阳 订单", '"旧仓库改成"', "订单 -洛阳", "-洛阳", "ＡＤ", "没有的词", "  ", '"'])
def test_any_query_equals_the_archives_own_search(get: Get, db: Database, words: str) -> None:
    if words.strip():
        assert found(get, words) == {hit.id for hit in search(db, words, limit=1000)}


def test_escape_fts_is_the_archives_to_match(site: Datasette) -> None:
    connection = sqlite3.connect(":memory:")
    site._prepare_connection(connection, "archive")
    randomly = random.Random(3)
    for _ in range(500):
        words = "".join(randomly.choice('洛阳Ａa１ "-*^():¶\t\u200b\u3000é') for _ in range(randomly.randrange(9)))
        assert connection.execute("select escape_fts(?)", (words,)).fetchone()[0] == to_match(words), words


def listed(get: Get, query: str) -> Selector:
    response = get(f"/search?{query}")
    assert response.status_code == 200, response.text
    return Selector(response.text)


def ids(page: Selector) -> list[int]:
    return [int(href.rpartition("/")[2]) for href in page.css(".hits h2 a::attr(href)").getall()]


def test_the_best_hit_comes_first_as_in_the_archives_own_search(get: Get, db: Database) -> None:
    page = listed(get, f"_search={quote('订单')}")
    best = [hit.id for hit in search(db, "订单", limit=20)]
    assert ids(page) == best
    assert ids(listed(get, f"_search={quote('订单')}&_page=2")) == [hit.id for hit in search(db, "订单", offset=20)]


def test_the_newest_comes_first_for_who_asks(get: Get, db: Database) -> None:
    page = listed(get, f"_search={quote('洛阳')}&_sort_desc=published")
    newest = db.query("select id from articles where title || body like '%洛阳%' order by published desc, id desc")
    assert ids(page) == [row["id"] for row in newest][:20]


def test_hits_are_marked_in_title_and_text(get: Get) -> None:
    page = listed(get, f"_search={quote('洛陽')}")
    assert set(page.css(".hits h2 mark::text").getall()) == {"洛阳"}
    assert page.css(".hits .summary mark")


@pytest.mark.parametrize("column", ["site", "category", "source", "month"])
def test_a_filter_counts_what_it_leads_to(get: Get, column: str) -> None:
    shelf = listed(get, f"_search={quote('洛阳')}").css(f"#facet-{column} li")
    assert shelf
    for entry in shelf:
        narrowed = listed(get, (entry.css("a::attr(href)").get() or "").lstrip("?"))
        count = entry.css("span::text").get()
        assert narrowed.css(".chips strong::text").get() == f"共 {count} 篇"
        assert len(ids(narrowed)) == int(count or 0)
        assert narrowed.css(".chips a::attr(href)").get() == f"?_search={quote('洛阳')}"


def test_its_downloads_hold_the_same_articles(get: Get) -> None:
    page = listed(get, f"_search={quote('洛阳')}&category={quote('产业动态')}&_page=1")
    (url,) = (url for url in page.css(".menu a::attr(href)").getall() if ".all.json" in url)
    assert {row["id"] for row in get(url).json()} == set(ids(page))


def test_too_many_hits_are_found_but_not_counted(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pm.get_plugin("search_page.py"), "COUNTED", 3)
    page = listed(get, f"_search={quote('洛阳')}")
    assert page.css(".hits li") and page.css("#narrow .notice") and not page.css(".facet")


@pytest.mark.parametrize("query", ["_sort_desc=id", "_page=0", "_page=x", "_page=99999999"])
def test_what_makes_no_sense_is_an_error_page(get: Get, query: str) -> None:
    assert get(f"/search?_search=a&{query}").status_code == 400


def test_no_words_lead_to_all_articles(get: Get) -> None:
    assert get("/search?_search=+").headers["location"] == "/archive/articles"


@pytest.mark.parametrize(("ranked", "counted"), [(3, 2), (12, 2), (1000, 2), (1000, 1000)])
@pytest.mark.parametrize("query", ["", "&_sort_desc=published", f"&category={quote('产业动态')}"])
@pytest.mark.parametrize("words", ["线", "轴承", "线 -洛阳", "-洛阳"])
def test_the_pages_hold_every_hit_once_however_many_there_are(
    get: Get, db: Database, monkeypatch: pytest.MonkeyPatch, ranked: int, counted: int, query: str, words: str
) -> None:
    plugin = pm.get_plugin("search_page.py")
    for name, value in (("RANKED", ranked), ("COUNTED", counted), ("PAGE_SIZE", 5)):
        monkeypatch.setattr(plugin, name, value)
    listing = get(f"/archive/articles.json?_shape=array&_size=max&_col=id&_search={quote(words)}{query}").json()
    wanted = {row["id"] for row in listing}
    shown: list[int] = []
    for number in range(1, 10):
        page = listed(get, f"_search={quote(words)}{query}&_page={number}")
        shown += ids(page)
        if not page.css("a[rel=next]"):
            break
    assert len(shown) == len(wanted) and set(shown) == wanted
    assert page.css(".chips strong::text").get() == f"共 {len(wanted)} 篇"


def test_of_very_many_hits_those_in_the_title_come_first(
    serve_articles: Callable[..., Get], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pm.get_plugin("search_page.py"), "RANKED", 3)
    monkeypatch.setattr(pm.get_plugin("search_page.py"), "COUNTED", 2)
    titles = ("旧厂房", "牡丹开了", "厂房与厂房", "夜校", "订单")
    articles = [
        Article(url=f"https://park.example/{number}.html", title=title, body="厂房里有机器。" * (number + 1))
        for number, title in enumerate(titles)
    ]
    found = ids(listed(serve_articles(*articles), f"_search={quote('厂房')}"))
    assert set(found[:2]) == {1, 3}
    assert found[2:] == [5, 4, 2]

"""What a reader sees: home, the list, an article, plain tables, errors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from parsel import Selector
from sqlite_utils import Database

from archive import open_archive
from archive.records import Article, Link
from tests.datasette.conftest import write_article

Get = Callable[[str], httpx.Response]


def page(get: Get, path: str, status: int = 200) -> Selector:
    response = get(path)
    assert response.status_code == status
    return Selector(response.text)


def texts(found: Any) -> list[str]:
    """The visible text of elements, white space made single."""
    return [" ".join("".join(element.css("::text").getall()).split()) for element in found]


def test_home_says_what_the_archive_holds(get: Get, db: Database) -> None:
    home = page(get, "/")
    articles, sites, sources, first, last = next(
        db.query(
            "select count(*), count(distinct site), count(distinct source), min(published), max(published)"
            " from articles"
        )
    ).values()
    assert texts(home.css(".figures dd")) == [str(articles), str(sites), str(sources), f"{first} — {last}"]
    assert "新增 24 · 改动 1" in texts(home.css(".crawl"))[0]


def test_home_shows_the_newest_articles_and_a_search_box(get: Get, db: Database) -> None:
    home = page(get, "/")
    newest = [row["title"] for row in db.query("select title from articles order by published desc, id desc limit 12")]
    assert texts(home.css(".newest h3")) == newest
    assert home.css("form[action='/search'] input[name=_search]")


def test_home_of_an_empty_archive_says_how_to_fill_it(serve_articles: Callable[..., Get]) -> None:
    assert "jianbao crawl" in texts(page(serve_articles(), "/").css(".notice"))[0]


def test_a_crawl_that_runs_is_named_so(serve_articles: Callable[..., Get]) -> None:
    assert "正在抓取" in texts(page(serve_articles(), "/").css(".crawl"))[0]


def test_list_links_each_title_to_its_article(get: Get, db: Database) -> None:
    listing = page(get, "/archive/articles")
    shown = [(link.attrib["href"], "".join(link.css("::text").getall())) for link in listing.css("td.col-title > a")]
    wanted = db.query("select id, title from articles order by published desc, id")
    assert shown == [(f"/archive/articles/{row['id']}", row["title"]) for row in wanted]


def test_list_names_its_columns_in_chinese_and_never_shows_whole_bodies(get: Get, db: Database) -> None:
    listing = page(get, "/archive/articles")
    assert texts(listing.css("table.clippings th")) == ["日期", "标题", "来源", "分类", "站点"]
    body = next(db.query("select body from articles limit 1"))["body"]
    assert body not in listing.get()


@pytest.mark.parametrize("column", ["site", "category", "source", "month"])
def test_list_counts_articles_by_facet(get: Get, db: Database, column: str) -> None:
    facet = page(get, "/archive/articles").css(f"#facet-{column}")
    shown = dict(zip(texts(facet.css("li a")), texts(facet.css("li span")), strict=True))
    counted = db.query(f"select {column} as value, count(*) as n from articles where {column} is not null group by 1")
    assert shown == {row["value"]: str(row["n"]) for row in counted}


def test_months_run_from_the_newest_to_the_oldest(get: Get) -> None:
    months = texts(page(get, "/archive/articles").css("#facet-month li a"))
    assert months == sorted(months, reverse=True)


def test_a_facet_and_a_search_narrow_together_and_can_be_taken_away(get: Get, db: Database) -> None:
    narrowed = page(get, f"/archive/articles?_search={quote('洛阳')}&category={quote('产业动态')}")
    (count,) = db.execute(
        "select count(*) from articles where category = '产业动态' and title || body like '%洛阳%'"
    ).fetchone()
    assert count
    assert texts(narrowed.css(".chips strong")) == [f"共 {count} 篇"]
    assert narrowed.css(".chips a::attr(href)").getall() == [
        f"/archive/articles?category={quote('产业动态')}",
        f"/archive/articles?_search={quote('洛阳')}",
    ]


def test_list_keeps_the_columns_that_somebody_picked(get: Get) -> None:
    picked = page(get, "/archive/articles?_col=views")
    assert texts(picked.css("table.rows-and-columns th")) == ["编号", "阅读数"]


def test_article_page_prints_every_paragraph(get: Get, db: Database) -> None:
    row = next(db.query("select * from articles where id = 5"))
    article = page(get, "/archive/articles/5")
    assert article.css("html").attrib["lang"] == "zh-CN"
    assert texts(article.css("h1")) == [row["title"]]
    assert article.css(".text p::text").getall() == row["body"].split("\n")
    byline = texts(article.css("article .byline"))[0]
    for part in (row["published"], row["source"], row["reporter"]):
        assert part in byline
    assert texts(article.css(".kicker")) == [row["category"]]


def test_article_page_links_to_the_original_without_referrer(get: Get, db: Database) -> None:
    original = page(get, "/archive/articles/5").css(".byline a.outside")
    assert original.attrib["href"] == next(db.query("select url from articles where id = 5"))["url"]
    assert original.attrib["rel"] == "noopener noreferrer"


def test_related_articles_link_here_when_archived_and_out_when_not(get: Get) -> None:
    here, out = page(get, "/archive/articles/5").css(".related li")
    assert here.css("h3 a::attr(href)").getall() == ["/archive/articles/6"]
    assert texts(here.css(".summary")) == ["摘一句"]
    assert out.css("h3 a::attr(href)").getall() == ["https://park.example/old/4.html"]
    assert texts(out.css(".tag")) == ["未存档"]


def test_a_related_article_that_waits_for_its_turn_says_so(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    link = Link(url="https://park.example/next.html", title="下一篇", snippet=None, position=1)
    get = serve_articles(Article(url="https://park.example/x.html", title="一", body="二", related=(link,)))
    open_archive(tmp_path).execute(
        "insert into pages (url, url_key, site, state) values (?, 'park.example/next.html', 'x', 'pending')", [link.url]
    )
    assert texts(page(get, "/archive/articles/1").css(".related .tag")) == ["待抓取"]


def test_the_same_story_elsewhere_is_told_by_title_or_by_text(serve_articles: Callable[..., Get]) -> None:
    told = "园区管委会主任说，今年要把闲置的厂房一间一间盘活，让机器重新转起来。"
    stories = (
        ("厂房里长出新“产线”", told),
        ("厂房里长出新“产线”（组图）", "短"),
        ("另一个标题", f"开头。\n{told}"),
        ("无关", "无关"),
    )
    articles = [
        Article(url=f"https://park.example/{number}.html", title=title, body=body)
        for number, (title, body) in enumerate(stories)
    ]
    get = serve_articles(*articles)
    same = page(get, "/archive/articles/1").css(".same-story a::attr(href)").getall()
    assert same == ["/archive/articles/2", "/archive/articles/3"]
    assert not page(get, "/archive/articles/4").css(".same-story")


def test_a_table_in_a_text_is_a_table_and_a_numbered_head_a_head(serve_articles: Callable[..., Get]) -> None:
    body = "先说一句。\n一、算清三笔账\n指标 | 2023年\n产值 | 31.2\n再说一句。"
    text = page(
        serve_articles(Article(url="https://park.example/x.html", title="一", body=body)), "/archive/articles/1"
    )
    assert texts(text.css(".text td")) == ["指标", "2023年", "产值", "31.2"]
    assert texts(text.css(".text .subhead")) == ["一、算清三笔账"]
    assert len(text.css(".text p")) == 3


def test_an_article_says_how_to_cite_it_and_how_it_was_fetched(get: Get, db: Database) -> None:
    article = page(get, "/archive/articles/5")
    row = next(db.query("select * from articles where id = 5"))
    (cited,) = texts(article.css(".citation"))
    assert cited == f"{row['title']}[EB/OL]. {row['source']}, ({row['published']})[2024-11-01]. {row['url']}.".replace(
        row["title"], f"{row['reporter']}. {row['title']}", 1
    )
    facts = texts(article.css(".facts dd"))
    assert next(db.query("select sha256 from pages where article_id = 5"))["sha256"] in facts
    assert "200" in facts


def test_a_version_shows_what_changed_since_the_one_before(get: Get) -> None:
    newest, oldest = page(get, "/archive/articles/2").css(".versions li a::attr(href)").getall()
    changed = page(get, newest)
    assert texts(changed.css("h1 ins, h1 del"))
    assert "".join(changed.css("h1 ins::text, h1::text").getall()).strip() == "改过的标题"
    assert not page(get, oldest).css("ins, del")
    assert not page(get, f"{newest}?_against=0").css("ins, del")
    backwards = page(get, f"{oldest}?_against=2")
    assert backwards.css("h1").get() == changed.css("h1").get()


def test_removals_are_folded_in_with_rule_and_masked_text(get: Get, db: Database) -> None:
    article = page(get, "/archive/articles/5")
    stored = list(db.query("select * from removals where article_id = 5 order by position"))
    assert texts(article.css(".removals del")) == [row["text"] for row in stored]
    assert texts(article.css(".removals code")) == [row["rule"] for row in stored]
    assert article.css("details .removals")
    assert "400-000-1234" not in article.get()


def test_removals_of_an_older_version_are_not_shown_twice(get: Get) -> None:
    assert len(page(get, "/archive/articles/2").css(".removals li")) == 2


def test_versions_are_listed_newest_first(get: Get) -> None:
    versions = page(get, "/archive/articles/2").css(".versions li")
    assert [item.css("a::text").get() for item in versions] == ["第 2 版 · 看改动", "第 1 版"]
    assert texts(versions.css(".tag")) == ["当前"]
    old = page(get, versions[1].css("a::attr(href)").get() or "")
    assert "洛阳" in old.get() or "河阳" in old.get()


def test_hostile_text_stays_text(serve_articles: Callable[..., Get]) -> None:
    hostile = Article(
        url="https://park.example/x.html",
        title="<script>alert(1)</script>",
        body="<img src=x onerror=alert(1)>\n{{ 7*7 }}",
        source='"><script>alert(2)</script>',
        related=(Link(url="javascript:alert(3)", title="<b>粗</b>", snippet="<i>", position=1),),
    )
    get = serve_articles(hostile)
    for path in (
        "/",
        "/search?_search=alert",
        "/archive/articles?_search=alert",
        "/archive/articles/1",
        "/archive/links",
        "/archive/links/1",
    ):
        shown = page(get, path)
        assert not shown.css("script:not([src^='/static/']), img, b, i"), path
        assert not [href for href in shown.css("::attr(href)").getall() if href.startswith("javascript:")], path


def test_an_article_that_is_gone_says_so(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    get = serve_articles(Article(url="https://park.example/x.html", title="一", body="二"))
    open_archive(tmp_path).execute("update articles set state = 'gone'")
    assert "原网页已经不在" in texts(page(get, "/archive/articles/1").css(".notice"))[0]


def test_plain_tables_have_headings_and_descriptions(get: Get) -> None:
    removals = page(get, "/archive/removals")
    assert "规则" in texts(removals.css("th"))
    assert removals.css("th[title='去掉它的清理规则']")
    assert "联系方式" in texts(removals.css("td.col-kind"))


def test_pages_after_the_first_show_no_facets_as_they_would_count_the_rest_only(get: Get) -> None:
    first = page(get, "/archive/articles?_size=10")
    assert first.css("#narrow")
    address = first.css("a[rel=next]::attr(href)").get() or ""
    following = page(get, address.removeprefix("http://localhost"))
    assert following.css("td.col-title") and not following.css("#narrow")


def test_a_query_page_says_when_it_shows_only_a_part(get: Get) -> None:
    endless = "with recursive c(x) as (select 1 union all select x+1 from c limit 1001) select x from c"
    assert "多于" in texts(page(get, f"/archive?sql={quote(endless)}").css(".chips"))[0]


def test_every_page_offers_its_download(get: Get) -> None:
    for path in ("/archive/articles", "/archive/removals", "/archive?sql=select+1"):
        links = page(get, path).css(".headline .menu a::attr(href)").getall()
        types = [get(link).headers["content-type"].partition(";")[0] for link in links]
        assert types == [
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "text/csv",
            "application/json",
            "application/atom+xml",
        ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive/articles/999", 404),
        ("/nowhere", 404),
        ("/archive/nowhere", 404),
        ("/archive?sql=drop+table+articles", 400),
        ("/archive/articles?_size=-1", 400),
        ("/archive/articles?_sort=nothing", 400),
        ("/archive/articles?_through=x", 400),
    ],
)
def test_a_readers_error_is_a_page_and_no_traceback(
    get: Get, capfd: pytest.CaptureFixture[str], path: str, status: int
) -> None:
    error = page(get, path, status)
    assert texts(error.css("h1"))[0] in ("没有这一页", "请求有误")
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/archive/versions/01", "/archive/versions/1"), ("/archive/versions/1,2", "/archive/versions/1"),
     ("/archive/articles/1,2", "/archive/articles/1")],
)  # fmt: skip
def test_another_way_to_write_the_address_of_a_row_shows_it(get: Get, path: str, shown: str) -> None:
    assert page(get, path).css("h1").get() == page(get, shown).css("h1").get()


def test_a_query_that_takes_too_long_is_stopped(get: Get) -> None:
    endless = quote("with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c")
    assert "时限" in texts(page(get, f"/archive?sql={endless}", 400).css(".notice"))[0]


def test_json_addresses_are_datasettes_own(get: Get) -> None:
    answer = get("/archive/articles/5.json?_shape=array").json()
    assert answer[0]["id"] == 5
    assert get("/archive/articles/999.json").json()["status"] == 404


def test_a_single_month_does_not_fill_the_chart(
    serve_articles: Callable[..., Get],
) -> None:
    get = serve_articles(
        Article(url="https://park.example/x.html", title="长" * 9000, body="二", published="2024-05-01")
    )
    home = page(get, "/")
    assert home.css("svg.chart").attrib["viewbox"] == "0 0 240 100"
    assert texts(home.css(".axis span")) == ["2024-05", "最多 1"]


def test_home_draws_months_removals_and_growth(get: Get, db: Database) -> None:
    home = page(get, "/")
    first, last = db.execute("select min(month), max(month) from articles").fetchone()
    bars = [bar.rpartition("=")[2] for bar in home.css(".chart a::attr(href)").getall()]
    assert (bars[0], bars[-1]) == (first, last)
    years = range(int(first[:4]), int(last[:4]) + 1)
    every = (f"{year}-{month:02}" for year in years for month in range(1, 13))
    assert bars == [month for month in every if first <= month <= last]  # those without an article too
    counts = {row["kind"]: row["n"] for row in db.query("select kind, count(*) as n from removals group by 1")}
    assert [int(text) for text in texts(home.css(".charts .shelf li span"))] == sorted(counts.values(), reverse=True)


def test_home_is_there_though_all_articles_are_of_the_future(serve_articles: Callable[..., Get]) -> None:
    get = serve_articles(Article(url="https://park.example/x.html", title="一", body="二", published="2124-05-01"))
    assert len(page(get, "/").css("a[href$='?month=2124-05'] rect")) == 2


AUDITS = ("removals_by_rule", "pages_not_fetched", "crawl_trend", "site_coverage")


@pytest.mark.parametrize("name", AUDITS)
def test_audits_are_linked_from_home_and_can_be_downloaded(get: Get, name: str) -> None:
    assert f"/archive/{name}" in page(get, "/").css("aside a::attr(href)").getall()
    audit = page(get, f"/archive/{name}")
    assert audit.css("h1::text").get() and audit.css(".description::text").get()
    rows = get(f"/archive/{name}.all.json").json()
    assert len(audit.css("tbody tr")) == len(rows)


def test_removals_by_rule_lead_to_an_article(get: Get, db: Database) -> None:
    rows = get("/archive/removals_by_rule.json?_shape=array").json()
    assert {(row["rule"], row["removals"]) for row in rows} == {
        (row["rule"], row["n"]) for row in db.query("select rule, count(*) as n from removals group by 1")
    }
    audit = page(get, "/archive/removals_by_rule")
    assert audit.css("td.col-article_id a[href='/archive/articles/1']")
    for rule in audit.css("td.col-rule a"):
        listed = page(get, rule.attrib["href"])
        assert set(texts(listed.css("td.col-rule"))) == set(texts([rule]))


def test_a_ready_made_query_shows_its_rows_before_its_sql_and_typed_sql_the_other_way(get: Get) -> None:
    ready = page(get, "/archive/crawl_trend")
    assert ready.css("table ~ form, .table-wrapper ~ form.sql")
    typed = page(get, "/archive?sql=select+1")
    assert typed.css("form.sql ~ .table-wrapper") and not typed.css(".table-wrapper ~ form.sql")


def test_reasons_are_words_with_their_detail(serve_articles: Callable[..., Get], tmp_path: Path) -> None:
    get = serve_articles()
    insert = "insert into pages (url, url_key, site, state, reason) values (?1, ?1, 'x', 'failed', ?2)"
    for number, reason in enumerate(("not-an-article: list", "http 500", "timeout")):
        open_archive(tmp_path).execute(insert, [f"https://a.example/{number}", reason])
    shown = texts(page(get, "/archive/pages").css("td.col-reason"))
    assert shown == ["不是文章：列表页", "http 500", "超时"]


def test_listings_and_parts_that_were_read_are_not_among_the_pages_not_fetched(
    serve_articles: Callable[..., Get], tmp_path: Path
) -> None:
    get = serve_articles()
    insert = "insert into pages (url, url_key, site, state, reason, kind, belongs_to) values (?1, ?1, 'x', 'fetched', ?2, ?3, ?4)"
    for number, (reason, kind, first) in enumerate(
        (("25 articles", "listing", None), ("not-an-article: list", None, None), ("part", None, 2))
    ):
        open_archive(tmp_path).execute(insert, [f"https://a.example/{number}", reason, kind, first])
    rows = get("/archive/pages_not_fetched.json?_shape=array").json()
    assert [row["reason"] for row in rows] == ["not-an-article: list"]


def test_a_row_links_to_the_rows_that_it_names_and_names_no_empty_tables(get: Get) -> None:
    row = page(get, "/archive/pages/1")
    assert row.css("dd a[href='/archive/articles/1']") and row.css("dd a[href='/archive/crawls/1']")
    assert not [text for text in texts(row.css("main li")) if "（0）" in text]


def test_moments_are_shown_to_the_minute_and_stay_what_they_are_in_downloads(get: Get, db: Database) -> None:
    seen = next(db.query("select seen_at from versions where id = 1"))["seen_at"]
    cell = page(get, "/archive/versions?id=1").css("td.col-seen_at time")
    assert (cell.attrib["datetime"], texts(cell)) == (seen, [f"{seen[:10]} {seen[11:16]} UTC"])
    assert get("/archive/versions.json?_shape=array&id=1").json()[0]["seen_at"] == seen


def test_only_the_first_text_of_an_article_came_by_no_change(serve_articles: Callable[..., Get]) -> None:
    first, other = write_article(1), dataclasses.replace(write_article(1), title="改过的标题")
    get = serve_articles(first, other, first)  # which comes back as its version 1
    cells = texts(page(get, "/archive/history?_sort=id").css("td.col-cause"))
    assert cells == ["首次收录", "网页改动", "网页改动"]
    assert "首次收录" in get("/archive/history/1").text
    assert get("/archive/history.all.json?_sort=id").json()[0]["cause"] == "crawl"

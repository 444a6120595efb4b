"""Every page ends in one counted state with a reason, and a run that did not do its job says so."""

from __future__ import annotations

from typing import Any

import pytest


def said(words: str, *, title: str = "") -> bytes:
    return f'<html><head><meta charset="utf-8"><title>{title or words}</title></head><body><h1>{words}</h1></body></html>'.encode()


def test_error_and_captcha_pages_with_status_200_are_no_articles_and_the_table_adds_up(
    site: Any, web: Any, crawler: Any
) -> None:
    html = {"Content-Type": "text/html; charset=utf-8"}
    links = ["/soft-404", "/captcha", "/login", "/self", "/old", "/new", "/gone", "/broken", "http://127.0.0.2/x"]
    site.pages |= {
        "/a": web.article(1, *links),
        "/soft-404": web.Reply(said("抱歉，您访问的页面不存在"), headers=html),
        "/captcha": web.Reply(said("请输入验证码后继续访问"), headers=html),
        "/login": web.Reply(said("请先登录后查看全文"), headers=html),
        "/self": web.redirect("/self"),
        "/old": web.redirect("/new"),
        "/new": web.article(2),
        "/broken": web.Reply(status=500),
    }
    configured = f'[[site]]\nname = "周报"\nstart = ["{site.url}/a"]\ndepth = 1\ndelay = 0\n'
    (crawler.data.parent / "jianbao.toml").write_text(configured, "utf-8")
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 0, crawl.stderr
    ends = {url.removeprefix(site.url): end for url, end in crawl.pages.items()}
    assert {ends.pop("/old"), ends.pop("/new")} == {("fetched", None), ("fetched", "redirect")}
    assert ends == {
        "/a": ("fetched", None),
        "/soft-404": ("fetched", "not-an-article: not-found"),
        "/captcha": ("fetched", "not-an-article: captcha"),
        "/login": ("fetched", "not-an-article: login"),
        "/self": ("failed", "too-many-redirects"),
        "/gone": ("gone", "http 404"),
        "/broken": ("failed", "http 500"),
        "http://127.0.0.2/x": ("refused", "off-site: 127.0.0.2"),
    }
    assert site.times("/new") == 1
    table = dict(line.rsplit(maxsplit=1) for line in crawl.stdout.splitlines() if line.strip())
    counts = {name.strip(): int(pages) for name, pages in table.items()}
    assert counts.pop("found") == sum(counts.values()) == len(ends) + 2
    [row] = crawl.rows("select new + changed + unchanged + joined + no_article + failed + refused + gone from crawls")
    assert row == (len(ends) + 2,)


@pytest.mark.parametrize("order", [("/old", "/new"), ("/new", "/old")])
def test_a_page_and_a_redirect_to_it_are_one_request_and_one_article(
    order: tuple[str, str], site: Any, web: Any, crawler: Any
) -> None:
    site.pages |= {"/a": web.article(1, *order), "/old": web.redirect("/new"), "/new": web.article(2)}
    for _ in range(2):
        crawl = crawler.scrapy(f"{site.url}/a")
        assert site.times("/new") == 1
        assert crawl.articles == {f"{site.url}/a", f"{site.url}/new"}
        assert {state for state, _ in crawl.pages.values()} == {"fetched"}
        assert crawl.rows("select count(*) from links where to_id is null") == [(0,)]
        site.requests.clear()


def test_a_name_that_does_not_resolve_fails_the_crawl_in_one_line(crawler: Any) -> None:
    crawl = crawler.jianbao("crawl", "http://nowhere.invalid/a")
    assert crawl.exit_status == 1
    assert crawl.stderr == "Error: not archived: http://nowhere.invalid/a (failed: dns)\n"


def test_a_crawl_that_archives_and_confirms_nothing_fails_in_one_line(site: Any, web: Any, crawler: Any) -> None:
    site.pages["/a"] = web.Reply(said("请输入验证码后继续访问"), headers={"Content-Type": "text/html; charset=utf-8"})
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    assert crawl.exit_status == 1
    assert crawl.stderr == f"Error: not archived: {site.url}/a (fetched: not-an-article: captcha)\n"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "gb2312", None])
def test_a_gbk_page_has_right_titles_whatever_its_header_says(
    declared: str | None, site: Any, web: Any, crawler: Any
) -> None:
    page = web.article(1, "/b", "/c").body.decode().replace("相关报道1", "镕基广场改造完工").replace("utf-8", "gbk")
    content_type = f"text/html; charset={declared}" if declared else "text/html"
    site.pages["/a"] = web.Reply(page.encode("gbk"), headers={"Content-Type": content_type})
    crawl = crawler.scrapy(f"{site.url}/a", depth=0)
    assert crawl.rows("select title from articles") == [("第1号园区开工",)]
    assert crawl.rows("select title from links order by position") == [("镕基广场改造完工",), ("相关报道2",)]

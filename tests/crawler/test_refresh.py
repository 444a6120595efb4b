"""A second and a third crawl of one site: what is asked for, and what of it makes a version."""

from __future__ import annotations

from typing import Any

import pytest


def fill(site: Any, web: Any, count: int, *, etag: str = "1", changed: tuple[int, ...] = ()) -> None:
    """A start that names the first fifty of `count` articles, each of which names the ten after it."""
    site.pages["/a"] = web.article(0, *[f"/p{n}" for n in range(1, min(count, 50) + 1)], etag='"a"')
    for n in range(1, count + 1):
        following = [f"/p{i}" for i in range(n + 1, min(n + 11, count + 1))]
        tag = f'"{n}-{etag}"' if n in changed else f'"{n}"'
        site.pages[f"/p{n}"] = web.article(n + 1000 * (n in changed), *following, etag=tag)


@pytest.mark.heavy
def test_three_of_a_hundred_changed_articles_are_three_versions(site: Any, web: Any, crawler: Any) -> None:
    fill(site, web, 99)
    first = crawler.scrapy(f"{site.url}/a", depth=9)
    assert first.rows("select count(*) from versions") == [(100,)]
    stable = "select id, url, title, body, first_seen, last_changed, version, state from articles order by id"
    before = first.rows(stable)
    site.answers.clear()
    second = crawler.scrapy(f"{site.url}/a", depth=9)
    answered = [status for path, status in site.answers if path != "/robots.txt"]
    assert answered.count(304) >= 0.95 * len(answered)
    assert second.rows("select count(*) from versions") == [(100,)]
    assert second.rows(stable) == before
    assert second.rows("select new, changed, unchanged from crawls where id = 2") == [(0, 0, 100)]
    fill(site, web, 99, etag="2", changed=(5, 50, 99))
    crawler.age(1)  # what the second crawl asked for last was asked for a moment ago, and so not due yet
    third = crawler.scrapy(f"{site.url}/a", depth=9)
    assert third.rows("select new, changed, unchanged from crawls where id = 3") == [(0, 3, 97)]
    assert third.rows("select count(*) from versions") == [(103,)]


def test_old_articles_are_not_asked_for_until_they_are_due_or_all_are(site: Any, web: Any, crawler: Any) -> None:
    fill(site, web, 3)
    crawler.scrapy(f"{site.url}/a")
    crawler.age(100)
    site.requests.clear()
    crawler.scrapy(f"{site.url}/a")
    assert sorted(site.paths) == ["/a", "/p1", "/p2", "/p3"]
    site.requests.clear()
    crawler.scrapy(f"{site.url}/a")
    assert site.paths == ["/a"]
    site.requests.clear()
    everything = crawler.scrapy(f"{site.url}/a", refresh="all")
    assert sorted(site.paths) == ["/a", "/p1", "/p2", "/p3"]
    assert everything.exit_status == 0


def test_an_article_that_disappears_twice_is_gone_and_comes_back_without_a_version(
    site: Any, web: Any, crawler: Any
) -> None:
    fill(site, web, 1)
    crawler.scrapy(f"{site.url}/a")
    page = site.pages.pop("/p1")
    states = "select state, version, length(body) > 100 from articles where url like '%/p1'"
    assert crawler.scrapy(f"{site.url}/a").rows(states) == [("live", 1, 1)]
    assert crawler.scrapy(f"{site.url}/a").rows(states) == [("gone", 1, 1)]
    site.pages["/p1"] = page
    back = crawler.scrapy(f"{site.url}/a", refresh="all")
    assert back.rows(states) == [("live", 1, 1)]
    assert back.rows("select count(*) from versions") == [(2,)]


def test_what_changes_at_every_fetch_makes_no_version(site: Any, web: Any, crawler: Any) -> None:
    def volatile(n: int) -> Any:
        body = web.article(1, *[f"/r{i}" for i in (range(5) if n % 2 else range(4, 1, -1))]).body.decode()
        line = f'<div class="info">{n}年前 (2024-05-02) 浏览 {n * 37}</div>'
        body = body.replace('<div class="info">2024-05-02</div>', line)
        side = f'<div class="sidebar"><ul><li><a href="/x{n}">热门推荐第{n}条新闻标题</a></li></ul></div>'
        return web.Reply(body.replace("</body>", f"{side}</body>").encode(), headers={"Content-Type": "text/html"})

    for n in (1, 2, 3):
        site.pages["/a"] = volatile(n)
        crawl = crawler.scrapy(f"{site.url}/a", depth=0)
    assert crawl.rows("select version, views, published from articles") == [(1, 111, "2024-05-02")]
    assert crawl.rows("select count(*) from versions") == [(1,)]
    assert crawl.rows("select unchanged from crawls") == [(0,), (1,), (1,)]


def test_a_crawl_of_one_site_leaves_what_is_pending_on_another(new_site: Any, web: Any, crawler: Any) -> None:
    one, other = new_site(), new_site()
    for site in (one, other):
        site.pages |= {"/a": web.article(1, "/b", "/c"), "/b": web.article(2), "/c": web.article(3)}
    crawler.scrapy(f"{one.url}/a", max_pages=1)
    one.requests.clear()
    crawler.scrapy(f"{other.url}/a")
    assert one.requests == []
    rest = crawler.scrapy(f"{one.url}/a")
    assert len(rest.articles) == 6
    assert sorted(one.paths) == ["/a", "/b", "/c"]


def test_refresh_all_alone_asks_for_every_known_page_of_every_site(new_site: Any, web: Any, crawler: Any) -> None:
    one, other = new_site(), new_site()
    for site in (one, other):
        fill(site, web, 1)
        crawler.scrapy(f"{site.url}/a")
        site.requests.clear()
    crawler.age(100)
    crawl = crawler.jianbao("crawl", "--refresh", "all")
    assert crawl.exit_status == 0, crawl.stderr
    assert sorted(one.paths) == sorted(other.paths) == ["/a", "/p1"]
    assert crawl.rows("select unchanged from crawls where id = 3") == [(4,)]


def test_an_earlier_start_that_fails_now_does_not_fail_the_crawl_of_another(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1), "/b": web.article(2)}
    crawler.jianbao("crawl", f"{site.url}/a")
    site.pages["/a"] = web.Reply(status=403)
    crawl = crawler.jianbao("crawl", f"{site.url}/b")
    assert crawl.pages[f"{site.url}/a"] == ("failed", "http 403")
    assert crawl.exit_status == 0, crawl.stderr


def test_runs_with_a_small_budget_come_to_the_end_of_a_site(site: Any, web: Any, crawler: Any) -> None:
    fill(site, web, 6)
    for _ in range(3):
        crawl = crawler.scrapy(f"{site.url}/a", max_pages=3)
    assert len(crawl.articles) == 7

"""Articles that a site cuts into several pages: each part fetched once, one article of them all."""

from __future__ import annotations

import signal
from typing import Any

import pytest

SENTENCE = (
    "园区第{n}期工程的第{i}栋厂房在上个月封顶，配套的道路、管网和变电站由开发公司统一建设，预计明年春天交付使用。"
)


def part(n: int, pager: str, *, title: str = "园区工程进展", etag: bool = True, words: str = "") -> Any:
    """Part n of an article, with the pager that it shows."""
    text = "".join(f"<p>{SENTENCE.format(n=n, i=i)}{words}</p>" for i in range(1, 4))
    page = (
        f'<html><head><meta charset="utf-8"><title>{title} - 园区周报</title></head><body><div class="article">'
        f'<h1>{title}</h1><div class="info">2024-05-06</div><div class="content">{text}</div>'
        f'<div class="pager">{pager}</div></div></body></html>'
    ).encode()
    return page, ({"ETag": f'"{hash((n, pager, words))}"'} if etag else {})


def numbered(site: Any, web: Any, count: int, *, changed: int = 0, etag: bool = True) -> None:
    """/n/7.html with its parts /n/7_2.html …, each naming all of them by number."""
    for n in range(1, count + 1):
        links = "".join(
            f"<b>{i}</b>" if i == n else f'<a href="{path(i)}">{i}</a>' for i in range(1, count + 1)
        )  # fmt: skip
        body, headers = part(n, links, etag=etag, words="还有变化。" if n == changed else "")
        site.pages[path(n)] = web.Reply(body, headers={"Content-Type": "text/html; charset=utf-8"} | headers)


def path(n: int) -> str:
    return "/n/7.html" if n == 1 else f"/n/7_{n}.html"


def sentences(count: int) -> str:
    return "\n".join(SENTENCE.format(n=n, i=i) for n in range(1, count + 1) for i in range(1, 4))


def states(crawl: Any) -> dict[str, tuple[str, str | None]]:
    return {url[url.index("/", 8) :]: end for url, end in crawl.pages.items()}


def test_numbered_parts_become_one_article_each_fetched_once_in_order(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 4)
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select url, body from articles") == [(f"{site.url}/n/7.html", sentences(4))]
    assert site.paths == [path(n) for n in range(1, 5)]
    assert states(crawl) == {path(1): ("fetched", None)} | {path(n): ("fetched", "part") for n in (2, 3, 4)}
    assert crawl.rows("select new, joined from crawls") == [(1, 3)]
    assert crawl.rows("select count(*) from pages where belongs_to = 1 and article_id = 1") == [(3,)]


def test_parts_that_only_name_the_next_one_are_followed_to_the_end(site: Any, web: Any, crawler: Any) -> None:
    for n in (1, 2, 3):
        following = f'<a href="/read.php?id=5&amp;page={n + 1}">下一页</a>' if n < 3 else ""
        body, headers = part(n, following + '<a href="/read.php?id=6">下一篇</a>')
        site.pages["/read.php?id=5" + (f"&page={n}" if n > 1 else "")] = web.Reply(body, headers=headers)
    crawl = crawler.scrapy(f"{site.url}/read.php?id=5")
    assert crawl.rows("select body from articles") == [(sentences(3),)]
    assert site.paths == ["/read.php?id=5", "/read.php?id=5&page=2", "/read.php?id=5&page=3"]


def test_a_link_straight_to_a_part_gives_the_whole_article_and_asks_for_no_part_twice(
    site: Any, web: Any, crawler: Any
) -> None:
    numbered(site, web, 3)
    site.pages["/a"] = web.article(1, path(3))
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.articles == {f"{site.url}/a", f"{site.url}{path(1)}"}
    assert crawl.rows("select body from articles where id = 2") == [(sentences(3),)]
    assert sorted(site.paths) == sorted(["/a", path(1), path(2), path(3)])
    assert crawl.rows("select count(*) from links where to_id is null") == [(0,)]


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 1, 3), (3, 2, 1)])
def test_parts_that_are_linked_beside_their_article_are_asked_for_once(
    order: tuple[int, ...], site: Any, web: Any, crawler: Any
) -> None:
    numbered(site, web, 3)
    site.pages["/a"] = web.article(1, *map(path, order))
    crawl = crawler.scrapy(f"{site.url}/a", depth=2)
    assert crawl.articles == {f"{site.url}/a", f"{site.url}{path(1)}"}
    assert sorted(site.paths) == sorted(["/a", path(1), path(2), path(3)])
    assert states(crawl)[path(2)] == ("fetched", "part")
    assert crawl.rows("select new, joined, no_article, failed from crawls") == [(2, 2, 0, 0)]


def test_an_article_is_kept_as_far_as_its_parts_are_to_be_had(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 4)
    del site.pages[path(3)]
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.exit_status == 0
    assert crawl.rows("select body from articles") == [(sentences(2),)]
    assert states(crawl)[path(3)] == ("gone", "http 404")
    assert site.times(path(4)) == 0
    assert crawl.rows("select new, joined, gone from crawls") == [(1, 1, 1)]


def test_a_pager_without_an_end_is_left_when_nothing_new_comes(site: Any, web: Any, crawler: Any) -> None:
    for n in range(1, 30):
        last = min(n, 3)  # what many systems answer to a number beyond the last
        body, headers = part(last, f'<a href="/n/7_{n + 1}.html">下一页</a>')
        site.pages[path(n)] = web.Reply(body, headers=headers)
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select body from articles") == [(sentences(3),)]
    assert site.paths == [path(n) for n in range(1, 5)]


def test_a_part_that_leads_back_to_the_first_ends_the_article(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 4)
    site.pages[path(3)] = web.redirect(path(1))
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select body from articles") == [(sentences(2),)]
    assert len(site.paths) <= 4
    assert states(crawl)[path(3)][0] == "failed"


def test_unchanged_parts_are_confirmed_by_304_and_make_no_version(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3)
    first = crawler.jianbao("crawl", f"{site.url}/n/7.html")
    assert first.exit_status == 0, first.stderr
    before = first.rows("select id, body, version, last_changed from articles")
    site.requests.clear()
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    asked = [headers.get("if-none-match") for _, path, headers in site.requests if path != "/robots.txt"]
    assert len(asked) == 3
    assert all(asked)
    assert crawl.rows("select id, body, version, last_changed from articles") == before
    assert crawl.rows("select unchanged, joined from crawls where id = 2") == [(1, 2)]


def test_a_change_on_a_further_part_is_one_version(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3)
    crawler.scrapy(f"{site.url}/n/7.html")
    numbered(site, web, 3, changed=2)
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select count(*), max(length(body)) from versions") == [(2, len(sentences(3)) + 15)]
    assert crawl.rows("select changed, joined from crawls where id = 2") == [(1, 2)]


def test_parts_without_validators_are_read_again_and_make_no_version(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3, etag=False)
    for _ in range(2):
        crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select count(*) from versions") == [(1,)]
    assert crawl.rows("select unchanged, joined from crawls where id = 2") == [(1, 2)]


@pytest.mark.parametrize("etag", [True, False])
def test_a_part_that_fails_for_once_costs_no_text(etag: bool, site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3, etag=etag)
    crawler.scrapy(f"{site.url}/n/7.html")
    site.pages[path(2)] = web.Reply(status=500)
    crawl = crawler.scrapy(f"{site.url}/n/7.html", settings={"RETRY_TIMES": 0})
    assert crawl.rows("select body, version, state from articles") == [(sentences(3), 1, "live")]
    assert states(crawl)[path(1)] == ("failed", "part-missing: http 500")
    assert states(crawl)[path(3)] == ("fetched", "part")
    assert crawl.rows("select count(*) from pages where belongs_to = 1") == [(2,)]
    numbered(site, web, 3, etag=etag)
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert states(crawl)[path(1)] == ("fetched", None)
    assert crawl.rows("select count(*) from versions") == [(1,)]


def test_a_crawl_killed_among_the_parts_loses_nothing(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3)
    whole = site.pages[path(3)]
    process = None

    def kill(handler: Any) -> None:
        assert process is not None
        process.send_signal(signal.SIGKILL)

    site.pages[path(3)] = kill
    process = crawler.start_scrapy(f"{site.url}/n/7.html")
    killed = crawler.end(process)
    assert killed.articles == set()
    site.pages[path(3)] = whole
    crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select body from articles") == [(sentences(3),)]
    assert crawl.rows("select outcome, new, joined from crawls") == [("finished", 1, 2)]


def test_an_article_whose_last_part_disappears_twice_is_not_gone(site: Any, web: Any, crawler: Any) -> None:
    numbered(site, web, 3)
    crawler.scrapy(f"{site.url}/n/7.html")
    del site.pages[path(3)]
    for _ in range(3):
        crawl = crawler.scrapy(f"{site.url}/n/7.html")
    assert crawl.rows("select state, body from articles") == [("live", sentences(2))]
    assert crawl.rows("select count(*) from versions") == [(2,)]

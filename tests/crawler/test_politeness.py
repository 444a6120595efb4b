"""robots.txt, delays and requests to wait, as the site's request log shows them."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.politeness import PoliteThrottle, SiteGate
from crawler.spiders.articles import ArticleSpider


def robots(web: Any, *lines: str, status: int = 200) -> Any:
    return web.Reply("\n".join(lines).encode(), status=status, headers={"Content-Type": "text/plain"})


def test_what_robots_txt_forbids_is_refused_and_never_asked_for(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/robots.txt": robots(web, "User-agent: *", "Disallow: /", "User-agent: jianbao", "Disallow: /private/"),
        "/a": web.article(1, "/private/b", "/old", "/c"),
        "/old": web.redirect("/private/d"),
        "/private/b": web.article(2),
        "/private/d": web.article(3),
        "/c": web.article(4),
    }
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/private/b"] == ("refused", "robots")
    assert crawl.pages[f"{site.url}/old"] == ("refused", "robots")
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/c"}
    assert not [path for path in site.paths if path.startswith("/private/")]


@pytest.mark.parametrize("status", [404, 403])
def test_where_there_is_no_robots_txt_nothing_is_forbidden(status: int, site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/robots.txt": robots(web, "User-agent: *", "Disallow: /", status=status),
        "/a": web.article(1),
    }
    assert crawler.scrapy(f"{site.url}/a").articles == {f"{site.url}/a"}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_where_robots_txt_cannot_be_had_nothing_is_fetched(status: int, site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/robots.txt": robots(web, "User-agent: *", "Allow: /", status=status),
        "/a": web.article(1),
    }
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/a"] == ("refused", f"robots-unreachable: http {status}")
    assert site.paths == []


def test_a_robots_txt_asking_for_minutes_between_pages_is_taken_as_a_no(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/robots.txt": robots(web, "User-agent: *", "Crawl-delay: 3600"), "/a": web.article(1)}
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/a"] == ("refused", "robots: crawl-delay 60 min")


ON_THE_WAY = 0.5
"""Gaps are measured where requests arrive, and a busy machine may hold up the earlier of two on its way. One that did not
wait at all comes within milliseconds."""


def gaps(site: Any) -> list[float]:
    return [later - earlier for (earlier, _, _), (later, _, _) in pairwise(site.requests)]


def test_every_request_of_a_crawl_keeps_the_delay_and_says_who_asks(site: Any, web: Any, crawl_with_names: Any) -> None:
    # Two hosts of one site, each with its robots.txt, a redirect from one to the other, one page that is asked
    # for again after an error: all of it is one site's patience.
    www, mobile = f"http://www.example.com:{site.port}", f"http://m.example.com:{site.port}"
    rules = {
        f"www.example.com:{site.port}": ["User-agent: *", "Disallow: /private"],
        f"m.example.com:{site.port}": ["User-agent: *", "Disallow: /secret"],
    }

    def give_robots(handler: Any) -> None:
        handler.send(robots(web, *rules[handler.headers["Host"]]))

    def break_once(handler: Any) -> None:
        site.pages["/b"] = web.article(2)
        handler.send(web.Reply(status=500))

    site.pages |= {
        "/robots.txt": give_robots,
        "/a": web.article(1, "/b", "/c", f"{mobile}/secret", "/private/e", "/to-secret"),
        "/b": break_once,
        "/c": web.redirect(f"{mobile}/c2"),
        "/c2": web.article(3),
        "/d": web.article(4),
        "/to-secret": web.redirect(f"{mobile}/secret"),
    }
    names = {"www.example.com": [["127.0.0.1"]], "m.example.com": [["127.0.0.1"]]}
    crawl = crawl_with_names(names, f"{www}/a", f"{mobile}/d", delay=0.4)
    assert crawl.articles == {f"{www}/a", f"{www}/b", f"{mobile}/c2", f"{mobile}/d"}
    assert sorted(path for _, path, _ in site.requests) == sorted(
        ["/robots.txt", "/a", "/b", "/b", "/c", "/robots.txt", "/c2", "/d", "/to-secret"]
    )
    assert min(gaps(site)) > 0.4 * ON_THE_WAY
    assert all("jianbao/" in headers["user-agent"] for _, _, headers in site.requests)


def test_sites_are_crawled_side_by_side(new_site: Any, web: Any, crawler: Any) -> None:
    sites = [new_site() for _ in range(3)]
    for site in sites:
        links = [f"/{n}" for n in range(4)]
        site.pages |= {"/a": web.article(9, *links)} | {link: web.article(n) for n, link in enumerate(links)}
    crawler.scrapy(*[f"{site.url}/a" for site in sites], delay=0.3)
    times = [[when for when, _, _ in site.requests] for site in sites]
    assert [len(of_one) for of_one in times] == [6, 6, 6]
    assert max(of_one[0] for of_one in times) < min(of_one[-1] for of_one in times)
    assert min(min(gaps(site)) for site in sites) > 0.3 * ON_THE_WAY


def test_a_site_with_many_pages_does_not_hold_up_the_others(new_site: Any, web: Any, crawler: Any) -> None:
    large, small = new_site(), new_site()
    links = [f"/{n}" for n in range(24)]  # more than requests may be under way
    large.pages |= {"/a": web.article(99, *links)} | {link: web.article(n) for n, link in enumerate(links)}
    small.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    crawler.scrapy(f"{large.url}/a", f"{small.url}/a", delay=0.1)
    last_of_small = small.requests[-1][0]
    assert len(small.requests) == 3
    assert len([when for when, _, _ in large.requests if when < last_of_small]) < 13


def test_crawl_delay_of_robots_txt_is_kept_throughout(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/robots.txt": robots(web, "User-agent: *", "Crawl-delay: 0.5"),
        "/a": web.article(1, "/b", "/c"),
        "/b": web.article(2),
        "/c": web.article(3),
    }
    crawler.scrapy(f"{site.url}/a")
    assert len(site.requests) == 4
    assert min(gaps(site)) > 0.5 * ON_THE_WAY


def test_a_short_retry_after_is_waited_for(site: Any, web: Any, crawler: Any) -> None:
    def busy_once(handler: Any) -> None:
        site.pages["/b"] = web.article(2)
        handler.send(web.Reply(status=503, headers={"Retry-After": "1"}))

    site.pages |= {"/a": web.article(1, "/b", "/c"), "/b": busy_once, "/c": web.article(3)}
    crawl = crawler.scrapy(f"{site.url}/a")
    assert len(crawl.articles) == 3
    times = [when for when, path, _ in site.requests if path in ("/b", "/c")]
    assert times[1] - times[0] > 1 * ON_THE_WAY  # nothing at all is asked for in between, /c no more than /b


def test_a_site_that_asks_for_a_day_is_left_alone_by_every_run_until_it_is_over(
    site: Any, web: Any, crawler: Any
) -> None:
    site.pages |= {
        "/a": web.article(1, "/b", "/c", "/d"),
        "/b": web.Reply(status=429, headers={"Retry-After": "86400"}),
        "/c": web.article(3),
        "/d": web.article(4),
    }
    parked = crawler.scrapy(f"{site.url}/a")
    assert site.paths == ["/a", "/b"]
    asked, [(until,)] = len(site.requests), parked.rows("SELECT until FROM waits")
    assert {parked.pages[f"{site.url}/{name}"] for name in "bcd"} == {("pending", f"retry-after: not before {until}")}
    at_once = crawler.jianbao("crawl", f"{site.url}/a")
    assert len(site.requests) == asked
    assert at_once.exit_status == 1
    assert f"retry-after: not before {until}" in at_once.stderr
    crawler.age(days=1)
    site.pages["/b"] = web.article(2)
    assert len(crawler.scrapy(f"{site.url}/a").articles) == 4


def test_of_several_pauses_the_longest_is_kept_and_they_do_not_add_up() -> None:
    gate = SiteGate(Crawler(ArticleSpider, {"MAX_WAIT": 60.0}))
    begun = time.monotonic()
    for seconds in (40, 40, 1, 40):  # of requests under way side by side
        gate._pause("site", seconds)
    assert begun + 40 <= gate._open_again["site"] <= time.monotonic() + 40
    assert gate._waited["site"] < 41


def test_a_robots_txt_that_asks_for_a_day_is_not_asked_for_again(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/robots.txt": web.Reply(status=503, headers={"Retry-After": "86400"}),
        "/a": web.article(1),
    }
    for _ in range(2):
        crawl = crawler.scrapy(f"{site.url}/a")
    assert [path for _, path, _ in site.requests] == ["/robots.txt"]
    assert crawl.pages[f"{site.url}/a"][0] == "pending"


def test_a_304_brings_the_delay_down_again_after_a_slow_answer() -> None:
    throttle = PoliteThrottle(Crawler(ArticleSpider, {"AUTOTHROTTLE_ENABLED": True}))
    throttle.mindelay, throttle.maxdelay = 0.0, 60.0
    slot = Slot(concurrency=1, delay=8.0, jitter=0.0)
    for _ in range(4):
        throttle._adjust_delay(slot, 0.0, Response("https://news.example.com/a", status=304))
    assert slot.delay == 0.5
    throttle._adjust_delay(slot, 0.0, Response("https://news.example.com/a", status=503))
    assert slot.delay == 0.5


def test_all_who_wait_for_one_robots_txt_obey_it(site: Any, web: Any, crawler: Any) -> None:
    def slowly(handler: Any) -> None:
        time.sleep(1)  # meanwhile the other pages come to wait for it too
        handler.send(robots(web, "User-agent: *", "Disallow: /private/"))

    paths = [f"/private/{name}" for name in "bcde"]
    site.pages |= {"/robots.txt": slowly, "/a": web.article(1)} | {path: web.article(9) for path in paths}
    crawl = crawler.scrapy(*(f"{site.url}{path}" for path in [*paths, "/a"]))
    assert site.paths == ["/a"]
    assert {crawl.pages[f"{site.url}{path}"] for path in paths} == {("refused", "robots")}

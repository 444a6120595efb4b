"""robots.txt, delays and requests to wait, as the site's request log shows them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest


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


ON_THE_WAY = 0.8
"""Gaps are measured where requests arrive, and a busy machine may hold up the earlier of two on its way."""


def gaps(site: Any) -> list[float]:
    return [later - earlier for (earlier, _, _), (later, _, _) in pairwise(site.requests)]


def test_requests_keep_the_delay_and_say_who_asks(site: Any, web: Any, crawler: Any) -> None:
    links = ["/b", "/c", "/d", "/e"]
    site.pages |= {"/a": web.article(1, *links)} | {link: web.article(n) for n, link in enumerate(links, 2)}
    crawler.scrapy(f"{site.url}/a", delay=0.5)
    assert len(site.requests) == 6
    assert min(gaps(site)) > 0.5 * ON_THE_WAY
    assert {"jianbao/" in headers["user-agent"] for _, _, headers in site.requests} == {True}


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


def test_a_long_retry_after_parks_the_site_until_the_next_run(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {
        "/a": web.article(1, "/b", "/c", "/d"),
        "/b": web.Reply(status=429, headers={"Retry-After": "86400"}),
        "/c": web.article(3),
        "/d": web.article(4),
    }
    parked = crawler.scrapy(f"{site.url}/a")
    assert site.paths == ["/a", "/b"]
    assert [parked.pages[f"{site.url}/{name}"] for name in "bcd"] == [("pending", "retry-after: 1440 min")] * 3
    site.pages["/b"] = web.article(2)
    resumed = crawler.scrapy(f"{site.url}/a")
    assert len(resumed.articles) == 4

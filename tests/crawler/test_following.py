"""Which pages a crawl takes up, and how often it asks for each."""

from __future__ import annotations

from typing import Any

import pytest


def tree(site: Any, web: Any) -> None:
    """/a names /b1 and /b2, these name /c1 and /c2, and all of them /a."""
    site.pages |= {
        "/a": web.article(1, "/b1", "/b2"),
        "/b1": web.article(2, "/c1", "/a"),
        "/b2": web.article(3, "/c2", "/a"),
        "/c1": web.article(4, "/a"),
        "/c2": web.article(5, "/a"),
    }


@pytest.mark.parametrize(
    ("depth", "paths"),
    [(0, ["/a"]), (1, ["/a", "/b1", "/b2"]), (2, ["/a", "/b1", "/b2", "/c1", "/c2"])],
)
def test_links_are_followed_as_deep_as_asked(depth: int, paths: list[str], site: Any, web: Any, crawler: Any) -> None:
    tree(site, web)
    crawl = crawler.scrapy(f"{site.url}/a", depth=depth)
    assert crawl.articles == {site.url + path for path in paths}
    assert sorted(site.paths) == paths


def test_max_pages_bounds_a_run_and_the_next_one_goes_on(site: Any, web: Any, crawler: Any) -> None:
    tree(site, web)
    first = crawler.scrapy(f"{site.url}/a", depth=2, max_pages=2)
    assert len(site.paths) == 2
    assert len(first.articles) == 2
    rest = crawler.scrapy(f"{site.url}/a", depth=2)
    assert len(rest.articles) == 5
    assert {state for state, _ in rest.pages.values()} == {"fetched"}


def test_one_page_linked_under_many_spellings_is_asked_for_once(site: Any, web: Any, crawler: Any) -> None:
    spellings = ["/b", "/b?from=related", "/b#comments", "/b?utm_source=x", site.url.upper() + "/b", " /b "]
    site.pages |= {"/a": web.article(1, *spellings), "/b": web.article(2)}
    crawl = crawler.scrapy(f"{site.url}/a")
    assert site.paths == ["/a", "/b"]
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/b"}


def test_several_starts_on_several_sites_are_crawled_in_one_run(new_site: Any, web: Any, crawler: Any) -> None:
    one, other = new_site(), new_site()
    one.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    other.pages |= {"/a": web.article(3, "/b"), "/b": web.article(4)}
    crawl = crawler.scrapy(f"{one.url}/a", f"{other.url}/a")
    assert crawl.articles == {site.url + path for site in (one, other) for path in ("/a", "/b")}


def test_a_link_between_two_named_sites_is_followed_and_belongs_to_its_own(
    new_site: Any, web: Any, crawler: Any
) -> None:
    one, other = new_site(), new_site()
    one.pages["/a"] = web.article(1, f"{other.url}/b")
    other.pages |= {"/a": web.article(2, "/b"), "/b": web.article(3)}
    crawl = crawler.scrapy(f"{one.url}/a", f"{other.url}/a")
    site_of_b = crawl.rows(f"select site from articles where url = '{other.url}/b'")
    assert site_of_b == [(other.url.removeprefix("http://"),)]


def test_no_more_than_two_hundred_links_are_followed_from_one_page(site: Any, web: Any, crawler: Any) -> None:
    links = [f"/p{i}" for i in range(300)]
    site.pages |= {"/a": web.article(1, *links)}
    crawl = crawler.scrapy(f"{site.url}/a")
    assert 30 < len(crawl.pages) <= 1 + 200


def test_unchanged_pages_are_confirmed_by_304_and_still_followed(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", etag='"a1"'), "/b": web.article(2, etag='"b1"')}
    first = crawler.scrapy(f"{site.url}/a")
    before = first.rows("select id, url, body, version from articles")
    site.requests.clear()
    site.pages["/b"] = web.article(3, etag='"b2"')
    second = crawler.scrapy(f"{site.url}/a")
    assert [headers.get("if-none-match") for _, path, headers in site.requests if path in ("/a", "/b")] == [
        '"a1"',
        '"b1"',
    ]
    after = second.rows("select id, url, body, version from articles")
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[1][3] == before[1][3] + 1


def test_a_redirected_page_ends_under_the_url_that_was_linked(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/old"), "/old": web.redirect("/new", 301), "/new": web.article(2)}
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/old"] == ("fetched", None)
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/new"}

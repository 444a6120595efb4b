"""Configured sites, and starts that are listings, feeds and sitemaps."""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive, record_outcome

HOST = "127.0.0.1"


def listing(*links: str, following: str | None = None, charset: str = "utf-8") -> bytes:
    entries = "".join(f'<li><a href="{url}">第{n}座标准厂房按期交付企业</a></li>' for n, url in enumerate(links, 1))
    pager = f'<a href="{following}">下一页</a>' if following else ""
    page = f'<html><head><title>园区动态</title></head><body><ul class="list">{entries}</ul>{pager}</body></html>'
    return page.encode(charset)


def configure(crawler: Any, *sites: dict[str, Any], rest: str = "") -> None:
    """Write a jianbao.toml where the crawls run. Sites have no delay unless they say so."""
    lines = []
    for site in sites:
        lines.append("[[site]]")
        lines += [f"{key} = {toml(value)}" for key, value in {"delay": 0, **site}.items()]
    (crawler.data.parent / "jianbao.toml").write_text("\n".join([*lines, rest]), "utf-8")


def toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def articles(site: Any, web: Any, *numbers: int) -> None:
    site.pages |= {f"/dongtai/{n}.html": web.article(n) for n in numbers}


def urls(site: Any, *numbers: int) -> set[str]:
    return {f"{site.url}/dongtai/{n}.html" for n in numbers}


def test_a_listing_is_turned_to_its_end_and_its_articles_archived(site: Any, web: Any, crawler: Any) -> None:
    articles(site, web, 1, 2, 3, 4)
    site.pages |= {
        "/dongtai/": web.Reply(listing("4.html", "3.html", following="list_2.html", charset="gbk")),
        "/dongtai/list_2.html": web.Reply(listing("2.html", "1.html", charset="gbk")),
    }
    configure(crawler, {"name": "园区", "start": [f"{site.url}/dongtai/"]})
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 0, crawl.stderr
    assert crawl.articles == urls(site, 1, 2, 3, 4)
    assert crawl.rows("select distinct site from pages") == [("园区",)]
    assert crawl.rows("select url, reason, turn from pages where kind = 'listing' order by turn") == [
        (f"{site.url}/dongtai/", "2 articles, 2 new", 0),
        (f"{site.url}/dongtai/list_2.html", "2 articles, 2 new", 1),
    ]
    assert crawl.rows("select new, listings, no_article from crawls") == [(4, 2, 0)]


def test_the_next_run_asks_the_listing_again_and_turns_it_as_far_as_it_is_new(
    site: Any, web: Any, crawler: Any
) -> None:
    articles(site, web, 1, 2)
    site.pages |= {
        "/dongtai/": web.Reply(listing("2.html", "1.html", following="?page=2"), headers={"ETag": '"1"'}),
        "/dongtai/?page=2": web.Reply(listing("2.html", "1.html", following="?page=3")),
    }
    configure(crawler, {"name": "园区", "start": [f"{site.url}/dongtai/"]})
    crawler.jianbao("crawl")
    assert "/dongtai/?page=3" not in site.paths
    site.requests.clear()
    unchanged = crawler.jianbao("crawl")
    assert unchanged.exit_status == 0, unchanged.stderr
    assert "/dongtai/?page=2" not in site.paths
    site.requests.clear()
    articles(site, web, 3)
    site.pages["/dongtai/"] = web.Reply(listing("3.html", "2.html", following="?page=2"))
    crawl = crawler.jianbao("crawl")
    assert crawl.articles == urls(site, 1, 2, 3)
    assert site.paths[0] == "/dongtai/"
    assert site.times("/dongtai/?page=2") == 1


def test_turns_bound_a_listing_without_end(site: Any, web: Any, crawler: Any) -> None:
    def endless(handler: Any) -> None:
        page = int(handler.path.partition("=")[2] or 1)
        handler.send(web.Reply(listing(f"{page}1.html", f"{page}2.html", following=f"?page={page + 1}")))

    site.pages |= {"/a/": endless, **{f"/a/?page={n}": endless for n in range(2, 30)}}
    configure(crawler, {"name": "a", "start": [f"{site.url}/a/"], "turns": 3})
    crawl = crawler.jianbao("crawl")
    assert len([path for path in site.paths if "page=" in path]) == 3
    assert crawl.exit_status == 1  # every article of it is gone
    assert crawl.stderr.startswith("Error: nothing was archived: 4 listing, 8 gone")


@pytest.mark.parametrize("kind", ["rss", "sitemap", "index"])
def test_feeds_and_sitemaps_name_articles_of_the_site_and_no_others(
    kind: str, site: Any, web: Any, crawler: Any
) -> None:
    articles(site, web, 1, 2)
    named = [*sorted(urls(site, 1, 2)), "http://elsewhere.example/9.html"]
    if kind == "rss":
        entries = "".join(f"<item><title>x</title><link>{url}</link></item>" for url in named)
        site.pages["/start"] = web.Reply(
            f"<rss version='2.0'><channel>{entries}</channel></rss>".encode(),
            headers={"Content-Type": "application/rss+xml"},
        )
    else:
        entries = "".join(f"<url><loc>{url}</loc></url>" for url in named)
        name = "/start" if kind == "sitemap" else "/1.xml.gz"
        site.pages[name] = web.Reply(
            gzip.compress(f"<urlset>{entries}</urlset>".encode()), headers={"Content-Type": "application/gzip"}
        )
    if kind == "index":
        body = f"<sitemapindex><sitemap><loc>{site.url}/1.xml.gz</loc></sitemap></sitemapindex>"
        site.pages["/start"] = web.Reply(body.encode(), headers={"Content-Type": "text/xml"})
    crawl = crawler.scrapy(f"{site.url}/start")
    assert crawl.articles == urls(site, 1, 2)
    assert set(crawl.pages) <= {*urls(site, 1, 2), f"{site.url}/start", f"{site.url}/1.xml.gz"}


def test_one_site_or_all_are_crawled_each_with_its_own_depth(new_site: Any, web: Any, crawler: Any) -> None:
    one, other = new_site(), new_site()
    for site in (one, other):
        site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2, "/c"), "/c": web.article(3)}
    configure(
        crawler,
        {"name": "one", "start": [f"{one.url}/a"], "depth": 2},
        {"name": "other", "start": [f"{other.url}/a"], "depth": 0},
    )
    crawl = crawler.jianbao("crawl", "--site", "other")
    assert (one.paths, other.paths) == ([], ["/a"])
    crawl = crawler.jianbao("crawl")
    assert crawl.articles == {f"{one.url}/{name}" for name in "abc"} | {f"{other.url}/a"}


def test_a_url_of_a_configured_site_is_crawled_with_its_settings(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/x": web.article(1, "/y"), "/y": web.article(2)}
    configure(crawler, {"name": "园区", "start": [f"{site.url}/dongtai/"], "depth": 0})
    crawl = crawler.jianbao("crawl", f"{site.url}/x")
    assert crawl.exit_status == 0, crawl.stderr
    assert crawl.rows("select url, site from articles") == [(f"{site.url}/x", "园区")]
    assert site.paths == ["/x"]


def test_the_hosts_of_a_site_are_one_and_a_host_it_does_not_name_is_none(new_site: Any, web: Any, crawler: Any) -> None:
    main, mobile, foreign = new_site(), new_site(), new_site()
    main.pages["/a"] = web.article(1, f"{mobile.url}/b", f"{foreign.url}/c")
    mobile.pages["/b"] = web.article(2)
    foreign.pages["/c"] = web.article(3)
    hosts = [mobile.url.removeprefix("http://")]
    configure(crawler, {"name": "twins", "start": [f"{main.url}/a"], "hosts": hosts})
    crawl = crawler.jianbao("crawl")
    assert crawl.rows("select url, site from articles order by id") == [
        (f"{main.url}/a", "twins"),
        (f"{mobile.url}/b", "twins"),
    ]
    assert crawl.pages[f"{foreign.url}/c"] == ("refused", f"off-site: {HOST}")
    assert foreign.requests == []


def test_sites_side_by_side_keep_their_own_delays(new_site: Any, web: Any, crawler: Any) -> None:
    slow, fast = new_site(), new_site()
    for site in (slow, fast):
        site.pages |= {"/a": web.article(1, "/b", "/c"), "/b": web.article(2), "/c": web.article(3)}
    configure(
        crawler,
        {"name": "slow", "start": [f"{slow.url}/a"], "delay": 0.6},
        {"name": "fast", "start": [f"{fast.url}/a"], "delay": 0},
    )
    crawler.jianbao("crawl")
    times = [when for when, _, _ in slow.requests]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.55
    assert fast.requests[-1][0] - fast.requests[0][0] < slow.requests[-1][0] - slow.requests[0][0]


def test_the_contact_is_in_the_user_agent_and_the_bound_on_bodies_holds(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.Reply(b"<p>" + b"x" * 300_000)}
    rest = '[crawler]\ncontact = "https://archive.example.com/about"\nmax_body = 0.2'
    configure(crawler, {"name": "a", "start": [f"{site.url}/a"]}, rest=rest)
    crawl = crawler.jianbao("crawl")
    agents = {headers["user-agent"] for _, _, headers in site.requests}
    (agent,) = agents
    assert agent.endswith("; +https://archive.example.com/about)")
    assert "jianbao/" in agent
    assert crawl.pages[f"{site.url}/b"][1] == "too-large"


def test_what_was_crawled_before_its_site_got_a_name_belongs_to_it(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    host = site.url.removeprefix("http://")
    assert crawl.rows("select distinct site from articles") == [(host,)]
    configure(crawler, {"name": "园区", "start": [f"{site.url}/a"]})
    crawl = crawler.jianbao("crawl")
    assert crawl.rows("select distinct site from articles union select site from pages") == [("园区",)]


def test_a_site_that_gets_another_name_keeps_its_pages(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2), "/c": web.article(3)}
    configure(crawler, {"name": "园区", "start": [f"{site.url}/a"]})
    crawler.jianbao("crawl", "--max-pages", "1")
    with open_archive(crawler.data) as db:  # an address without a host, as a page may name it
        record_outcome(db, "http://[park/", state="refused", reason="bad-address", crawl_id=1)
    configure(crawler, {"name": "园区周报", "start": [f"{site.url}/c"]})
    crawl = crawler.jianbao("crawl")
    assert crawl.rows("select distinct site from articles union select site from pages where site") == [("园区周报",)]
    assert crawl.articles == {f"{site.url}/{name}" for name in "abc"}


def test_what_waits_under_a_name_is_fetched_without_the_configuration_too(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    configure(crawler, {"name": "园区", "start": [f"{site.url}/a"]})
    crawler.jianbao("crawl", "--max-pages", "1")
    (crawler.data.parent / "jianbao.toml").unlink(missing_ok=True)
    assert crawler.jianbao("crawl", f"{site.url}/a").articles == {f"{site.url}/a", f"{site.url}/b"}


def test_selectors_of_a_site_say_where_things_stand_also_when_pages_are_read_again(
    site: Any, web: Any, crawler: Any
) -> None:
    site.pages["/a"] = web.article(1)
    rest = '[site.selectors]\ntitle = ".info"'
    configure(crawler, {"name": "a", "start": [f"{site.url}/a"]}, rest=rest)
    crawl = crawler.jianbao("crawl")
    assert crawl.rows("select title from articles") == [("2024-05-02",)]
    again = crawler.jianbao("reclean")
    assert again.exit_status == 0, again.stderr
    assert again.rows("select title, version from articles") == [("2024-05-02", 1)]


def test_without_url_and_configuration_it_says_what_to_do(crawler: Any) -> None:
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 2
    assert "`jianbao init`" in crawl.stderr


def test_an_unknown_site_is_told_the_names_there_are(crawler: Any) -> None:
    configure(crawler, {"name": "园区", "start": ["http://news.example.com/"]})
    crawl = crawler.jianbao("crawl", "--site", "圆区")
    assert crawl.exit_status == 2
    assert "no site 圆区 in jianbao.toml; there is 园区" in crawl.stderr


def test_an_error_in_the_file_is_one_line(crawler: Any, tmp_path: Path) -> None:
    configure(crawler, {"name": "a", "start": ["http://news.example.com/"], "depth": "deep"})
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 1
    assert crawl.stderr == (
        "Error: jianbao.toml, line 5: [[site]] depth: is to be a whole number from 0 to 20, not 'deep'\n"
    )
    assert not crawl.data.exists()

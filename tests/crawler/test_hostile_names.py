"""Host names under an attacker's control: what counts is the address that is connected to, each time."""

from __future__ import annotations

from typing import Any

from crawler.addresses import AddressGuard


def test_a_name_of_the_site_that_leads_inside_is_not_connected_to(
    site: Any, new_site: Any, web: Any, crawl_with_names: Any
) -> None:
    victim = new_site("127.0.0.2")
    names = {
        "www.example.com": [["127.0.0.1"]],
        "intern.example.com": [["127.0.0.2"]],
        "several.example.com": [["127.0.0.2", "10.0.0.1", "169.254.169.254"]],
        "rebound.example.com": [[], ["127.0.0.2"]],  # nothing at first, so that it is asked for again
    }
    inside = [f"http://{name}:{victim.port}/" for name in list(names)[1:]]
    leading = {f"/{status}": web.redirect(f"{inside[0]}{status}", status) for status in (301, 302, 303, 307, 308)}
    refresh = f'<meta http-equiv="refresh" content="0; url={inside[0]}refresh">'
    leading["/refresh"] = web.article(2, extra=refresh)
    site.pages |= {"/a": web.article(1, *inside, *leading), **leading}
    start = f"http://www.example.com:{site.port}"
    crawl = crawl_with_names(names, f"{start}/a")
    assert victim.connections == 0
    ends = crawl.pages
    assert ends.pop(f"{start}/a") == ("fetched", None)
    assert {ends[url] for url in inside} <= {("refused", "address: 127.0.0.2"), ("refused", "address: 169.254.169.254")}
    assert {ends[f"{start}{path}"] for path in leading} == {("refused", "address: 127.0.0.2")}


def test_a_named_start_that_turned_public_may_not_lead_inside_afterwards() -> None:
    guard = AddressGuard(crawler=None)  # type: ignore[arg-type]
    guard.named = frozenset({("news.example.com", 80), ("intranet.example.com", 80)})
    assert guard.may_connect("news.example.com", 80, "1.1.1.1")
    assert not guard.may_connect("news.example.com", 80, "127.0.0.1")
    assert guard.may_connect("intranet.example.com", 80, "10.0.0.1")
    assert guard.may_connect("intranet.example.com", 80, "10.0.0.1")


def test_five_redirects_are_followed_and_no_sixth(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {f"/five/{n}": web.redirect(f"/five/{n + 1}") for n in range(5)} | {"/five/5": web.article(2)}
    site.pages |= {f"/six/{n}": web.redirect(f"/six/{n + 1}") for n in range(6)} | {"/six/6": web.article(3)}
    site.pages["/a"] = web.article(1, "/five/0", "/six/0")
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/five/0"] == ("fetched", None)
    assert crawl.pages[f"{site.url}/six/0"] == ("failed", "too-many-redirects")
    assert site.times("/six/6") == 0


def test_a_numeric_host_is_judged_like_any_other_name(new_site: Any, web: Any, crawler: Any) -> None:
    # robots.txt is the one request that may leave the site, so that only the address can stop it.
    victim = new_site("127.0.0.2")
    sites = []
    for host in ("127.0.0.2", "0x7f000002", "[::ffff:127.0.0.2]", "2130706434"):
        site = new_site()
        elsewhere = web.redirect(f"http://{host}:{victim.port}/robots.txt")
        site.pages |= {"/a": web.article(len(sites)), "/robots.txt": elsewhere}
        sites.append(site)
    crawl = crawler.scrapy(*[f"{site.url}/a" for site in sites])
    assert victim.connections == 0
    assert crawl.articles == {f"{site.url}/a" for site in sites}


def test_a_start_on_loopback_may_be_named_and_only_it_is_allowed(new_site: Any, web: Any, crawler: Any) -> None:
    site = new_site("127.0.0.2")
    site.pages["/a"] = web.article(1)
    assert crawler.scrapy(f"{site.url}/a").articles == {f"{site.url}/a"}

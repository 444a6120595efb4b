"""The budget of a run: pages and minutes, of all sites and of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archive.frontier import IN_HAND_PER_SITE, PendingPage
from crawler.budget import Budget
from crawler.configuration import CrawlerSettings, SiteSettings


def site(name: str, **settings: Any) -> SiteSettings:
    return SiteSettings(name=name, start=(f"http://{name}.example/",), **settings)


def page(name: str) -> PendingPage:
    return PendingPage(id=1, url=f"http://{name}.example/", site=name, depth=0, etag=None, last_modified=None)


def test_a_site_gets_as_much_room_as_it_has_pages_left() -> None:
    budget = Budget(CrawlerSettings(), [site("a", max_pages=3), site("b")])
    budget.note([page("a"), page("b")])
    in_hand = budget.narrow(Counter(a=1, b=1))
    assert IN_HAND_PER_SITE - in_hand["a"] == 2
    assert IN_HAND_PER_SITE - in_hand["b"] == IN_HAND_PER_SITE - 1


def test_a_site_whose_minutes_are_over_gets_no_room_and_the_others_do() -> None:
    now = [0.0]
    budget = Budget(CrawlerSettings(max_minutes=60), [site("a", max_minutes=2), site("b")], clock=lambda: now[0])
    assert not budget.is_over("a")
    now[0] = 120
    assert budget.is_over("a")
    assert not budget.is_over("b")
    assert not budget.is_over()
    assert budget.narrow(Counter())["a"] == IN_HAND_PER_SITE
    now[0] = 3600
    assert budget.is_over()
    assert budget.is_over("b")


def test_a_crawl_stops_at_each_sites_pages_and_the_next_goes_on(new_site: Any, web: Any, crawler: Any) -> None:
    small, large = new_site(), new_site()
    for each in (small, large):
        each.pages |= {"/0": web.article(10, *(f"/{n}" for n in range(1, 5)))}
        each.pages |= {f"/{n}": web.article(n) for n in range(1, 5)}
    (crawler.data.parent / "jianbao.toml").write_text(
        f"""[[site]]
name = "small"
start = ["{small.url}/0"]
delay = 0
max_pages = 2
refresh = "new"
[[site]]
name = "large"
start = ["{large.url}/0"]
delay = 0
"""
    )
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 0, crawl.stderr
    assert (len(small.paths), len(large.paths)) == (2, 5)
    assert len(crawl.articles) == 7
    again = crawler.jianbao("crawl")
    assert len(again.articles) == 8
    assert again.rows("select count(*) from crawls") == [(2,)]

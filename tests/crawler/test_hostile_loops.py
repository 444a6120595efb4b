"""Sites without an end: calendars, session ids, more pages than one run may ask for."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest

from crawler.repetition import MOST_ALIKE, pattern_of


def test_a_calendar_and_a_session_id_are_given_up_and_all_else_is_read(site: Any, web: Any, crawler: Any) -> None:
    many = range(MOST_ALIKE + 12)
    calendar = [f"/calendar.php?month={n}" for n in many]
    sessions = [f"/show.php?id=1&token={n:032x}" for n in many]
    articles = [f"/a/{n}.html" for n in range(4)]

    days = web.Reply(b"<html><table>" + b"<td><a href='/d'>1</a></td>" * 30 + b"</table></html>")
    site.pages |= {"/a": web.article(99, *calendar[:45], "/b"), "/b": web.article(98, *sessions, *articles)}
    site.pages |= dict.fromkeys(calendar, days) | {path: web.article(97) for path in sessions}
    site.pages |= {path: web.article(n) for n, path in enumerate(articles)}
    crawl = crawler.scrapy(f"{site.url}/a", depth=2, settings={"CONCURRENT_REQUESTS": 1})
    reasons = Counter(reason for _, reason in crawl.pages.values())
    refused = reasons[f"repetition: {MOST_ALIKE} pages alike gave nothing new"]
    # One of the sessions gives something new, and a page or two are under way while the last in vain is read.
    assert 12 + 11 - 6 <= refused <= 12 + 11
    assert {f"{site.url}{path}" for path in articles} < crawl.articles
    assert "pending" not in {state for state, _ in crawl.pages.values()}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("http://a.example/list?date=2024-01-01", "http://a.example/list?date=2031-12-31", True),
        ("http://a.example/s/0a1b2c3d4e/1.html", "http://a.example/s/ffeeddccbbaa/2.html", True),
        ("http://a.example/news/1.html", "http://a.example/blog/1.html", False),
        ("http://a.example/?id=1", "http://a.example/?page=1", False),
        ("http://a.example/1", "http://b.example/1", False),
    ],
)
def test_addresses_are_alike_but_for_numbers_ids_and_values(one: str, other: str, alike: bool) -> None:
    assert (pattern_of(one) == pattern_of(other)) is alike


def test_what_is_beyond_the_budget_of_a_site_waits_for_the_next_run(site: Any, web: Any, crawler: Any) -> None:
    links = [f"/{n}" for n in range(6)]
    site.pages |= {"/a": web.article(9, *links)} | {link: web.article(n) for n, link in enumerate(links)}
    configuration = f'[[site]]\nname = "周报"\nstart = ["{site.url}/a"]\ndelay = 0\nmax_pages = '
    file = crawler.data.parent / "jianbao.toml"
    file.write_text(f"{configuration}4\n", "utf-8")
    first = crawler.jianbao("crawl")
    assert len(site.paths) == 4
    assert Counter(first.pages.values())[("pending", "budget: 4 pages")] == 3
    file.write_text(f"{configuration}10\n", "utf-8")
    assert len(crawler.jianbao("crawl").articles) == 7


def test_a_run_that_is_out_of_time_leaves_the_rest_pending(site: Any, web: Any, crawler: Any) -> None:
    minutes = 0.03

    def answer_when_time_is_up(handler: Any) -> None:
        began = site.requests[0][0]
        time.sleep(max(0.0, began + minutes * 60 - time.monotonic()))
        handler.send(web.article(0, "/named"))

    starts = [f"/{n}" for n in range(5)]  # all of them wait for their turn while the first is asked for
    site.pages |= {start: web.article(n) for n, start in enumerate(starts)} | {"/0": answer_when_time_is_up}
    configuration = f'[crawler]\nmax_minutes = {minutes}\n[[site]]\nname = "周报"\ndelay = 0\nstart = '
    urls = [f"{site.url}{start}" for start in starts]
    (crawler.data.parent / "jianbao.toml").write_text(f"{configuration}{json.dumps(urls)}\n", "utf-8")
    crawl = crawler.jianbao("crawl")
    assert site.paths == ["/0"]
    assert crawl.articles == {urls[0]}
    assert Counter(crawl.pages.values())[("pending", f"budget: {minutes} minutes")] == 5

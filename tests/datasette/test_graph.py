"""The graph of related articles: as a picture of links, and as a list."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from parsel import Selector

from archive.records import Article, Link

Get = Callable[[str], httpx.Response]


def name(number: int, *others: int) -> Article:
    address = "https://park.example/{}.html"
    links = [
        Link(url=address.format(other), title=f"第{other}篇", snippet=None, position=place)
        for place, other in enumerate(others, 1)
    ]
    return Article(url=address.format(number), title=f"第{number}篇", body=f"正文{number}", related=tuple(links))


def test_two_steps_in_either_direction_and_no_further(serve_articles: Callable[..., Get]) -> None:
    # 4 -> 3 -> 1 -> 2, and 5 names only 4
    get = serve_articles(name(1, 2), name(2), name(3, 1), name(4, 3), name(5, 4))
    page = Selector(get("/archive/articles/1/graph").text)
    assert {link.rpartition("/")[2] for link in page.css("svg a::attr(href)").getall()} == {"1", "2", "3", "4"}
    near, far = page.css(".steps")
    assert near.css("a::text").getall() == ["第2篇", "第3篇"]
    assert far.css("a::text").getall() == ["第4篇"]
    assert near.css(".tag::text").getall() == ["提到本文"]
    assert len(page.css(".edge")) == 3


def test_a_thicket_is_cut_and_says_so(serve_articles: Callable[..., Get]) -> None:
    others = range(2, 22)
    get = serve_articles(name(1, *others), *(name(other, 1) for other in others))
    page = Selector(get("/archive/articles/1/graph").text)
    assert len(page.css(".steps li")) == 16
    assert "4" in (page.css(".notice::text").get() or "")


def test_an_article_that_nobody_names_says_so(serve_articles: Callable[..., Get]) -> None:
    assert Selector(serve_articles(name(1))("/archive/articles/1/graph").text).css(".notice")


def test_no_article_has_no_graph(get: Get) -> None:
    assert get("/archive/articles/999/graph").status_code == 404
    assert get(f"/archive/articles/{'9' * 5000}/graph").status_code == 404

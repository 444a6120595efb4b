"""Text to tree: what is cut before it is parsed, and which tree is handed on."""

from __future__ import annotations

import random

import pytest

from pipelines.parts import NO_PARTS, find_parts
from pipelines.tree import _LONG_TAG, MAX_TAG, _may_hold_long_tag, parse, parse_page

PAGE = '<html><body><p>第一号园区开工。</p><a href="{href}">下一页</a></body></html>'


def test_a_tag_that_is_too_long_is_cut_wherever_it_stands() -> None:
    randomly = random.Random(1)
    held = 0
    for _ in range(300):
        stretches = [randomly.choice((0, 1, 50, MAX_TAG - 2, MAX_TAG - 1, MAX_TAG, MAX_TAG + 1)) for _ in range(4)]
        text = "".join(f"{randomly.choice(('<', '<', '>', ''))}{'a' * length}" for length in stretches)
        if _LONG_TAG.search(text):
            assert _may_hold_long_tag(text)
            held += 1
    assert held > 20


def test_a_long_attribute_is_dropped_and_its_element_kept() -> None:
    (picture,) = parse(f"<p>图</p><img src='{'x' * MAX_TAG}'>").iter("img")
    assert dict(picture.attrib) == {}


def test_a_tree_that_is_kept_is_handed_on_once() -> None:
    body = PAGE.format(href="2.html").encode()
    kept = parse_page(body, keep=True)
    assert parse_page(b"<p>another page</p>") is not kept
    assert parse_page(body) is kept
    assert parse_page(body) is not kept


@pytest.mark.parametrize(
    "href",
    [
        "/a/123_2.html",
        "123_2.html",
        "../a/123_2.html",
        "//site.example/a/123_2.html",
        "http://site.example/a/123_2.html",
        "HTTP://site.example:80/a/123_2.html",
        "/a/%31%32%33_2.html",
        " /a/123_2.html ",
    ],
)
def test_the_next_part_is_found_however_its_address_is_spelled(href: str) -> None:
    found = find_parts(PAGE.format(href=href).encode(), "http://site.example/a/123.html")
    assert found.following == "http://site.example/a/123_2.html"


@pytest.mark.parametrize(
    ("name", "href"),
    [
        ("a/123.html", "/a/123/2.html"),
        ("a/123.html", "/a/123-p2.html"),
        ("a/123.html", "?page=2"),
        ("a/123.html", "/a/123.html?pageNo=2"),
        ("a/123_1.html", "/a/123_2.html"),
        ("a/123/", "/a/123/2/"),
        ("a/123", "123/2/"),
        ("post-12.html", "post-12-2.html"),
        ("show.php?id=5", "?page=2&amp;id=5"),
        ("show.php?id=5", "show.php?id=5&page=2"),
        ("%E6%96%87.html", "/文_2.html"),
    ],
)
def test_the_next_part_is_found_however_parts_are_counted(name: str, href: str) -> None:
    found = find_parts(PAGE.format(href=href).encode(), f"http://site.example/{name}")
    assert found.following is not None


def test_a_page_that_names_no_other_part_is_not_parsed_to_look_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.parts.parse_page", None)
    page = PAGE.format(href="/a/124.html") + "<a href='/a/123.html?from=share'>123</a><img src=/p/123.jpg>"
    assert find_parts(page.encode(), "http://site.example/a/123.html") == NO_PARTS


@pytest.mark.parametrize("href", ["/a/124_2.html", "http://other.example/a/123_2.html", "/b/123_2.html", "/a/123.html"])
def test_another_article_is_no_part(href: str) -> None:
    assert find_parts(PAGE.format(href=href).encode(), "http://site.example/a/123.html").following is None

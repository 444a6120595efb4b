"""One article, one URL."""

from __future__ import annotations

import random
from urllib.parse import urlunsplit

import pytest

from archive import canonical_url, url_key
from archive.urls import _CANONICAL, _split

ONE_PAGE = [
    "https://news.example.com/a/1.html",
    "http://news.example.com/a/1.html",
    "HTTPS://News.Example.COM:443/a/1.html#more",
    "http://news.example.com:80/a/1.html?from=related",
    "https://news.example.com/a/1.html?utm_source=x&utm_medium=y&spm=a.b.1",
    "https://news.example.com/x/../a/./1.html?",
    " https://news.example.com/a/1.html\n",
]


@pytest.mark.parametrize("url", ONE_PAGE)
def test_spellings_of_one_page_have_one_key(url: str) -> None:
    assert url_key(url) == "news.example.com/a/1.html"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://A.example:80/b?y=2&x=1#c", "http://a.example/b?x=1&y=2"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/b/index.html", "https://a.example/b/"),
        ("https://a.example/INDEX.PHP", "https://a.example/"),
        (
            "https://a.example/新闻?词=洛 阳",
            "https://a.example/%E6%96%B0%E9%97%BB?%E8%AF%8D=%E6%B4%9B+%E9%98%B3",
        ),
        ("https://a.example/s?k=%C2%E5%D1%F4", "https://a.example/s?k=%C2%E5%D1%F4"),
        ("https://新闻.example/", "https://xn--efvy88h.example/"),
        ("https://a.example:8080/", "https://a.example:8080/"),
        ("https://a.example/b?share=wx&id=5", "https://a.example/b?id=5"),
    ],
)
def test_what_is_stored_and_asked_for(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_a_scheme_is_kept_as_given() -> None:
    assert canonical_url("http://a.example/") == "http://a.example/"
    assert canonical_url("https://a.example/") == "https://a.example/"


def test_index_php_with_a_query_is_asked_for_as_it_stands_but_is_the_same_page() -> None:
    assert canonical_url("https://a.example/index.php?id=5") == "https://a.example/index.php?id=5"
    assert url_key("https://a.example/index.php?id=5") == url_key("https://a.example/?id=5")


def test_a_query_that_is_no_name_and_value_is_left_alone() -> None:
    assert canonical_url("https://bbs.example/read.php?tid-5.html&p=2") == (
        "https://bbs.example/read.php?tid-5.html&p=2"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/b", "https://a.example/b/"),
        ("https://a.example/b", "https://a.example/B"),
        ("https://a.example/b?id=1", "https://a.example/b?id=2"),
        ("https://a.example/", "https://www.a.example/"),
        ("https://a.example/", "https://a.example:8443/"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
    ],
)
def test_different_pages_keep_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "mailto:a@b.example",
        "data:text/html,x#1",
        "http://[::1/",
        "http://a:99999/",
        "x",
    ],
)
def test_what_is_no_web_address_comes_back_as_it_is(url: str) -> None:
    assert canonical_url(url) == url_key(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *ONE_PAGE,
        "https://a.example/index.html/index.html",
        "http://a.example/%e6%96?b&a=%e4&&c=1",
        "http://u:p@a.example/?x=1?y=2",
        "http://[::0:1]:80/a b",
    ],
)
def test_applied_twice_it_changes_nothing(url: str) -> None:
    assert canonical_url(canonical_url(url)) == canonical_url(url)
    assert url_key(canonical_url(url)) == url_key(url)


def test_urls_that_are_left_alone_are_those_that_nothing_would_change() -> None:
    randomly = random.Random(1)
    left_alone = 0
    for _ in range(4_000):
        host = "".join(randomly.choices("ab0.-A", k=5)) + randomly.choice(
            ("", ":80", ":8080", ":0443", ":54321", ":65536")
        )
        written = f"https://{host}/" + "".join(
            randomly.choices(("a", "Z9", "/", ".", "_~-", "%;+ ", "/Index.php"), k=randomly.randrange(5))
        )
        if _CANONICAL.fullmatch(written):
            parts = _split(written)
            assert parts is not None
            assert urlunsplit(parts) == written
            assert url_key(written) == urlunsplit(parts._replace(scheme="")).removeprefix("//")
            left_alone += 1
    assert left_alone > 100

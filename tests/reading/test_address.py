"""The address that an article is kept under: the one it names as its own, where that can be true."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.metadata import read_address

CASES = [
    ("/a/1.html", "/a/1.html", "/a/1.html"),
    ("/a/1.html", "https://www.park.example/a/1.html", "https://www.park.example/a/1.html"),
    ("/m/1.html", "/a/1.html", "/a/1.html"),
    ("/?p=7", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/2024/05/new-park", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/2024/05/new-park/?from_app=1", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/2024/05/new-park/2/", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/a/1/index_2.html", "/a/1/", "/a/1/"),
    ("/2024/05/new-park/amp/", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/2024/05/new-park/print", "/2024/05/new-park/", "/2024/05/new-park/"),
    ("/a/1/index.shtml", "/a/1/", "/a/1/"),
    ("/a/1/default.aspx", "/a/1/", "/a/1/"),
    ("/a/1.html", "/", None),
    ("/a/1.html", "/index.php", None),
    ("/a/1.html", "/a/index.html", None),
    ("/a/2024/1234.html", "/a/", None),
    ("/a/1.html", "/a/list_1.html", None),
    ("/?p=7", "/", None),
    ("/?p=7", "/index.php", None),
    ("/a/1.html", "https://elsewhere.example/a/1.html", None),
    ("/a/1.html", "javascript:void(0)", None),
    ("/a/1.html", "http://[park", None),
]
"""Path of a page, its rel=canonical, and what it is kept under; None is its own address."""


@pytest.mark.parametrize(("path", "stated", "kept"), CASES)
def test_a_page_is_kept_under_the_address_that_it_states_unless_that_is_another_page(
    path: str, stated: str, kept: str | None
) -> None:
    root = html.fromstring(f'<html><head><link rel="canonical" href="{stated}"></head><body></body></html>')
    kept = path if kept is None else kept
    assert read_address(root, f"https://park.example{path}") == (
        f"https://park.example{kept}" if kept[0] == "/" else kept
    )

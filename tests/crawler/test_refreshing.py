"""What a page leads to by `<meta http-equiv="refresh">`, in whatever letters it is written."""

from __future__ import annotations

from typing import Any

import pytest

META = '<!doctype html><html><head><meta http-equiv="REFRESH" content="0; url={0}"><title>转到</title></head></html>'


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_a_page_that_refreshes_to_another_is_followed(charset: str, site: Any, web: Any, crawler: Any) -> None:
    headers = {"Content-Type": f"text/html; charset={charset}"}
    site.pages |= {"/old": web.Reply(META.format("/new").encode(charset), headers=headers), "/new": web.article(2)}
    crawl = crawler.scrapy(f"{site.url}/old")
    assert crawl.articles == {f"{site.url}/new"}


def test_a_page_that_only_speaks_of_it_is_read(site: Any, web: Any, crawler: Any) -> None:
    page = web.article(1)
    body = page.body.replace(b"</head>", b'<meta name="x" content="refresh"></head>')
    site.pages["/a"] = web.Reply(body, headers={"Content-Type": "text/html; charset=utf-8"})
    assert crawler.scrapy(f"{site.url}/a").articles == {f"{site.url}/a"}

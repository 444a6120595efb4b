"""Pages made to be slow end within five seconds each, as an article or with a reason, and the next page is read as ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from archive.records import Page
from pipelines import NotAnArticle, read_article
from pipelines.pool import PageReading, ReaderPool, ReadingFailed, read_page
from tests.reading.test_linear import USUAL as USUAL_PACE
from tests.reading.test_linear import pace

MOST = 5.0
"""Seconds of processor time that any page may take on a quiet machine; the slowest takes 3.9."""
URL = "http://site.example/a/1.html"
START = "<html><title>第一号园区开工</title><h1>第一号园区开工</h1><p>2024年9月27日 来源：洛水日报</p>"
PROSE = "园区负责人介绍，下一步将围绕主导产业补齐链条，让更多企业留下来。"
P = f"<p>{PROSE}</p>"
USUAL = START + P * 5

PAGES: dict[str, Callable[[], str]] = {
    "50,000 paragraphs": lambda: START + P * 50_000,
    "50,000 empty paragraphs": lambda: USUAL + "<p>" * 50_000,
    "as many paragraphs as are read": lambda: START + P * 19_000,
    "100,000 nested div": lambda: START + "<div>" * 100_000 + P * 5,
    "nested div that are closed": lambda: START + "<div>" * 49_000 + P * 5 + "</div>" * 49_000,
    "a text of 12 MB": lambda: START + "<p>" + PROSE * 120_000,
    "a text of 2.9 million characters": lambda: START + "<p>" + PROSE * 90_000,
    "a line as long as is read": lambda: START + "<p>" + PROSE * 6_000,
    "50,000 attributes": lambda: USUAL + "<div " + " ".join(f'a{i}="1"' for i in range(50_000)) + f">{P * 3}</div>",
    "50,000 elements with attributes": lambda: USUAL + '<b class="hot share" id="x" style="color:red" a=1>园</b>' * 50_000,
    "20,000 elements with 20 attributes": lambda: USUAL + ("<b " + "".join(f"a{i}=1 " for i in range(20)) + ">园</b>") * 20_000,
    "50,000 nested inline elements": lambda: USUAL + "<p>" + "<b>" * 50_000 + PROSE,
    "nested font and span": lambda: USUAL + "<font><span>" * 45_000 + PROSE,
    "50,000 nested links": lambda: USUAL + "<a href=/x>" * 50_000 + PROSE,
    "nested lists": lambda: USUAL + "<ul><li>" * 45_000 + P,
    "nested tables": lambda: USUAL + "<table><tr><td>" * 30_000 + PROSE,
    "nested hidden elements": lambda: USUAL + '<div style="display:none">' * 50_000 + P,
    "100,000 entities": lambda: USUAL + "<p>" + "&#22253;&nbsp;" * 100_000,
    "cells that span": lambda: USUAL + "<table>" + ("<tr>" + "<td colspan=1000 rowspan=1000>园</td>" * 10) * 4_000 + "</table>",
    "cells that span, as many as are read": lambda: USUAL + "<table><tr>" + "<td rowspan=9999>园</td>" * 60 + "<tr><td colspan=9999>园<td>园" * 1_200 + "</table>",
    "a row of 50,000 cells": lambda: USUAL + "<table><tr>" + "<td>园区</td>" * 50_000 + "</table>",
    "a million line breaks in text": lambda: USUAL + "\n" * 1_000_000 + P,
    "a million lines of verse": lambda: USUAL + "<pre>" + "园\n" * 1_000_000 + "</pre>",
    "5 MB of spaces": lambda: USUAL + "<p>" + " " * 5_000_000,
    "2.9 MB of spaces": lambda: USUAL + "<p>" + " " * 2_900_000 + "。",
    "30,000 links in a row": lambda: USUAL + '<a href="/a/1.html">园区新闻标题在这里</a>' * 30_000,
    "30,000 links in a list": lambda: USUAL + "".join(f'<li><a href="/a/{i}.html">园区新闻第{i}条标题</a>' for i in range(30_000)),
    "19,000 related articles": lambda: USUAL + "<h3>相关文章</h3>" + "".join(f'<li><a href="/a/{i}.html">园区新闻第{i}条标题</a>' for i in range(19_000)),
    "30,000 further parts": lambda: USUAL + "<div>" + "".join(f'<a href="1_{i}.html">{i}</a>' for i in range(30_000)) + "</div>",
    "CDATA": lambda: USUAL + "<![CDATA[园]]>" * 100_000,
    "comments": lambda: USUAL + "<!--园-->" * 150_000,
    "comments that do not end": lambda: USUAL + "<!--" * 500_000,
    "tags that do not end": lambda: USUAL + "<a " * 290_000,
    "tags of 20,000 letters": lambda: USUAL + ("<" + "a" * 19_990) * 140 + "<" + "a" * 30_000,
    "scripts": lambda: USUAL + "<script>var a=1</script>" * 90_000,
    "a title of a million characters": lambda: f"<title>{'园区_' * 350_000}</title>" + P * 5,
    "90,000 titles": lambda: "<title>园区开工了</title>" * 90_000 + USUAL,
    "19,000 headlines": lambda: START + "<h1>第一号园区开工了</h1>" * 19_000 + P * 5,
    "data for machines, nested": lambda: '<script type="application/ld+json">' + '{"a":' * 200_000 + "</script>" + USUAL,
    "a breadcrumb without end": lambda: START + "<div>当前位置：" + "<a href=/>首页</a> &gt; " * 20_000 + "</div>" + P * 5,
    "dates": lambda: USUAL + "<p>" + "2024-09-27 " * 15_000,
    "byline rows": lambda: USUAL + "<p>发布时间：2024-09-27 10:00 来源：洛水日报 作者：某某</p>" * 18_000,
    "credits": lambda: START + f"<p>（洛水日报记者 钱三思 通讯员 孙望舒）{PROSE}</p>" * 18_000,
    "18,000 lines of spam": lambda: USUAL + "".join(f"<p>加微信cyyq{i} 厂房出租1300000{i % 10_000:04d}</p>" for i in range(18_000)),
    "spam in long lines": lambda: USUAL + ("<p>" + "加微信cyyq0000。扫码关注我们。版权所有，转载请注明。" * 700 + "</p>") * 100,
    "telephone numbers": lambda: USUAL + "<p>" + "13000000000 " * 16_000,
    "disguised numbers": lambda: USUAL + "<p>" + "①③〇 " * 40_000,
    "invisible characters": lambda: USUAL + "<p>" + "园\u200b" * 90_000,
}  # fmt: skip

WORST = (
    "50,000 paragraphs",
    "100,000 nested div",
    "a text of 12 MB",
    "50,000 attributes",
    "18,000 lines of spam",
    "nested tables",
)
"""Those that are read in a process before a page that is like any other."""


@pytest.mark.heavy
@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends_in_time(name: str) -> None:
    body = PAGES[name]().encode()
    start = time.process_time()
    try:
        read_article(body, URL)
    except NotAnArticle as error:
        assert error.reason
    assert (time.process_time() - start) / max(1.0, pace() / USUAL_PACE) < MOST


@pytest.mark.heavy
def test_the_page_after_each_hostile_one_is_read_as_ever() -> None:
    wanted = read_article(USUAL.encode(), URL)
    pool: ReaderPool[Page, PageReading] = ReaderPool(read_page, processes=1, timeout=30.0)

    async def read_all() -> list[tuple[str, object]]:
        wrong: list[tuple[str, object]] = []
        for name in WORST:
            try:
                await pool.read(page_of(PAGES[name]()))
            except ReadingFailed as failed:
                wrong.append((name, failed.reason))
            reading = await pool.read(page_of(USUAL))
            if reading.article != wanted:
                wrong.append((name, reading))
        return wrong

    try:
        assert asyncio.run(read_all()) == []
    finally:
        pool.close()


def page_of(text: str) -> Page:
    """The page as a crawler hands it to the pool."""
    return Page(
        url=URL, requested_url=URL, site="site", depth=0, status=200, body=text.encode(), fetched_at=datetime.now(UTC)
    )

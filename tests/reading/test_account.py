"""The account balances: what is kept and what is taken out are together what the page holds, to the character."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelines import read_article
from pipelines.blocks import split_blocks
from pipelines.container import find_container
from pipelines.decode import decode
from pipelines.errors import NotAnArticle
from pipelines.regions import find_regions
from pipelines.text import key
from pipelines.tree import parse

OWN = sorted((Path(__file__).parent / "pages").glob("*.html"))
REAL = sorted((Path(__file__).parents[3] / "shared" / "quality" / "pages").glob("*.html"))
"""Real pages for measuring, beside the project in its workplace; they are no part of it."""


def characters(texts: list[str]) -> Counter[str]:
    return Counter(key("".join(texts)))


@pytest.mark.parametrize("path", [*OWN, *REAL], ids=lambda path: path.stem)
def test_text_kept_and_text_taken_out_are_what_the_container_holds(path: Path) -> None:
    body = path.read_bytes()
    try:
        article = read_article(body, "http://site.example/a/1.html")
    except NotAnArticle:
        pytest.fail(f"{path.name} is an article")
    root = parse(decode(body))
    blocks = split_blocks(root)
    container = find_container(root, blocks, find_regions(blocks))
    assert container is not None
    start, end = blocks.spans[container]
    held = characters([line.text for line in blocks.lines[start:end]])
    assert characters([article.body, *(removal.text for removal in article.removals)]) == held


def test_removals_stand_where_the_page_has_them() -> None:
    page = """<title>园区新闻标题在此_某网</title><div class="content"><h1>园区新闻标题在此</h1>
    <p>第一段说的是园区里新来的企业，它们带来了许多岗位。</p><p>微信号：cyyq0000</p>
    <p>第二段说的是这些岗位由谁来做，以及他们从哪里来。</p><p>责任编辑：某某</p></div>"""
    article = read_article(page.encode(), "http://site.example/a/1.html")
    placed = [(removal.rule, removal.position) for removal in article.removals]
    assert placed == [("above-the-text", 0), ("account-id", 1), ("editor-line", 2)]

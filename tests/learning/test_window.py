"""Of a page that is read by what was learned only the part is parsed in which all stands that it is read by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipelines.decode import decode
from pipelines.learning import KnownSite, Learned, Sample, learn
from pipelines.learning.record import Template, Window
from pipelines.learning.window import cut
from tests.learning.themes import THEMES, Piece, Told, cards, flat, site

Theme = Callable[[Piece], str]
MENU = "".join(f'<li><a href="/c/{n}/" title="栏目{n}">栏目名称{n}</a></li>' for n in range(60))
SIDE = '<div class="side">{boxes}</div><div class="foot">网站地图 | 联系方式</div>'
LEARNED_FROM, PAGES = 12, 30


def framed(theme: Theme) -> Theme:
    """A theme with a menu above and a side bar below, which is other on each page."""

    def page(piece: Piece) -> str:
        boxes = "".join(
            f"<p><a href='/{piece.number + n}.html'>第{piece.number + n}号热点新闻</a></p>" for n in range(40)
        )
        return f"<div class='nav'><ul>{MENU}</ul></div><div class='page'>{theme(piece)}</div>{SIDE.format(boxes=boxes)}"

    return page


def learned_from(pages: list[Told]) -> Template:
    (template,) = learn([Sample(page.html, page.url, None) for page in pages]).templates
    return template


def read_both_ways(template: Template, page: Told) -> bool:
    """Whether a page is read with the window as without."""
    quick, whole = (
        KnownSite(Learned(templates=(way,))).read(page.html, page.url, None)
        for way in (template, replace(template, window=None))
    )
    return quick == whole


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.__name__)
def test_what_is_not_read_is_not_parsed(theme: Theme) -> None:
    pages = site(framed(theme), PAGES)
    template = learned_from(pages[:LEARNED_FROM])
    assert template.window is not None
    for page in pages:
        shown = cut(decode(page.html), template.window)
        assert shown is not None
        assert "栏目名称" not in shown
        assert "号热点新闻" not in shown
        assert read_both_ways(template, page)


def test_a_page_on_which_the_bounds_are_not_there_once_each_is_parsed_whole() -> None:
    pages = site(framed(cards), PAGES)
    template = learned_from(pages[:LEARNED_FROM])
    assert template.window is not None
    (plain, *_), side = pages[LEARNED_FROM:], b'<div class="side">'
    for html in (plain.html.replace(side, b"<div>"), plain.html.replace(side, side + b"</div>" + side)):
        assert cut(decode(html), template.window) is None
        assert read_both_ways(template, replace(plain, html=html))


def test_what_only_some_pages_have_is_inside() -> None:
    def with_path(piece: Piece) -> str:
        path = (
            ""
            if piece.number % 4
            else "<div class='path'>当前位置：<a href='/'>首页</a> &gt; <a href='/y/'>园区</a></div>"
        )
        return path + cards(piece)

    pages = site(framed(with_path), PAGES)
    template = learned_from(pages[:LEARNED_FROM])
    assert template.window is not None
    read = [KnownSite(Learned(templates=(template,))).read(page.html, page.url, None).category for page in pages]
    assert read == [None if page % 4 else "园区" for page in range(PAGES)]


def test_a_site_without_chrome_has_no_window() -> None:
    assert learned_from(site(flat, LEARNED_FROM)).window is None


def test_the_window_is_in_the_record_and_changes_no_reading() -> None:
    template = learned_from(site(framed(cards), LEARNED_FROM))
    learned = Learned(templates=(template,))
    assert Learned.from_json(learned.to_json()) == learned
    assert Learned(templates=(replace(template, window=None),)).digest == learned.digest


def test_no_bounds_are_the_whole_page() -> None:
    page = "<html><head><title>题</title></head><body><p>文</p></body></html>"
    assert cut(page, Window(inside=(), starts=None, ends=None)) == page
    assert cut("<p>文</p>", Window(inside=(), starts=None, ends=None)) is None

"""Pages that name other pages instead of telling something: by their address, by excerpts, by cards with bylines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import html

from archive.urls import url_key
from pipelines.blocks import Block, Blocks
from pipelines.byline import is_byline
from pipelines.related import MIN_TITLE, base_url, link_target
from pipelines.text import is_prose

LIST_LINKS = 3
"""Linked titles with an excerpt each that make a list of a page."""
LIST_ROWS = 8
"""Rows with a link each that make a list of a page."""
LIST_CARDS = 2
"""Linked headings with a byline each that make a list of a page; an article has one, linked to itself at most."""
NEAR = 3
"""Lines behind a heading in which its byline or its 阅读全文 stands."""

_ADDRESS = re.compile(
    r"/page/\d+/?$|/tags?/[^/]+/?$|/(?:categor(?:y|ies)|authors?)/[^.]*$|/archives/?$"
    r"|/(?:list|index|forum)(?:[_-]\d+)+\.\w+$|/search(?:\.\w+)?/?$",
    re.I,
)
"""Addresses under which publishing systems put the pages of a section, a tag, an author, a search."""
_QUERY = re.compile(r"(?:^|&)(?:s|q|wd|kw|keywords?|mod=forumdisplay)(?:=|&|$)", re.I)
_COUNTERS = re.compile(
    r"[(（\[]?(?:日期|时间|发布|点击|浏览|阅读|评论|作者)?[:：]?\s*\d[\d:：./年月日\s-]*(?:次|日)?[)）\]]?"
)
_READ_ON = re.compile(r"[\W_]*(?:继续|繼續)?(?:阅读|閱讀|查看|展开)?(?:全文|更多|原文|全部|more|read more)[\W_]*", re.I)
_CUT_SHORT = re.compile(r"(?:…|\.{3}|。。。)[\W_]*(?:\S{0,2}(?:全文|详[细情]|更多))?[\W_]*$")


def is_list(lines: Sequence[Block], first: int, blocks: Blocks, root: html.HtmlElement, url: str) -> bool:
    """Whether a page lists others. `lines` are those of the element that would be the article, `first` is the
    index of the first line of its text."""
    return has_list_address(url) or _is_table(lines) or _is_excerpts(lines) or _is_cards(blocks, first, root, url)


def has_list_address(url: str) -> bool:
    """Whether an address can only be that of a list."""
    parts = urlsplit(f"//{url_key(url)}")
    return _ADDRESS.search(parts.path) is not None or (
        parts.path.strip("/") == "" and _QUERY.search(parts.query) is not None
    )


def _is_table(lines: Sequence[Block]) -> bool:
    """Whether nearly every line has a link in it and none is running text: files to download, posts to fill."""
    linked = sum(line.links >= MIN_TITLE for line in lines)
    plain = any(is_prose(line.text) and line.links < MIN_TITLE for line in lines)
    return linked >= LIST_ROWS and linked >= 0.8 * len(lines) and not plain


def _is_excerpts(lines: Sequence[Block]) -> bool:
    """Whether the lines are titles that lead elsewhere, each with an excerpt, and no byline of their own."""
    shown = [line for line in lines if len(line.text) >= 6 or (line.heading and line.links)]
    prose = [i for i, line in enumerate(shown) if is_prose(line.text) and line.links <= 0.5 * len(line.text)]
    glued = [i for i in prose if shown[i].links and _CUT_SHORT.search(shown[i].text)]
    if len(glued) >= LIST_LINKS and len(glued) >= 0.6 * len(prose):
        return True
    titles = [
        i
        for i, line in enumerate(shown)
        if line.links >= MIN_TITLE and "://" not in line.text and line.links > 0.7 * len(_COUNTERS.sub("", line.text))
    ]
    if len(titles) < LIST_LINKS or not prose or titles[0] > prose[0]:
        return False
    above = [max((t for t in titles if p - NEAR <= t < p), default=None) for p in prose]
    announced = [title for title in above if title is not None]
    # Of an article below a list of others all paragraphs are below the last of them.
    return len(announced) >= 0.8 * len(prose) and len(set(announced)) > max(1, 0.5 * len(prose))


def _is_cards(blocks: Blocks, first: int, root: html.HtmlElement, url: str) -> bool:
    """Whether the text belongs to the first of several headings that lead elsewhere and have a byline each, or to
    one whose 阅读全文 leads to the same page."""
    base, own = base_url(root, url), url_key(url)
    cards: Counter[int] = Counter()
    for line in blocks.lines:
        if not line.heading or line.links < 0.7 * len(line.text):
            continue
        target = _target(line, base)
        if target in (None, own) or (line.index > first and not cards[line.heading]):
            continue
        following = blocks.lines[line.index + 1 : line.index + 1 + NEAR]
        cards[line.heading] += any(is_byline(near.spaced) for near in following)
        if any(
            _READ_ON.fullmatch(near.text) and _target(near, base) == target for near in _until_heading(blocks, line)
        ):
            return True
    return any(count >= LIST_CARDS for count in cards.values())


def _until_heading(blocks: Blocks, heading: Block) -> list[Block]:
    """The lines below a heading up to the next one of its level."""
    below = blocks.lines[heading.index + 1 : heading.index + 40]
    end = next((i for i, line in enumerate(below) if line.heading == heading.heading), len(below))
    return below[:end]


def _target(line: Block, base: str) -> str | None:
    """The key of the address that a line's first link leads to."""
    for link in line.node.iter("a"):
        target = link_target(link.get("href") or "", base)
        if target:
            return url_key(target)
    return None

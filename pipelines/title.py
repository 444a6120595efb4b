"""The headline, without the name of the site around it."""

from __future__ import annotations

import re

from lxml import html

from pipelines.blocks import Block, Blocks, fold
from pipelines.byline import is_byline
from pipelines.outlets import is_office
from pipelines.text import key

LEAST_SCORE = 1.8
"""Score from which a line is believed to be the headline: agreeing with the document's title nearly suffices."""
LONGEST = 120
"""Characters a headline may have; longer lines are text that stands in a heading element."""
LONGEST_NAMED = 1_000
"""Characters of the document's own title that are looked at: one of a million took four seconds."""
MAX_WRAPPED, LEAST_WRAPPED = 4, 6
"""Lines over which one headline is set, and letters of each: shorter ones name the section."""
NEAR, FAR = 6, 40
"""Lines above the text in which a headline is near; and in which a byline stands when the text begins in short lines."""
LONGEST_NAME = 12
"""Letters up to which a document's title that is nowhere on the page may be the name of a site."""
LEAST_HEADING = 8
"""Letters of a heading that is believed against the document's title; shorter ones name sections: 新闻动态."""

_SEPARATOR = re.compile(r"\s*(?:[_|｜»›]|--+|——|\s[-–—·•~]|[-–—·•]\s)\s*|\s*(?<![0-9A-Za-z])[-–—](?![0-9A-Za-z])\s*")
_HARD = re.compile(r"[_|｜»›]|--")
"""Separators that do not occur inside a headline: what follows them is the site's."""
_SITE_WORD = re.compile(
    r"网$|网站|在线|頻道|频道|门户|日报|晚报|早报|时报|电视台|资讯|博客|论坛|公司|政府|平台|官网|新闻中心|客户端"
    r"|\.(?:com|cn|net|org)|首页|正文|[新闻要闻资讯]{2}$|Powered|版$|^[A-Za-z ]{2,12}$",
    re.I,
)
_NO_HEADLINE = re.compile(
    r"[。]|[:：]$|记者|通讯员|实习生|来源|作者|^文\s?[/／|｜丨]|责任?编|当前位置|第\d+版|\d{7}|[〔\[（(]\d{4}[〕\]）)]|^[（(].*[）)]$|^(?:发布|发表|更新|成文)?(?:日期|时间)\s?[:：]"
)
_BYLINE_DATE = re.compile(r"\d{4}[-年/.]\d")
"""What a line has that is no headline, unless it is marked as a heading: a headline may name a month."""
_EDGES = re.compile(r"^(?:[ _|·:：>»]|-(?!\d))+|[ \-_|·:：>»]+$")
"""What separates a headline from other parts of a title. A minus before a number is its own."""
_IS_SITE = re.compile(
    r"^[^-_|—·,，。:：!！?？\s]{0,20}(?:网站?|门户|官网|频道|[日晚早晨时]报|电视台|在线|平台|客户端|政府|公司|集团|[大中小]学|学院|医院|协会)(?:欢迎您?[!！]?)?$"
)
"""A line that only names the site."""
DATED = re.compile(r"(?<=.{8})\s*[\[(（]?\s*20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*[\])）]|\s.{0,40})?$")
"""The date, and perhaps the source, that some templates print within the heading itself."""
_TITLE_CLASS = re.compile(r"title|(?:^|[\s_-])tit(?:$|[\s_-])|headline|biaoti|btou|subject|^h1", re.I)
_SECTION = re.compile(
    "(?:新闻|动态|公告|通知|资讯|要闻|快讯|中心|专栏|专题|频道|公示|公开|简报|报道|聚焦|风采|园地|天地)$"
)
"""How sections are called."""


def find_title(root: html.HtmlElement, blocks: Blocks, body_start: int) -> tuple[str | None, Block | None]:
    """The headline and the line it stands in.

    The line is the one on the page that best agrees with the document's own title, which nearly always holds the
    headline with the site's name behind it. `body_start` is the index of the first line of running text.
    """
    named = _document_title(root)
    theirs, own = key(named), key(_SEPARATOR.split(named, 1)[0])
    best, best_score = None, LEAST_SCORE
    for line in blocks.lines[: body_start + 40]:
        if 2 <= len(line.text) <= LONGEST:
            score = _score(line, theirs, own, body_start)
            if score > best_score:
                best, best_score = line, score
    heading = _heading_above(blocks, body_start)
    glued = _SEPARATOR.split(named, 1)[0] if _is_glued(own, blocks, body_start) else None
    if glued and (best is None or (theirs.endswith(key(best.text)) and key(best.text) != own)):
        return _tidy(glued), None
    if best is not None and not (heading and (_names_site(best, heading) or _is_cut(best, heading))):
        return _tidy(DATED.sub("", _unwrap(best, blocks, named))), best
    if heading is not None:
        return _tidy(DATED.sub("", heading.text)), heading
    stripped = strip_site(named, _site_names(root))
    menu = any(line.links and key(line.text) == key(stripped) for line in blocks.lines)
    above = _line_above(blocks, body_start)
    signed = above is not None and len(key(above.text)) >= LEAST_HEADING and _is_signed(above, blocks)
    names_page = len(key(stripped)) >= 4 and not menu and not _SITE_WORD.search(stripped)
    if names_page and not (signed and len(key(stripped)) < LONGEST_NAME):
        return stripped, None
    return (_tidy(above.text), above) if above else (stripped or None, None)


def _unwrap(first: Block, blocks: Blocks, named: str) -> str:
    """The headline that begins in a line and goes on in the next ones, as the document's title shows."""
    text, theirs = first.text, key(named)
    for line in blocks.lines[first.index + 1 : first.index + MAX_WRAPPED]:
        more = key(line.text)
        if len(more) < LEAST_WRAPPED or line.links or not theirs.startswith(key(text) + more):
            break
        text += line.text
    if text == first.text:
        return text
    whole = next(named[:end] for end in range(len(named) + 1) if key(named[:end]) == key(text))
    return first.text if _SEPARATOR.search(whole) else whole


def _names_site(line: Block, heading: Block) -> bool:
    """Whether a line that agrees with the document's title only names the site, or a section when the headline is the
    heading over the text."""
    if _IS_SITE.search(line.text):
        return True
    of_menu = (line.links > 0 and not line.heading) or _SECTION.search(line.text) is not None
    return of_menu and heading.heading > 0 and len(key(line.text)) < LEAST_HEADING


def _is_glued(own: str, blocks: Blocks, body_start: int) -> bool:
    """Whether what the document's title begins with stands above the text in one line with its byline."""
    above = blocks.lines[max(0, body_start - NEAR) : body_start]
    return len(own) >= LEAST_HEADING and any(
        key(line.text).startswith(own) and len(key(line.text)) > len(own) and _BYLINE_DATE.search(line.text)
        for line in above
    )


def _is_cut(line: Block, heading: Block) -> bool:
    """Whether a link, like the document's title, is a headline cut short that stands in full above the text."""
    return line.links > 0 and line is not heading and key(heading.text).startswith(key(line.text))


def _heading_above(blocks: Blocks, body_start: int) -> Block | None:
    """The heading that stands over the text, for pages whose own title is the same all over the site."""
    for line in reversed(blocks.lines[max(0, body_start - NEAR) : body_start]):
        headed = line.heading or _TITLE_CLASS.search(line.node.get("class") or "")
        if headed and not line.links and len(key(line.text)) >= LEAST_HEADING and len(line.text) <= LONGEST:
            dated = not line.heading and _BYLINE_DATE.search(line.text)
            return None if dated or _IS_SITE.search(line.text) or _NO_HEADLINE.search(line.text) else line
    return None


def _is_signed(line: Block, blocks: Blocks) -> bool:
    """Whether a byline stands directly below a line."""
    return any(is_byline(row.spaced) for row in blocks.lines[line.index + 1 : line.index + 2])


def _line_above(blocks: Blocks, body_start: int) -> Block | None:
    """The nearest line above the text, or above a byline far above it, that could be a headline, for pages whose own
    title is the site's name; the first of it where it is printed twice."""
    rows = (
        i
        for i in range(max(0, body_start - FAR), body_start)
        if re.search("[:：]", blocks.lines[i].text) and is_byline(blocks.lines[i].spaced)
    )
    near = body_start - NEAR
    end = next((i for i in rows if i < near or _may_be_headline(blocks.lines[i - 1], LEAST_HEADING)), body_start)
    lines = blocks.lines[max(0, end - NEAR) : end]
    for line in reversed(lines):
        if _may_be_headline(line):
            return next(first for first in lines if key(first.text) == key(line.text))
    return None


def _may_be_headline(line: Block, least: int = 4) -> bool:
    """Whether a line of `least` characters or more is no link, byline or sentence."""
    words = least <= len(line.text) <= 60 and not line.links
    return words and not _BYLINE_DATE.search(line.text) and not _NO_HEADLINE.search(line.text)


def _score(line: Block, theirs: str, own: str, body_start: int) -> float:
    """How much speaks for a line being the headline. `theirs` is the key of the document's own title, `own` of what
    stands in it before the site's name."""
    mine = key(line.text)
    if not mine:
        return 0.0
    score = -2.0 if len(mine) <= 8 and _SITE_WORD.search(line.text) else 0.0
    if theirs.startswith(mine):
        score += 2.0 + 2.5 * min(1.0, len(mine) / len(theirs))
    elif mine in theirs and len(mine) >= 5:
        score += 1.0 + 2.5 * len(mine) / len(theirs)
    elif (
        len(mine) > 8
        and len(theirs) >= max(8, len(mine) // 2)
        and mine.startswith(theirs.rstrip(".")[: len(mine)][:-1] or "\0")
    ):
        score += 3.0
    elif _shares_most(mine, theirs):
        score += 1.5
    score += {1: 1.5, 2: 1.0, 3: 0.6}.get(line.heading, 0.2 if line.heading else 0.0)
    if _TITLE_CLASS.search(f"{line.node.get('class') or ''} {line.node.get('id') or ''}"):
        score += 0.6
    if line.links > 0.5 * len(line.text):
        score -= 0.7
    if line.index >= body_start:
        score -= 1.0 + 0.05 * (line.index - body_start)
    else:
        score -= min(0.5, 0.02 * (body_start - line.index))
    told = len(mine) >= 4 or (mine == own and line.heading > 0 and not line.links)
    return score if told else score - 1.5


def _shares_most(mine: str, theirs: str) -> bool:
    """Whether two titles are variants of one another: most pairs of characters are in both."""
    a = {mine[i : i + 2] for i in range(len(mine) - 1)}
    b = {theirs[i : i + 2] for i in range(len(theirs) - 1)}
    return len(a) >= 4 and len(a & b) >= 0.7 * len(a)


def _document_title(root: html.HtmlElement) -> str:
    """What the title element says, else og:title; empty when the page has neither."""
    for element in root.iter("title"):
        text = fold("".join(element.itertext()))
        if text:
            return text[:LONGEST_NAMED]
    for element in root.iter("meta"):
        if (element.get("property") or "").lower() == "og:title":
            return fold(element.get("content") or "")[:LONGEST_NAMED]
    return ""


def _site_names(root: html.HtmlElement) -> set[str]:
    """What the page calls its site, as keys."""
    names = set()
    for element in root.iter("meta"):
        what = (element.get("property") or element.get("name") or "").lower()
        if what in ("og:site_name", "application-name", "author", "copyright"):
            names.add(key(element.get("content") or ""))
    return names - {""}


def strip_site(title: str, site_names: set[str]) -> str:
    """A document title without the segments behind (or before) it that name the site and its sections."""

    def of_site(segment: str) -> bool:
        name = segment.strip()
        return key(name) in site_names or _SITE_WORD.search(name) is not None or is_office(name)

    cut = len(title)
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        if separator.start() == 0 or not (_HARD.search(separator[0]) or of_site(title[separator.end() : cut])):
            break
        cut = separator.start()
    kept = title[:cut]
    first = _SEPARATOR.search(title)
    if first and cut == first.start() and of_site(kept) and not of_site(title[first.end() :]):
        kept = title[first.end() :]
    return _tidy(kept)


def _tidy(title: str) -> str:
    return _EDGES.sub("", title)

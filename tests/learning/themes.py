"""Sites in invented themes, with spam that no cleaning rule knows, and what their articles truly say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from jianbao.demo.generator import generate_stories
from jianbao.demo.stories import Story

BASE = "https://news.example.com"
POLICY = "“凡在产业园区内新建厂房的企业，自投产之日起三年内享受用地补贴。”"
"""What many articles of a site quote, each in another place."""
STANDING = "编者按：园区的变化发生在车间里，也发生在人身上，本栏目记录这些变化。"
"""How the articles of one column begin."""
SPAM = (
    "本站每日更新园区资讯，收藏本页不迷路",
    "选址就找小园，十年老店值得托付",
    "小园热心肠，随叫随到，周末照常",
)
"""Lines that no rule takes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One page and what its article truly says."""

    url: str
    html: bytes
    title: str
    published: date
    paragraphs: tuple[str, ...]

    def with_line_below(self, line: str) -> Told:
        """The same page of a site that has another standing line below its articles."""
        spam = f"<p>{SPAM[-1]}</p>".encode()
        assert spam in self.html
        return replace(self, html=self.html.replace(spam, spam + f"<p>{line}</p>".encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What a theme puts on a page."""

    number: int
    story: Story
    paragraphs: tuple[str, ...]
    related: Sequence[Story]


@cache
def stories(count: int) -> list[Story]:
    return generate_stories("main", count, adverts=["招商顾问"])


def paragraphs_of(story: Story) -> tuple[str, ...]:
    return tuple(line for block in story.blocks if block.kind in ("paragraph", "quote") for line in block.lines)


def site(theme: Callable[[Piece], str], count: int, *, first: int = 0) -> list[Told]:
    """The pages `first` to `first + count` of a site in a theme."""
    known = stories(first + count + 8)
    told = []
    for number in range(first, first + count):
        story = known[number]
        lines = list(paragraphs_of(story))
        if number % 3:
            lines.insert(number % len(lines), POLICY)
        if number % 2:
            lines.insert(0, STANDING)
        related = [known[(number + step) % len(known)] for step in range(1, 7)]
        piece = Piece(number=number, story=story, paragraphs=tuple(lines), related=related)
        page = f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{story.title} - 河洛产业观察</title></head>"
        html = f"{page}<body>{theme(piece)}</body></html>".encode()
        told.append(
            Told(
                url=f"{BASE}/{number}.html",
                html=html,
                title=story.title,
                published=story.published,
                paragraphs=tuple(lines),
            )
        )
    return told


def _links(piece: Piece, item: str) -> str:
    return "".join(
        item.format(url=f"/{piece.number + step}.html", title=story.title)
        for step, story in enumerate(piece.related, start=1)
    )


def cards(piece: Piece) -> str:
    """Boxes within boxes, the byline in spans, spam in a box of its own below the text."""
    text = "".join(f"<p>{line}</p>" for line in piece.paragraphs)
    return (
        "<div class='wrap'><ul class='menu'><li><a href='/'>首页</a></li><li><a href='/qy/'>企业</a></li></ul>"
        f"<div class='card'><h1 class='t'>{piece.story.title}</h1><div class='facts'><span>小园</span>"
        f"<span>{piece.story.published}</span><span>热度 {piece.number * 7 + 3}</span></div>"
        f"<div class='txt'>{text}<div class='lines'>{''.join(f'<p>{line}</p>' for line in SPAM)}</div></div></div>"
        f"<div class='more'><h3>相关文章</h3><ul>{_links(piece, '<li><a href={url}>{title}</a></li>')}</ul></div></div>"
    )


def flat(piece: Piece) -> str:
    """Everything in one box, spam among the paragraphs at a fixed place and below them."""
    lines = [*piece.paragraphs[:2], SPAM[0], *piece.paragraphs[2:], *SPAM[1:]]
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        "<div id='top'><a href='/'>河洛产业观察</a> <a href='/zc/'>政策</a> <a href='/gs/'>故事</a></div>"
        f"<div id='main'><h2>{piece.story.title}</h2><p class='by'>时间：{piece.story.published} 来源：河洛晨报"
        f" 点击：{piece.number + 11}次</p>{text}</div>"
        f"<div id='rel'><b>相关阅读</b>{_links(piece, '<p><a href={url}>{title}</a></p>')}</div>"
    )


def turns(piece: Piece) -> str:
    """Paragraphs parted by line breaks, the spam lines take turns from page to page."""
    text = "<br><br>".join(piece.paragraphs)
    return (
        "<table width='960'><tr><td class='left'><a href='/'>首页</a><br><a href='/a/'>园区</a></td><td class='right'>"
        f"<div class='head'><strong>{piece.story.title}</strong></div>"
        f"<div class='sub'>[{piece.story.published} 10:2{piece.number % 10}] 作者：admin</div>"
        f"<div class='con'>{text}<br><br>{SPAM[piece.number % 3]}</div>"
        f"<div class='xg'>相关新闻：<ul>{_links(piece, '<li><a href={url}>{title}</a></li>')}</ul></div></td></tr></table>"
    )


THEMES = (cards, flat, turns)

"""Themes that put the site's words in the midst of the article's, and articles that say what sounds like the site's."""

from __future__ import annotations

from collections.abc import Sequence

from tests.learning.themes import SPAM, Piece, paragraphs_of

GLUED = ("小园门口有热茶。", "进来坐坐不要钱。")
CLOSING = "本报将继续报道。"
ADVISERS = ("小梅", "小竹", "阿菊")
HEADINGS = "园区 | 户数 | 用工"
OPENING, IN_FORCE = "各村民委员会、各有关单位：", "本办法自发布之日起施行。"
ASKED = "记者：请先介绍一下自己。"


def _page(piece: Piece, lines: Sequence[str], *, below: str = "") -> str:
    text = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in lines)
    row = f"{piece.story.published} 阅读 {piece.number + 3}"
    return f"<div class=w><h1>{piece.story.title}</h1><div class=i>{row}</div><div class=c>{text}</div>{below}</div>"


def glued_to_the_last_paragraph(piece: Piece) -> str:
    """Two sentences of the site at the end of the last paragraph of each article."""
    *lines, last = piece.paragraphs
    return _page(piece, [*lines, last + "".join(GLUED)])


def closing_in_the_last_paragraph(piece: Piece) -> str:
    """A sentence that four in five articles really end with."""
    *lines, last = piece.paragraphs
    return _page(piece, [*lines, last + (CLOSING if piece.number % 5 else ""), SPAM[0]])


def in_the_middle_and_twice(piece: Piece) -> str:
    """A line of the site in the middle of each article, another above and below it."""
    lines = list(piece.paragraphs)
    lines.insert(len(lines) // 2, SPAM[0])
    return _page(piece, [SPAM[1], *lines, SPAM[1]])


def before_a_list_of_names(piece: Piece) -> str:
    """A line of the site above names that are others on each page, and on some pages none."""
    names = "、".join(f"{surname}小禾{piece.number}" for surname in "陈林吴周郑"[: piece.number % 6])
    return _page(piece, [*piece.paragraphs, SPAM[2], f"谢谢这 {piece.number % 6} 位捧场", *([names] if names else [])])


def numbered_by_turns(piece: Piece) -> str:
    """One of three lines, each with another number on every page."""
    adviser = ADVISERS[piece.number * 7 % 3]
    return _page(piece, [*piece.paragraphs, f"看场地找{adviser}，取号 {piece.number * 37 % 900 + 100}，当天答复"])


def table_in_each(piece: Piece) -> str:
    """A table in each article, with the same headings and other figures."""
    rows = [("古井", piece.number + 7, piece.number * 3), ("云溪", piece.number + 9, piece.number * 5)]
    cells = "".join(f"<tr><td>{name}</td><td>{n}</td><td>{m}</td></tr>" for name, n, m in rows)
    table = f"<table><tr><th>园区</th><th>户数</th><th>用工</th></tr>{cells}</table>"
    first, *lines = piece.paragraphs
    return _page(piece, [first, table, *lines, SPAM[0]])


def documents(piece: Piece) -> str:
    """Documents of one office, all of which begin and end alike."""
    return _page(piece, [OPENING, *piece.paragraphs, IN_FORCE, SPAM[0]])


def interviews(piece: Piece) -> str:
    """All of them begin with the same question."""
    return _page(piece, [ASKED, *piece.paragraphs, SPAM[0]])


def section_in_the_class(piece: Piece) -> str:
    """The section's name among the classes of the box around all."""
    section = ("farming", "crafts", "people", "fairs", "schools")[piece.number % 5]
    return f"<div class='main {section}'>{_page(piece, [*piece.paragraphs, SPAM[0]])}</div>"


def a_class_for_each_kind(piece: Piece) -> str:
    """Templates that nothing but their classes tells apart."""
    return f"<div class={('news', 'notice', 'gallery')[piece.number % 3]}>{_page(piece, piece.paragraphs)}</div>"


def talked_about_at_length(piece: Piece) -> str:
    """Comments longer than the text."""
    others = [line for story in piece.related[:3] for line in paragraphs_of(story)]
    said = "".join(f"<li><b>网友{i}</b><p>{line}</p></li>" for i, line in enumerate(others))
    return _page(piece, piece.paragraphs, below=f"<div class=cmtlist><h3>全部评论(9)</h3><ul>{said}</ul></div>")


def by_turns_behind_the_first_paragraph(piece: Piece) -> str:
    """One of three lines behind the first paragraph, in no element of its own."""
    first, *others = piece.paragraphs
    return _page(piece, [first, SPAM[piece.number * 7 % 3], *others])


def disguised_on_each(piece: Piece) -> str:
    """A line with other signs between its letters on each page, and one with a code."""
    signs = "✚❤☀✿◆●▲◇"
    first, second = signs[piece.number % 8], signs[piece.number * 3 % 8]
    code = f"{piece.number * 2654435761 % 2**32:08x}"
    return _page(piece, [*piece.paragraphs, f"来{first}小园{second}门口喝茶", f"内容编号：{code}，抄录请留编号"])


def glued_by_turns(piece: Piece) -> str:
    """One of two sentences of the site at the end of the last paragraph."""
    *lines, last = piece.paragraphs
    return _page(piece, [*lines, last + GLUED[piece.number % 2]])


def tender_of(piece: Piece) -> list[str]:
    """What all tenders say, each of another lot."""
    return [
        "一、项目基本情况",
        f"项目名称：园区{piece.number + 3}号院修缮",
        f"预算金额：{piece.number + 20}.5万元",
        piece.paragraphs[-1],
        "本项目不接受联合体投标。",
        "二、获取文件",
        "地点：园区公共资源交易中心",
        "方式：现场领取",
        f"份数：{piece.number + 2}份",
        piece.story.lead,
        "报名方式：到园区便民中心填表",
    ]


def tenders(piece: Piece) -> str:
    """Notices that a form is filled in for; below them a line of the site."""
    return _page(piece, [*tender_of(piece), SPAM[0]])

"""The section that an article stands in: the last step of the breadcrumb above it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

from pipelines.blocks import Block, Blocks, fold
from pipelines.text import key

MAX_LINES = 10
"""Lines of a breadcrumb: in a list every step is a line of its own."""
LONGEST_STEP = 20
"""Characters of a section's name."""

_CLASS = re.compile(
    r"crumb|(?:^|[\s_-])(?:position|location|sitemap|path|place|weizhi|dangqian|where|pos|route|local|nav-?path)(?=$|[\s_\d-])",
    re.I,
)
_LABEL = re.compile(
    r"^\W*(?:(?:您?(?:的|现在的?|当前的?|所在的?)?|当前所在|目前|现在|當前|您的)?(?:位置|位于)\s*(?:是|[:：>»])?|(?:当前|您现在|现在|所在|當前)的?(?:位置|栏目)\s*[:：]?)"
)
_FROM_HOME = re.compile(r"^\W*(?!设为)[\w·]{0,8}(?:首\s?页|主页|首頁|home)\s*(?:[>»›→＞/]|--?>)", re.I)
_ARROW = re.compile("[>»›→＞/]")
_SURE_ARROW = re.compile("[>»›→＞]+")
"""Menus are parted by slashes and bars."""
_STEP = re.compile(r"\s*(?:-{0,2}[>»›→＞]+|/|\||\s-\s|::)\s*")
_NO_SECTION = re.compile(
    r"\W*(?:\S{0,6}(?:首\s*页|主\s*页|首頁)|home|正文(?:内容)?|文章正文|内容(?:页)?|详情(?:页)?|详细(?:内容|页)?|返回\S*|文章|阅读(?:全文)?|浏览|查看(?:文章|新闻|内容|详情)?"
    r"|(?:新闻|文章|信息)(?:详情|内容|正文|详细)|index|\d+)?\W*",
    re.I,
)


def read_category(blocks: Blocks, limit: int, title: str = "") -> str | None:
    """The name of the last section in the breadcrumb that stands above line `limit`, or None when there is none."""
    for steps in _trails(blocks, limit):
        sections = [step for step in steps if _is_section(step, title)]
        if sections:
            return sections[-1]
    return None


def _is_section(step: str, title: str) -> bool:
    return (
        len(step) <= LONGEST_STEP
        and not _NO_SECTION.fullmatch(step)
        and not (key(step) and key(title).startswith(key(step.rstrip(".…"))))
    )


def _trails(blocks: Blocks, limit: int) -> Iterator[list[str]]:
    """The steps of everything above the line that looks like a breadcrumb; what says so in words comes first."""
    for line in blocks.lines[:limit]:
        if _LABEL.match(line.text) or _FROM_HOME.match(line.text) or _begins_at_home(line):
            yield _steps(_whole(line, blocks))
    for element, (start, end) in blocks.spans.items():
        small = start < min(limit, end) and end - start <= MAX_LINES
        if small and _CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            lines = blocks.lines[start:end]
            if any(_ARROW.search(line.text) or _NO_SECTION.fullmatch(line.text) for line in lines):
                yield _steps(lines)


def _begins_at_home(line: Block) -> bool:
    """Whether the first of several steps, whatever the site calls it, leads to its home page."""
    links = list(line.node.iter("a")) if line.links and len(_SURE_ARROW.findall(line.text)) > 1 else []
    return len(links) > 1 and re.sub(r"^(?:https?:)?//[^/]*", "", links[0].get("href") or "").strip("./") == ""


def _whole(line: Block, blocks: Blocks) -> list[Block]:
    """The lines of the breadcrumb that the line begins: more than one when its steps are items of a list."""
    if not _LABEL.fullmatch(line.text.rstrip(" >»›:：")) and not _NO_SECTION.fullmatch(_LABEL.sub("", line.text)):
        return [line]
    for element in [line.node, *line.node.iterancestors()]:
        start, end = blocks.spans.get(element, (0, 0))
        if end - start > MAX_LINES:
            break
        if end - start > 1:
            return blocks.lines[start:end]
    return [line]


def _steps(lines: list[Block]) -> list[str]:
    """The steps in order: the links where there are any, else the words between the arrows."""
    text = " ".join(line.text for line in lines)
    links = [fold("".join(link.itertext())) for node in _nodes(lines) for link in node.iter("a")]
    # A line's element may hold boxes with links of their own.
    linked = [step for link in links if link in text and (step := link.strip("-> »›→＞"))]
    if linked:
        return linked
    return [step for line in lines for step in _STEP.split(_LABEL.sub("", line.text)) if step]


def _nodes(lines: list[Block]) -> list[html.HtmlElement]:
    return list(dict.fromkeys(line.node for line in lines))

"""Where the text begins and ends inside its container: headline and byline above it, the site's words below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.blocks import HEADINGS, Block
from pipelines.byline import is_byline, is_counter, is_row_below
from pipelines.rules import Rule
from pipelines.text import CELL, is_prose, key

MIN_LIST = 3
"""Lines of nothing but a link, one after the other, that make a list; one or two may be part of a text."""
SHORT_LEAD = 220
"""Characters of prose that may stand above the headline or byline: a slogan, an abstract of the template."""

_HEAD_ONLY = re.compile(
    r"[\W_]*(?:原\s*标\s*题|原题|摘\s*要|导\s*[读语]|内容提要|内容摘要|文章导读|概要描述|简介|来源|稿源|文章来源|信息来源|作者|发布[于人者]|发布时间|发表于|时间|日期|编辑|责任编辑|责编|浏览|阅读|点击|字号|本文导航|您?(?:当前|现在|目前)?(?:所在)?的?位置是?|分类|标签|栏目|所属|关键[词字]|赞|讚|(?:新浪|腾讯)?微博|微信|朋友圈|Q\s?Q(?:空间|好友)?|Qzone|人人网|豆瓣|Facebook|Twitter|更多|详情)"
    r"(?:[:：于】]|\s*$|\s*[|｜]).{0,300}"
)
_FIELD = re.compile(
    r"[\W_]*(?:时间|日期)\s*[:：].{1,40}地点\s*[:：]"
    r"|[\W_]*(?:来源|作者|时间|微信|微博|更多|详情|编辑|标签|分类)\s*[:：](?!.{0,8}\d{4})(?:[^；;]{2,200}(?:。.|[？?]$)"
    r"|[^；;]{2,60}[；;](?!\s*(?:作者|编辑|时间|日期|记者|责编|发布|来源|通讯员|责任)))"
    r"|[\W_]*(?:作者|编辑|译者|标签)\s*[:：](?![^:：]{0,80}(?:系|单位|大学|教授|学院|研究|记者))[^:：]{6,80}[。！!]$"
    r"|[\W_]*(?:编辑|责编|作者)\s*[:：][^:：\s]{2,16}的[\u4e00-\u9fff]{1,12}$"
)
"""A line that begins with such a label and is text: of a play, of an event, of an interview, in sentences."""
_TOOLS = re.compile(r"[\W_]*(?:[大小][\W_]*中[\W_]*[大小]|听全文|语音播报|(?:收藏|投诉)[\W_]*){1,3}[\W_]*")
"""Buttons above a text that are no links."""
_INDEX_ROW = re.compile(
    r"[\W_]*(?:索\s?[引取]\s?号|(?:信息|主题|组配|文件)?(?:分类|类别)|(?:发布|发文|公开)(?:机构|机关|单位)|(?:生成|成文|发文|公开|发布|印发)日期"
    r"|(?:文件|信息)?名\s{0,4}称|(?:发文)?文?\s?[号字]\s?号?|文件编号|(?:生效|失效|废止|实施)(?:时间|日期)|有\s?效\s?性|时\s?效\s?性|(?:信息)?索引|(?:公开|获取)(?:方式|范围|时限|形式|程序)"
    r"|内容(?:概述|摘要)|主\s?题\s?词|关\s?键\s?[词字])\s*(?:[:：]|\|(?=[^|]*\|)).{0,300}"
)
"""A row of the index that governments print above a document, one label or several."""
_SUMMARY = re.compile(r"[\W_]*(?:摘\s*要|导\s*[读语]|内容提要|内容摘要|文章导读|概要描述)\s*[:：】]\s*(.{10,})")
_TAIL_ONLY = re.compile(
    r"[\W_]*(?:(?:文章|信息|稿件|内容|资料(?!来源\s*[:：]\s*《)|新闻)?来源|稿源|作\s*者|原作者|出品|执笔人?|原\s*标\s*题|编\s*辑|译者|本文来源|转自|发布[于人者])\s*[:：︱|｜丨]\s*\S.{0,60}|[\W_]*(?:发布|更新)?(?:日期|时间)\s*[:：︱|｜丨]\s*(?:\d[\d\s:：./年月日-]{5,24}|\S+前)(?:\s[^，。]{0,40})?|[-—–]*\s*(?:the\s+)?end\s*[-—–]*|[\W_]*全文完[\W_]*|[\d\s:：./年月日-]{6,24}|[\W\d_]{1,8}|图集|[赞讚]",
    re.I,
)

_LABEL_ONLY = re.compile(
    r"[\W_]*(?:[\u3400-\u9fff]{0,4}(?:附件|下载|文件|稿件|文章|新闻|链接|阅读|推荐|标签|话题|来源|出处))\s*[:：]\s*|[\W_]*相关链接[\W_]*"
)
"""The label of a list that has no entry."""
_LABELLED = re.compile("[:：]")
_LABEL_LAST = re.compile(r"(?:时间|日期|来源|作者)\s*[:：]\s*$")
"""How the first half of a byline ends that is set over two lines."""
_SIGNED = re.compile(
    r"[\s（(]*(?:(?:\d\s?){4}年\s?\d{1,2}\s?月\s?(?:\d\s?){1,2}日|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)[\s）)]*"
)
"""The day below a document, beneath the office that signs it; templates print theirs in digits and signs."""
LONGEST_SIGNATURE = 30
"""Characters of the name of an office, and of a heading of links."""


def find_start(
    lines: Sequence[Block], title: str | None, removed: Sequence[Rule | None], *, headed: bool = False
) -> int:
    """Index of the first line of text: what stands before is headline, byline and tools.

    `removed` has the rule that took a whole line. `headed` tells that the headline stands above the lines: where it
    comes again behind some text, it is a heading of the text.
    """
    first = next((i for i, line in enumerate(lines) if reads_like_text(line, title)), len(lines))
    start, prose, wrapped = 0, 0, _wrapped_title(lines[: first + 6], title)
    for i, line in enumerate(lines[: first + 6]):
        if headed and prose and key(line.text) == key(title or ""):
            continue
        if prose <= (0 if start else SHORT_LEAD) and (i in wrapped or _is_mark(line, title, behind_text=prose > 0)):
            if prose and not any(reads_like_text(below, title) for below in lines[i + 1 :]):
                continue  # a short text with its credits below
            start = i + 1
        elif (
            is_prose(line.text)
            and CELL not in line.text
            and not _HEAD_ONLY.fullmatch(line.text)
            and not _LABEL_LAST.search(line.text)
        ):
            prose += len(line.text)
    while start < len(lines) and (removed[start] is not None or _belongs_to_head(lines[start], title)):
        start += 1
    return start


def reads_like_text(line: Block, title: str | None) -> bool:
    """Whether a line is running text, and neither links nor a headline, a byline or another row above a text."""
    return (
        is_prose(line.text)
        and line.links <= 0.5 * len(line.text)
        and not is_byline(line.spaced)
        and not _is_title(line.text, title)
        and not _HEAD_ONLY.fullmatch(line.text)
        and not _INDEX_ROW.fullmatch(line.text)
    )


def _is_mark(line: Block, title: str | None, *, behind_text: bool = False) -> bool:
    """Headline or byline: the text comes after it. Behind some text, a day is that of the text, and what is only like
    the headline is that of a document which a notice puts into force."""
    if line.node.tag in HEADINGS and not line.heading:
        return True  # a credit that stands behind the headline in its element
    if _FIELD.match(line.text) or (behind_text and _SIGNED.fullmatch(line.text)):
        return False
    row = line.node.tag == "tr"  # 作出决定的日期 | 2024年9月27日 is a row of the article's own table
    titled = key(line.text) == key(title or "") if behind_text else _is_title(line.text, title)
    return titled or (is_byline(line.spaced) and not (row and not _LABELLED.search(line.text)))


def _is_title(text: str, title: str | None) -> bool:
    mine, theirs = key(text), key(title or "")
    if not mine or not theirs:
        return False
    return mine == theirs or (
        len(mine) >= 6
        and len(mine) <= len(theirs) + 8
        and (mine in theirs or theirs in mine)
        and len(mine) >= 0.7 * len(theirs)
    )


def _belongs_to_head(line: Block, title: str | None) -> bool:
    text = line.text
    if _FIELD.match(text):
        return False
    if _is_mark(line, title) or _HEAD_ONLY.fullmatch(text) or len(key(text)) <= 1:
        return True
    if _TOOLS.fullmatch(text) or is_counter(text):
        return True
    return line.links > 0.8 * len(text) and "。" not in text


def _wrapped_title(lines: Sequence[Block], title: str | None) -> set[int]:
    """The indexes of lines that are the headline together."""
    theirs = key(title or "")
    for first in range(len(lines)):
        text = ""
        for last, line in enumerate(lines[first:], first):
            text += key(line.text)
            if not text or not theirs.startswith(text):
                break
            if text == theirs:
                return set(range(first, last + 1))
    return set()


def abstract_of(lines: Sequence[Block]) -> str | None:
    """The abstract among the lines above the text, without its label."""
    return next((found[1].strip() for line in lines if (found := _SUMMARY.fullmatch(line.text))), None)


def link_lists(lines: Sequence[Block]) -> set[int]:
    """The indexes of lines in runs of three or more that are nothing but links: a list of other pages. Lists that print
    their addresses are the text's."""
    found: set[int] = set()
    run: list[int] = []
    for i, line in enumerate(lines):
        if line.links > 0.9 * len(line.text) and "://" not in line.text:
            run.append(i)
            continue
        if len(run) >= MIN_LIST:
            found.update(run)
        run = []
    return found | set(run if len(run) >= MIN_LIST else [])


def find_end(lines: Sequence[Block], kept: Sequence[str], removed: Sequence[Rule | None]) -> int:
    """Index behind the last line of text.

    `kept` has what the rules leave of each line, `removed` the rule that took a whole line. A line such as the
    editors', the copyright notice or the only byline row ends the article when what follows is less than half of what
    came before; then lines at the end go that are only credits of the page or links.
    """
    prose = [len(text) if is_prose(text) else 0 for text in kept]
    total, before, end = sum(prose), 0, len(lines)
    rows = [i for i, line in enumerate(lines) if is_row_below(line.spaced)]
    for i, rule in enumerate(removed):
        if (rows == [i] or (rule is not None and rule.ends)) and before > 0 and total - before <= 0.5 * before:
            end = i
            break
        before += prose[i]
    while end > 0 and (
        removed[end - 1] is not None
        or (_belongs_to_tail(lines[end - 1], kept[end - 1]) and not _is_signature(kept[end - 2 : end]))
        or _announces_links(kept[end - 1], lines[end : end + 1])
    ):
        end -= 1
    return end


def _announces_links(line: str, below: Sequence[Block]) -> bool:
    """Whether a line is the heading of the links that stand below the text: `您还想了解：`."""
    return (
        len(line) <= LONGEST_SIGNATURE
        and line.endswith((":", "："))
        and any(link.links > 0.6 * len(link.text) and "://" not in link.text for link in below)
    )


def _is_signature(last: Sequence[str]) -> bool:
    """Whether two lines are the office that signs a document and the day: they are of the text."""
    return (
        len(last) == 2
        and _SIGNED.fullmatch(last[1]) is not None
        and 2 <= len(last[0]) <= LONGEST_SIGNATURE
        and not is_prose(last[0])
        and not any(form.fullmatch(last[0]) for form in (_TAIL_ONLY, _LABEL_ONLY))
    )


def _belongs_to_tail(line: Block, kept: str) -> bool:
    if _FIELD.match(kept):
        return False
    return (
        line.links > 0.6 * len(line.text)
        or is_counter(kept)
        or any(form.fullmatch(kept) for form in (_TAIL_ONLY, _LABEL_ONLY))
    )

"""The byline row and the breadcrumb: what the page's template prints around an article about it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import html

from pipelines.blocks import Block, Blocks, fold
from pipelines.names import ACCOUNT, NOBODY, split_names

_LABELS = {
    "source": r"(?:文章|信息|新闻|稿件|内容|资料|转载|本文)?(?:来源|來源|出处|出處)[于自]?|稿源|转自|出自|转载自",
    "author": r"(?:文章|本文|原)?作\s*者|记\s*者|記\s*者|撰稿人?|撰文|执笔人?|通讯员|By(?=[:：\s])|Author",
    "poster": r"发布者|发布人|發布者|发表人|发表者|上传者|录入者|录入|用户|博主|楼主|发布单位",
    "views": r"浏\s*览(?:次数|量|数)?|点击(?:次数|率|量|数)?|阅读(?:次数|量|数)?|人气|人氣|访问(?:量|次数)|热度|观看|[瀏閱][覽讀](?:次?數|人次)?"
    r"|Views?|Hits?",
    "date": r"(?:发布|发表|更新|添加|录入|成文|發布|發表)?(?:时间|日期|時間)|(?:发布|发表|發布|發表)[于於]?",
    "other": r"责\s*任\s*编\s*辑|責任編輯|责\s*编|编\s*辑|編輯|审核|校对|审校|[初复终]审|监制|美编|策划|翻译|译者?|摄影|图片"
    r"|字号|字体|字體|大小|评论数?|分享到?|收藏|打印|标签|关键[词字]|分类|栏目|类别|所属\S{0,4}|编号|点赞|摘要|导读|我有话说|参与互动"
    r"|我要评论|我来说两句|我要纠错|关注|推荐|关闭|订阅|手机看|\[?大",
}
"""The labels of a byline row, by what stands behind them."""

_ROW_LABEL = re.compile(
    "(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items()) + ")"
    r"(?:\s*[:：︱｜|/／]+|(?=[\s(（【\[]|$))"
    r"|(?:(?<=[|｜\s])|^)(?:(?P<source2>来源)|(?P<author2>作者))(?=[^\s:：|])"
)
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?(?:\s*T?\d{1,2}\s*[:：时]\s*\d{1,2}(?:[:：分]\d{1,2}秒?)?分?)?"
)
_RELATIVE = re.compile(
    r"(?<![\u4e00-\u9fff\d])(?:\d{1,5}|[一二两三四五六七八九十半])\s*(?:分钟|個?小時|个?小时|天|日|周|星期|个?月|年)[以之]?前"
    r"(?:\s*[（(]\s*\d{1,2}[-/月.]\d{1,2}日?\s*[)）])?|[（(]\d{1,2}-\d{1,2}[)）]|(?<!\d)[01]?\d-[0-3]\d\s+\d{1,2}:\d{2}"
)
"""Dates without a year, as byline rows have them."""
_ADDRESS = re.compile(r"(?:https?://|www\.)[\w./-]{4,60}|[A-Z]+\.[A-Z]+\.COM", re.I)
_PRINTED_CREDIT = re.compile(
    r"\W{0,4}(?:[\u4e00-\u9fff]{2,6}报|本[报网台刊社]|[\u4e00-\u9fff]{2,6}社)?(?:首席|见习|实习|特约|全媒体)*记者[\s:：]"
)
"""A credit as papers print it, in a line of its own: part of the text, not of the template."""
_BARE_ROW = re.compile(
    rf"(?P<who>[^\s\d|:：]\S{{1,15}})\s+(?:{_RELATIVE.pattern}|{_DATE.pattern})\s*(?:[（(]\s*{_DATE.pattern}\s*[)）])?"
    r"(?P<rest>(?:\s+\S{2,16})?)(?:\s+(?P<views>\d{1,8}))?"
)
"""A row without labels or telling classes: account, date, section, counter."""
_MEDIA = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·—-]{0,16}(?:日报|晚报|早报|晨报|时报|商报|都市报|周报|周刊|电讯|快报|导报|信报|新报|[^\W\d]报|网|社|电视台|广播|传媒|新闻|在线|客户端|财经|电台|杂志|发布)"
)
_ACCOUNT_WORD = re.compile(r"小编|编辑|[网站报社]$|助手|管理|客服|中心|公司|资讯|新闻|频道|发布|[君说谈圈]$|平台")
"""What the name of an account has and a person's has not."""
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:author|user|username|writer|poster|zuozhe|nickname|account)", re.I)
_SOURCE_CLASS = re.compile(r"(?:^|[\s_-])(?:source|laiyuan|media-?name|origin)", re.I)
_VIEWS_CLASS = re.compile(r"(?:^|[\s_-])(?:views?|hits?|click|pv|read-?num|liulan)", re.I)
_CATEGORY_CLASS = re.compile(r"(?:^|[\s_-])(?:cate?|category|column|lanmu|channel)", re.I)
_CRUMB_CLASS = re.compile(
    r"crumb|position|location|sitemap|(?:^|[\s_-])(?:path|place|weizhi|dangqian|where|pos|nav-?path)", re.I
)
_CRUMBS = re.compile(r"crumb", re.I)
"""In class or id of an element that is the whole breadcrumb, each step perhaps a line of its own."""
_CRUMB_TEXT = re.compile(
    r"^\W*(?:您?(?:的|现在的?|当前的?|所在的?)?|当前所在|目前|现在)?(?:位置|位于)\s*(?:是|[:：>»])?|^\W*(?:当前|您现在|现在)的?位置"
)
_NO_CATEGORY = re.compile(
    r"\W*(?:首\s*页|主\s*页|网站首页|home|正文(?:内容)?|文章正文|内容|详情|详细(?:内容|页)?|返回\S*|文章|阅读|浏览|查看(?:文章)?|index)\W*",
    re.I,
)


@dataclass(slots=True)
class Byline:
    """What the byline rows say. Every field is None when they do not say it."""

    posted_by: str | None = None
    """The account that put the article on the site."""
    reporter: str | None = None
    """The person or persons named as author, separated by a space."""
    source: str | None = None
    """The paper, agency or site named as source."""
    views: int | None = None
    """The view counter."""
    category: str | None = None
    """The section, where the row links to it."""


def is_byline(text: str) -> bool:
    """Whether a line is a byline row: short, with a date or labels and little else."""
    if len(text) > 160:
        return False
    rest = _ADDRESS.sub("", _RELATIVE.sub("", _DATE.sub("", text)))
    labels = list(_ROW_LABEL.finditer(rest))
    if len(rest) == len(text) and _PRINTED_CREDIT.match(text):
        return False
    if len(rest) < len(text):
        return len(rest) <= 24 or (bool(labels) and len(rest) <= 30 + 20 * len(labels) and "。" not in rest)
    return len(labels) >= 2 and len(rest) <= 20 * len(labels) + 10 and "。" not in rest


def read_byline(rows: Sequence[Block]) -> Byline:
    """What the rows say together; of two answers the first counts."""
    byline = Byline()
    for row in rows:
        _read_elements(row.node, byline)
    for row in rows:
        _read_labels(row.spaced, byline)
    return byline


def _read_labels(text: str, byline: Byline) -> None:
    """Fill what is missing from `来源:… 作者:… 点击:…`."""
    for kind, value in split_row(text):
        if kind == "source" and byline.source is None:
            byline.source = clean_source(value)
        elif kind in ("author", "poster"):
            _put_author(value, byline)
        elif kind == "views" and byline.views is None:
            byline.views = _number(value)
    bare = _BARE_ROW.fullmatch(text)
    if bare and not _ROW_LABEL.search(text) and not _MEDIA.fullmatch(bare["who"]):
        unnamed = byline.posted_by is None and byline.reporter is None
        if unnamed and (ACCOUNT.fullmatch(bare["who"]) or split_names(bare["who"])):
            _put_author(bare["who"], byline, account=True)
        byline.views = byline.views if byline.views is not None else _number(bare["views"] or "")
    if byline.views is None:
        counted = re.search(r"(\d+)\s*次?(?:阅读|浏览|点击|访问|人?围观)", text)
        byline.views = _number(counted[1]) if counted else None
    if byline.source is None and (dated := _DATE.search(text)):
        before = _ADDRESS.sub(" ", text[: dated.start()])
        byline.source = _unlabelled_source(text[dated.end() :]) or _unlabelled_source(before)


def split_row(text: str) -> list[tuple[str, str]]:
    """The label kinds of a row with the words behind each label."""
    matches = list(_ROW_LABEL.finditer(text))
    found = []
    for match, following in itertools.zip_longest(matches, matches[1:]):
        kind = (match.lastgroup or "other").rstrip("2")
        value = text[match.end() : following.start() if following else len(text)]
        found.append((kind, _DATE.split(value)[0].strip(" |｜/·-—:：,，;；")))
    return found


def _unlabelled_source(words: str) -> str | None:
    """A paper's name that stands alone beside the date: `2005年3月21日 11:21 《某某周刊》`."""
    first = re.split(r"\s{1,}|[|｜]", words.strip(" |｜()（）[]【】《》"))[0].strip("()（）[]【】《》")
    if first and _MEDIA.fullmatch(first) and not _ROW_LABEL.search(first) and len(first) >= 3:
        return first
    return None


def clean_source(value: str) -> str | None:
    """The name of a source without brackets, address and trailing words; None when it names nobody."""
    value = value.strip(" \u3000[]【】()（）《》<>“”\"'|:：")
    value = re.split(r"\s{1,}|[|｜,，;；(（\[【]|https?:", value)[0].strip("《》“”\"' ")
    if not 2 <= len(value) <= 30 or NOBODY.fullmatch(value) or re.fullmatch(r"[\d\W_]+", value):
        return None
    return value


def _put_author(value: str, byline: Byline, *, account: bool = False) -> None:
    """A person goes to `reporter`, an account to `posted_by`, nobody nowhere.

    With `account` the template itself says that it names an account of the site.
    """
    value = value.strip(" \u3000[]【】()（）《》|:：-")
    value = re.sub(r"^(?:本报|本网|特约|见习|实习)?(?:记者|通讯员|特派员)\s*[:：]?\s*", "", value)
    names = [] if _ACCOUNT_WORD.search(value) else split_names(value, strict=account)
    if names and not (account and len(names) == 1 and byline.reporter):
        byline.reporter = byline.reporter or " ".join(names)
        return
    first = re.split(r"\s{1,}|[|｜]", value)[0]
    named = 2 <= len(first) <= 16 and not NOBODY.fullmatch(first) and not re.fullmatch(r"[\d\W_]+", first)
    if ACCOUNT.fullmatch(first) or (named and not _ROW_LABEL.search(first)):
        byline.posted_by = byline.posted_by or first


def _number(value: str) -> int | None:
    match = re.match(r"\W*(\d[\d,]*(?:\.\d+)?)\s*(万)?", value)
    if not match:
        return None
    # A counter that a script fills in later says 0 for every article.
    return int(float(match[1].replace(",", "")) * (10_000 if match[2] else 1)) or None


def _read_elements(node: html.HtmlElement, byline: Byline) -> None:
    """Fill what is missing from elements whose class says what they hold."""
    for element in node.iter():
        if not isinstance(element.tag, str):
            continue
        label = f"{element.get('class') or ''} {element.get('id') or ''}"
        if label == " ":
            continue
        text = fold("".join(element.itertext()))
        if not text or len(text) > 40:
            continue
        if byline.views is None and _VIEWS_CLASS.search(label):
            byline.views = _number(re.sub(r"^\D{0,8}", "", text))
        elif _BYLINE_CLASS.search(label) and not _DATE.search(text):
            _put_author(_behind_label(text), byline, account="作者" not in text and "记者" not in text)
        elif byline.source is None and _SOURCE_CLASS.search(label):
            byline.source = clean_source(_behind_label(_DATE.sub("", text)))
        elif byline.category is None and _CATEGORY_CLASS.search(label):
            byline.category = _behind_label(text) or None


def _behind_label(text: str) -> str:
    values = split_row(text)
    return values[0][1] if values else text


def read_category(blocks: Blocks, limit: int) -> str | None:
    """The last section of the breadcrumb, which stands above line `limit`."""
    for element, (start, _) in blocks.spans.items():
        if start < limit and _CRUMBS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            names = _sections(fold("".join(a.itertext())) for a in element.iter("a"))
            if names:
                return names[-1]
    for line in blocks.lines[:limit]:
        trail = _trail(line)
        if trail and (names := _sections(trail)):
            return names[-1]
    return None


def _sections(steps: Iterable[str]) -> list[str]:
    return [step for step in steps if step and len(step) <= 20 and not _NO_CATEGORY.fullmatch(step)]


def _trail(line: Block) -> list[str] | None:
    """The steps of a breadcrumb that links lead to, or None when the line is none."""
    words = f"{line.node.get('class') or ''} {line.node.get('id') or ''}"
    if not (_CRUMB_TEXT.search(line.text) or (_CRUMB_CLASS.search(words) and line.links)):
        return None
    links = [fold("".join(a.itertext())) for a in line.node.iter("a")]
    if links:
        return [text for text in links if text]
    plain = _CRUMB_TEXT.sub("", line.text)
    return [part.strip() for part in re.split(r"[>»›→＞/|]+|--?>|\s-\s", plain) if part.strip()][:-1]


def byline_rows(lines: Iterable[Block]) -> list[Block]:
    """The lines that are byline rows."""
    return [line for line in lines if is_byline(line.text)]

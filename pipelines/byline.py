"""The byline row: what the page's template prints around an article about it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import html

from pipelines.blocks import BLOCK_TAGS, Block, fold
from pipelines.credit_line import ADDRESS, KEPT, CreditLine, first_account, read_line, read_number, split_line
from pipelines.dates import holds_date, strip_dates
from pipelines.names import SITE_ACCOUNT, is_name
from pipelines.outlets import clean_source, is_paper
from pipelines.plain import plain
from pipelines.text import key

LONGEST_ROW = 160
"""Characters of a byline row; the longest real one met, with every tool of its page, has 118."""
LONGEST_FIELD = 60
"""Characters of an element that is one field of a row."""
LONGEST_SECTION = 12
"""Characters of the name of a section behind its label."""
MAX_ELEMENTS = 40
"""Elements of a row that are looked at."""

SAYS_WHO = ("source", "author", "poster", "views")
"""Labels that only a byline has."""
_INDEX = re.compile(r"(?:发布|发文|公开|制作)(?:机构|机关|单位)\s*[:：|]|索\s?[引取]\s?号")
"""The index of a public document: its office counts as source where no byline names one."""
_TRACE = re.compile(r"\d[-/.月]|\d 月|月 \d|年|[前刚剛昨今]|[:：|｜丨︱/／]|[a-z] \d", re.I)
"""What every byline row has one of: most lines are known not to be one by its absence."""
_PIECE = re.compile(r"20\d\d ?[-/.年] ?\d{1,2}月?|[01]?\d[-/月][0-3]?\d日?|[012]?\d:[0-5]\d(?::[0-5]\d)?")
"""A piece of a date in a box of its own."""
_SENTENCE = re.compile("[。!?;]|,(?! ?[A-Z\\d])")
_TOLD = re.compile(
    r"^\W{0,3}(?!发|更新|录入|添加|创建|编辑|上传|修改|文章|信息|新闻|稿件|成文|生成|印|公|采|来稿|刊|登|点击|浏览|制作|入库|上线|推送|提交|来源|当前|现在|最后|本文|审核)[\u4e00-\u9fff]{2}(?:时间|日期):"
    r"|日\s?[至到—-]{1,2}\s?(?:\d{4} ?年)?\d{1,2} ?月|截[止至]|印发|地点:|上映日期"
)
"""What a date of the text has beside it."""
_READ = "(?:阅读|浏览|点击|访问|围观|瀏覽|閱讀|views?\\b|hits?\\b)"
_NUMBER = r"(?<![A-Za-z\d.-])(\d[\d,.]{0,12}[万萬]?)"
_COUNTED = re.compile(rf"{_NUMBER}\s*(?:(?:次|人|个)?(?:人|次)?{_READ}(?!\s*:)|℃)", re.I)
_COUNTER_ALONE = re.compile(
    rf"\W{{0,2}}(?:(?:已有|已被|共)?\s?{_NUMBER}\+?\s?(?:(?:人|次|个){{0,2}}(?:{_READ}|人气|热度)[量数过]?|℃)"
    rf"|(?:{_READ}|人气|热度)(?:量|数|次数|人数)?\W{{0,3}}{_NUMBER}\+?\s?[次人]{{0,2}})\W{{0,2}}"
    r"(?:(?:点?赞|喜欢|评论|回复|收藏|分享|转发|在看)\W{0,3}\d{0,7}\W{0,3}){0,5}",
    re.I,
)
_IN_A_ROW = re.compile(
    rf",\s?(?:已有|已被|共|累计)\s?{_NUMBER}\s?(?:人|次|个){{0,2}}{_READ}|(?<![^|/\s])(?:[\u4e00-\u9fff]{{2,8}}\s?,\s?(?!已[有被]|共|累计)){{1,4}}(?=[\u4e00-\u9fff]{{2,8}}(?![^|/\s]))"
)
"""A counter behind a comma, and words parted by commas, which are sections or tags: no sentence."""
_COUNTER = re.compile(r"\|[^|\d]{0,20} (?P<views>\d{1,8})(?: \d{1,6})?$")
"""The counter at the end of a row without labels, perhaps with that of the comments behind it."""
_POSTED = re.compile(r"(?:\(|^)(?P<who>(?!来自)[^\s|()]{2,16})\s*(?:发布|发表|發表|發佈|上传)(?:于|於|在)?\s*$")

_SECTION = re.compile(
    r"(?:\S{0,4}(?:行业|公司|企业|最新|时政|国内|国际|社会|体育|娱乐|财经|科技|热点|本地|地方|产业|市场|综合|图片|教育|健康|汽车|房产|军事|园区|媒体|品牌|学院|学校|部门|工作))"
    r"(?:新闻|新聞|观察|发布|频道|评论|头条|在线|广播|传媒|周末)"
)
"""Names of sections that end as those of papers do."""

_CLASSES = {
    "views": r"views?|hits?|clicks?|pv|read-?(?:num|count)|liulan|eye|fa-eye\S*|icon-eye\S*|yuedu|renqi",
    "other": r"comments?\S*|cmt|reply\S*|(?:fa|icon)-comment\S*|editor?|likes?|zan",
    "author": r"author|(?:post|entry|article|news|meta|by)?-?(?:author|writer|poster)(?:-?name|-?link)?|authors?|zuozhe|user|(?:\w+-)?(?:user|nick|account)-?names?|account|byline|by"
    r"|(?:fa|icon|glyphicon|bi|ri|el-icon)-(?:user|person|author)\S*|publisher|media-?name|rich_media_meta_nickname",
    "source": r"sources?|laiyuan|origin|from|copyfrom|(?:news|art|article|info)-?(?:source|from)",
    "category": r"cate?|category|cat-links|column|lanmu|channel|(?:fa|icon)-folder\S*",
}
_CLASS = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _CLASSES.items()), re.I)
"""What the words of class and id say an inline element of the row holds."""
_SECTION_LABEL = re.compile(r"(?:所属)?(?:分类于?|栏目|类别|频道)|in|Categor.*|Filed under|Posted in", re.I)
"""The labels of a credit that the section stands behind."""
_PROFILE = re.compile(
    r"/authors?[/-]|[?&]auth(?:or)?=|//(?:author|space|i|u)\.|/users?/|/u/\w|/people/|space-uid|mod=space|/member/|/profile[/?]|/home\?|/blogger/",
    re.I,
)
"""Addresses that list what one account has posted."""
_SHARES = re.compile(r"=(?:https?:|https?%3a)", re.I)
"""An address within an address."""


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
    return len(text) <= LONGEST_ROW and "。" not in text and _TRACE.search(text) is not None and _is_row(text)


@lru_cache(maxsize=KEPT)
def _is_row(text: str) -> bool:
    row = plain(text)
    if _TOLD.search(row):
        return False
    undated = strip_dates(row)
    labels = [segment for segment in split_line(undated) if segment.kind not in ("", "url")]
    rest = re.sub(r"[\s|]+", " ", _IN_A_ROW.sub("", ADDRESS.sub("", undated))).strip()
    if not labels and _SENTENCE.search(rest):
        return False
    if _PIECE.fullmatch(row):
        return True
    if holds_date(row):
        return len(rest) <= 24 or (len(labels) > 0 and len(rest) <= 30 + 20 * len(labels))
    printed = any(label.kind == "role" and label.mark[-1] not in ":|/" for label in labels)
    return len(labels) >= 2 and not printed and len(rest) <= 20 * len(labels) + 10


def is_counter(text: str) -> bool:
    """Whether a line is nothing but the number of readers: `阅读 38`, `38℃`."""
    return _COUNTER_ALONE.fullmatch(plain(text)) is not None


def is_row_below(text: str) -> bool:
    """Whether a line is a byline row as templates print it, be it below a text: dated, and labelled as what it is."""
    if text[:1] in "(（" or not is_byline(text):
        return False
    row = plain(text)
    labels = [part.kind for part in split_line(row) if part.kind in (*SAYS_WHO, "date")]
    # One source, or one author, with a date is how a text may end.
    return holds_date(row) and (len(labels) > 1 or not {"views", "poster", "date"}.isdisjoint(labels))


def read_byline(
    rows: Sequence[Block],
    *,
    known: Collection[str] = (),
    headers: Sequence[Block] = (),
    named: Sequence[str] = (),
) -> Byline:
    """What the rows say together; of two answers the first counts.

    `known` holds the names of the site and its sections, as keys: they are no reporters and no sources.
    `headers` are further lines below the headline, of which only the markup is believed. `named` are the authors
    that the page's head names; they count where a row or header shows them.
    """
    byline = Byline()
    for row in sorted(rows, key=lambda row: _INDEX.search(row.text) is not None):
        line = read_row(row.spaced)
        line.reporters = [name for name in line.reporters if key(name) not in known]
        _fill(byline, line, known)
    for row in [*rows, *headers]:
        byline.category = byline.category or read_section(row)
        _read_elements(row, byline, known)
    shown = {word for row in [*rows, *headers] for word in (plain(row.text), *re.split(r"[ |/·]+", plain(row.spaced)))}
    for name in named:
        unnamed = byline.posted_by is None and byline.reporter is None
        if unnamed and name in shown and name != byline.source and not is_paper(name):
            _put_account(byline, plain(name), known)
    return byline


def read_section(row: Block) -> str | None:
    """The section that a row names behind a label; the first of several."""
    for part in split_line(plain(row.spaced)) if len(row.spaced) <= LONGEST_ROW else ():
        if part.kind == "other" and _SECTION_LABEL.fullmatch(part.mark.strip(" :|/")):
            name = re.split(r"[\s,、|/]+", part.value.strip(), maxsplit=1)[0]
            return name if 2 <= len(name) <= LONGEST_SECTION else None
    return None


def _fill(byline: Byline, line: CreditLine, known: Collection[str]) -> None:
    if line.source and not _names_site(line.source, known):
        byline.source = byline.source or line.source
    if line.posted_by and (line.posted_by.isascii() or key(line.posted_by) not in known):
        byline.posted_by = byline.posted_by or line.posted_by
    byline.reporter = byline.reporter or " ".join(line.reporters) or None
    byline.views = line.views if byline.views is None else byline.views


def _names_site(source: str, known: Collection[str]) -> bool:
    return key(re.sub("(?:编辑部|原创)$", "", source)) in known


def read_row(text: str) -> CreditLine:
    """What one row says, labelled or not."""
    row = plain(text)
    line = read_line(row)
    undated = strip_dates(row)
    if line.views is None and (counted := _COUNTED.search(undated)):
        line.views = read_number(counted[1])
    if undated != row:
        if line.views is None and line.labels == 0 and (counter := _COUNTER.search(undated)):
            line.views = read_number(counter["views"])
        if not line.posted_by and not line.reporters:
            _read_account(row, line)
        _read_unlabelled(undated, line)
    return line


def _read_account(row: str, line: CreditLine) -> None:
    """Who stands before the date without a label: `admin1年前 (…)`, `heluo 发表于 …`."""
    row = ADDRESS.sub(" ", row).strip()
    first = strip_dates(row).partition("|")[0].rstrip(" ·/-于於在")
    if posted := _POSTED.search(first):
        line.posted_by = first_account(posted["who"])
    elif re.fullmatch(r"[A-Za-z][\w.-]{2,19}", first.strip()) or (
        first and row[len(first) :].lstrip()[:6].rstrip().find("前") > 0
    ):
        line.posted_by = first_account(first)


def _read_unlabelled(undated: str, line: CreditLine) -> None:
    """Papers and names that stand alone beside the date: `2005年3月21日 11:21 《某某周刊》`, `[ 张三 ]`."""
    if undated.startswith("原创 "):
        _, name, account, *_ = [*undated.partition("|")[0].split(), "", ""]
        line.reporters = line.reporters or ([name] if is_name(name, strict=False) else [])
        line.source = line.source or clean_source(account)
        return
    for words in _unlabelled(undated):
        for word in words.split()[:3]:
            bare = word.strip('《》()"“”,')
            if len(bare) >= 3 and is_paper(bare) and not _SECTION.fullmatch(bare):
                line.source = line.source or bare
            elif SITE_ACCOUNT.fullmatch(bare):
                line.posted_by = line.posted_by or bare
            elif is_name(bare) and (len(bare) == 3 or f"( {bare} )" in words or f"({bare})" in words):
                line.reporters = line.reporters or [bare]


def _unlabelled(undated: str) -> list[str]:
    """The words of a row that stand behind a date or before every label, those behind a date first."""
    found = []
    for segment in split_line(undated):
        parts = re.split(r"[|/]", segment.value)
        found += parts if segment.kind in ("", "url", "date") else parts[1:]
    return [*found[1:], *found[:1]]


def _read_elements(row: Block, byline: Byline, known: Collection[str]) -> None:
    """Fill what is missing from elements whose class, icon or link says what they hold."""
    around = row.node.iterancestors("a")
    for element in (*itertools.islice(row.node.iter(), MAX_ELEMENTS), *itertools.islice(around, 1)):
        kind = _kind_of(element)
        if kind is None:
            continue
        text = plain(fold("".join(element.itertext())) or _behind_icon(element))
        # A node may hold more lines than this row: only what is of the row counts.
        if text and len(text) <= LONGEST_FIELD and (text in plain(row.text) or text in plain(row.spaced)):
            _put(byline, kind, text, known)


def _kind_of(element: html.HtmlElement) -> str | None:
    if not isinstance(element.tag, str):
        return None
    if element.tag == "a" and _leads_to_profile(element):
        return "author"
    if element.tag == "a" and "category" in (element.get("rel") or ""):
        return "category"
    for word in f"{element.get('class') or ''} {element.get('id') or ''}".split():
        if match := _CLASS.fullmatch(word):
            return match.lastgroup
    return None


def _leads_to_profile(link: html.HtmlElement) -> bool:
    """Whether a link leads to what one account has posted; `/heluo/` does so for the account heluo, `/category/web/`
    does not, nor does a share button, whose address carries that of the page."""
    address = link.get("href") or ""
    if _SHARES.search(address):
        return False
    text = (link.text or "").strip().lower()
    path = re.sub(r"^(?:https?:)?//[^/]*", "", address).strip("/").lower()
    named = len(text) >= 3 and text.isascii() and text == path
    return named or link.get("rel") == "author" or _PROFILE.search(address) is not None


def _behind_icon(element: html.HtmlElement) -> str:
    """The words that an empty icon element stands before."""
    following = element.getnext()
    text = element.tail or ""
    if not text.strip() and following is not None and following.tag not in BLOCK_TAGS:
        text = "".join(following.itertext())
    return fold(text)


def _put(byline: Byline, kind: str, text: str, known: Collection[str]) -> None:
    bare = strip_dates(text).strip(" |/")
    if kind == "views" and byline.views is None:
        byline.views = read_number(re.sub(r"^\D{0,8}", "", text))
    elif kind == "category" and byline.category is None:
        byline.category = split_line(bare)[-1].value or None
    elif kind == "source" and byline.source is None:
        _put_source(byline, bare, known)
    elif kind == "author" and byline.posted_by is None:
        _put_account(byline, bare, known)


def _put_source(byline: Byline, text: str, known: Collection[str]) -> None:
    """Whom an element for the source names; themes print the editor or the account of the site in it as well."""
    last = split_line(text)[-1]
    source = clean_source(last.value) if last.kind in ("", "source") else None
    if source and SITE_ACCOUNT.fullmatch(source):
        byline.posted_by = byline.posted_by or source
    elif source and not _names_site(source, known):
        byline.source = source


def _put_account(byline: Byline, text: str, known: Collection[str]) -> None:
    """Who an element of the template names: by its label; else a usual name is the reporter's, where there is none
    yet, and any other the account's."""
    line = read_line(text)
    line.source = None
    if not (line.reporters or line.posted_by) and all(part.kind in ("", "role") for part in split_line(text)):
        words = [text, *re.split(r"[ /|,、]+", text)]
        names = list(dict.fromkeys(word for word in words if is_name(word)))
        if names and byline.reporter is None:
            line.reporters = names
        elif not set(names) & set((byline.reporter or "").split()):
            line.posted_by = first_account(text)
    line.reporters = [name for name in line.reporters if key(name) not in known]
    _fill(byline, line, known)

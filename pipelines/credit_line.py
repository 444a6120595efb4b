"""One line of credits taken apart: labels, roles, names, papers, and what none of them accounts for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipelines.dates import strip_dates
from pipelines.names import SITE_ACCOUNT, is_account, is_name
from pipelines.outlets import clean_source, is_firm, is_office, is_paper

KEPT = 512
"""Lines whose reading is kept: each is looked at by several steps."""

_LABELS = {
    "other": (
        r"(?:图片|数据|資料|资料|视频|照片|图表|题图|素材|音频|配图|封面|封图)来源|图源",
        r"(?:责任|責任|本期|执行|见习|值班|美术|新媒体|文字)?(?:编辑|編輯)(?:人员?)?|责编|编审|主编|總编|美编",
        r"(?:审核|审稿|校对|审校|审定|签发|责任|[初复终]审)人?|(?:总?监制|策划|统筹|设\s?计|排版|制作|翻译|编译|译)[人者员]?",
        r"(?:摄影(?!报道)|攝影|摄像|拍摄|摄|视频|剪辑|图片|供图|制图|配图|图(?=\s*[:|/])|图表|海报|漫画|插画|题图)(?:[人者员])?",
        r"字号|字体|字體|字数|大小|评论数?|回复数?|分享到?|收藏|打印|点赞|我有话说|参与互动|推荐|订阅|时长|微信|电话",
        r"标签|关键[词字]|分类于?|栏目|类别|所属\S{0,4}|编号|索引号|文号|摘要|导读|单位|出品人?|书名|连载|出版社|出版|链接|原文|声明|版权",
        r"(?<=[a-z\d|] )in(?= [\u3400-\u9fff])|Categor(?:y|ies|i[sz]ed|ied)(?: in| as)?|Filed under|Posted in|Tag(?:s|ged)?|Comments?|Preview",
    ),
    "source": (
        r"(?:文章|信息|新闻|稿件|内容|转载|本文|文稿|原文|图文)?(?:来源|來源)[于自]?|稿源|信源|来自(?=\s*[:|])|Source",
        r"转载自|转自|轉自|摘自|选自|出自|出处|出處|首发于?|原载于?|原发(?=\s*[:|])|媒体(?=\s*[:|])|供稿单位|发布机构|发文机关",
    ),
    "author": (
        r"(?:文章|本文|原文|原)?作者|撰\s?稿人?|撰\s?文|执\s?笔人?|采\s?写|采\s?访|供稿人?|报道组成员|摄影报道",
        r"文字(?=\s*[:|/])|图文|文图|文\s?[/、&和与+]\s?图片?|图片?\s?[/、&和与+]\s?文|(?<![^\s(/●■□◎◆▲★※])文(?=\s*[:|/])",
        r"(?<![A-Za-z])By(?=[:\s])|Author",
    ),
    "poster": (
        r"发布者|发布人|發布者|发表人|发表者|上传者|上传人|录入者|录入员?|用户名?|博主|楼主|投稿人?|发布单位",
        r"发布(?=\s*[:|]\s*[^\d\s])|(?:Posted|Published) by|(?<!\S)由(?=\s)",
    ),
    "views": (
        r"浏\s?览(?:次数|量|数|人数)?|点击(?:次数|率|量|数)?|阅读(?:次数|量|数|人数)?|访问(?:量|次数)|人气|人氣|热度|观看|查看|围观",
        r"本文[已共]?被(?:阅读|浏览|点击|查看)|[瀏閱點][覽讀閱](?:次?數|人次)?|Views?|Reads?|Hits?",
    ),
    "date": (
        r"(?:发布|发表|更新|添加|录入|成文|發布|發佈|發表|编辑|创建|上传)?(?:时间|日期|時間)",
        r"(?:发布|发表|發布|發佈|發表|编辑|更新|刊发|上传)[于於在]?|Posted on|Published",
    ),
}
"""The labels of a credit, by what stands behind them."""

_ROLE = (
    r"(?:(?:首席|见习|實習|实习|特约|特派|资深|高级|全媒体|融媒体?|新媒体|文字|本报|本報|本网|本刊|本社|本台|总台|通讯|联合|专栏|签约|特邀|驻[\u3400-\u9fff]{2,4}?(?=特派|记者))*"
    r"(?:记者|記者|通讯员|通訊員|特派员|撰稿人|评论员|实习生|观察员|主笔|作者(?=[ )]))|供稿(?= |$|\)))"
)
_PICTURE_ROLE = r"(?:本报|本網|本网)?(?:摄影|摄像|圖片|图片|视频)(?:记者|記者)"
_URL = r"https?://[^\s)]{0,200}|(?<![\w.])(?:[A-Za-z0-9-]{1,30}\.){1,4}(?:com|cn|net|org)(?:\.cn)?(?![A-Za-z])"

ADDRESS = re.compile(_URL, re.I)
"""A web address, with or without its scheme."""
_MARKS = (
    rf"(?P<url>{_URL})|(?P<picture>{_PICTURE_ROLE}\s*[:|/]?)|(?P<role>{_ROLE}(?:们|[:|/](?!\s*[文图摄]))?)|(?:"
    + "|".join(f"(?P<{kind}>{'|'.join(words)})" for kind, words in _LABELS.items())
    + r")(?:\s*[:|/]+|(?=[\s(《]|$))|(?P<author2>作者[系为是])"
)
_LETTERS = "".join(sorted(set(filter(str.isalpha, _MARKS))))
_MARK = re.compile(f"(?=[a-z0-9{_LETTERS}-])(?:{_MARKS})", re.I)
"""None is tried at a sign that stands nowhere in any, which takes half of the time."""
_SIGN = re.compile(r"[:|/(《\s]")
"""What stands behind every label that does not end the text, and in addresses with a scheme."""
_TITLED = re.compile("[记記]者|[讯訊派论察][员員]|撰稿人|实习生|主笔|作者|供稿|所属|[.][CcNnOo]")
"""What every role has in it, every address, and the one label that may end in a stop."""
_STOPS = frozenset("。!?;,…”")
"""What no other label ends with."""
_GIVEN_BACK = re.compile(r"\(\s*(?:[英美法德日俄意加澳韩荷瑞]|[\u3400-\u9fff]{2,6}国)\s*\)")
"""The country before a foreign author's name."""

_SPLIT = re.compile(r"[\s、,;/|&]+")
_BOTH = re.compile(r"文\s?[/、&和与+]?\s?图|图片?\s?[/、&和与+]?\s?文")
_WRITES = re.compile(
    r"(?:文(?:[\u3400-\u9fff]{2,6}供图)?|文字|报道|報導|报导|采写|采访报道|整理|撰文|撰写|综合报道|综合整理|摄影报道|采写报道|整理报道)"
)
_PICTURES = re.compile(r"(?:图片?|摄影?|攝影?|供图|绘图?|制图|视频|编辑|[\u3400-\u9fff]{0,6}(?:供图|摄影|制图))")
_FILLER = re.compile(
    r"(?:完|通讯|综合|等|等人|电|讯|专稿|特稿|独家|原创|本版文字由|[\u3400-\u9fff]{2,4}(?:报道|報導|报导|电|讯|发自\S{2,6})|发自\S{2,6}|\d+)"
)
_GLUED = re.compile(r"(?P<name>[\u3400-\u9fff·]{2,8}?)(?P<role>报道|報導|报导|摄影报道|文|摄影?|采写|整理)")
_WIRED = re.compile(r"(?P<name>[\u3400-\u9fff]{2,4})(?P<place>[\u3400-\u9fff]{2,3})(?:\d{1,2}日[电電讯訊]|報導|报道)")


_BY = re.compile(r"(?:本版|本文|本组|以上)?(?:文字|图文|稿件|报道)?均?由")


class Segment(NamedTuple):
    """A mark and the words behind it, up to the next mark."""

    kind: str
    """url, picture, role or a key of the labels; empty for the words before the first mark."""
    mark: str
    value: str


@dataclass(slots=True)
class CreditLine:
    """What a line of credits says."""

    source: str | None = None
    reporters: list[str] = field(default_factory=list)
    posted_by: str | None = None
    views: int | None = None
    labels: int = 0
    """Marks found; a line without any is no line of credits."""
    rest: list[str] = field(default_factory=list)
    """Words that are neither mark, name, paper nor date."""


@lru_cache(maxsize=KEPT)
def split_line(text: str) -> tuple[Segment, ...]:
    """The marks of a line in plain spelling, each with its words; dates are parted off as bars."""
    text = strip_dates(text)
    if text[-1:] in _STOPS and not _SIGN.search(text) and not _TITLED.search(text):
        return (Segment("", "", text.strip()),)  # as most sentences are; to look for marks takes ten times as long
    segments, kind, mark, start = [], "", "", 0
    for match in _MARK.finditer(text):
        if _is_part_of_word(text, match):
            continue
        segments.append(Segment(kind, mark, text[start : match.start()].strip()))
        kind, start = (match.lastgroup or "").rstrip("2"), match.end()
        mark = match[0] + (" " if text[start : start + 1] == " " else "")
    segments.append(Segment(kind, mark, text[start:].strip()))
    return tuple(segments)


def _is_part_of_word(text: str, match: re.Match[str]) -> bool:
    """Whether a label without a colon ends a longer word, as in 来源|洛水发布 and 只看该作者."""
    bare = (match.lastgroup in _LABELS or match[0].startswith("作者")) and match[0][-1] not in ":|/"
    return bare and "\u3400" <= text[match.start() - 1 : match.start()] <= "\u9fff"


def read_line(text: str) -> CreditLine:
    """What a line in plain spelling says. Directly behind a role, without colon or space, only usual names count."""
    line = CreditLine()
    segments = split_line(text)
    for segment, following in zip(segments, [*segments[1:], Segment("", "", "")], strict=True):
        line.labels += bool(segment.kind) and segment.kind != "url"
        value = _take_paper(line, segment.value) if following.kind in ("role", "picture") else segment.value
        if segment.kind == "source":
            _put_source(line, value)
        elif segment.kind == "role" and following.mark and _PICTURES.fullmatch(following.mark) and not following.value:
            continue  # 记者 李二河 摄
        elif segment.kind == "role":
            _put_names(line, value, strict=segment.mark[-1] not in ":|/ ")
        elif segment.kind == "author":
            _put_author(line, segment.mark, value, titled=following.kind == "role")
        elif segment.kind == "poster":
            line.posted_by = line.posted_by or first_account(value)
        elif segment.kind == "views":
            line.views = line.views if line.views is not None else read_number(value)
        elif segment.kind == "" and value:
            line.rest += [word for word in _SPLIT.split(value) if word.strip("()\"'·-—_.")]
    return line


def _take_paper(line: CreditLine, words: str) -> str:
    """Take the paper off the end of the words before a role: `河洛晨报记者`, `(完)(河洛晨报记者`."""
    bare = words.rstrip(" (|/")
    last = re.split(r"[\s()|/,;:]", bare)[-1]
    head = bare[: len(bare) - len(last)]
    paper = re.sub(r"^据|(?:专栏|特约|签约|全媒体|首席)+$", "", last).strip('《》"“”')
    if is_paper(paper) or is_office(paper) or f"《{paper}》" in last:
        line.source = line.source or paper
        return head
    return words if paper and not _BY.fullmatch(paper) else head


def _put_source(line: CreditLine, value: str) -> None:
    if len(value) > 60 or "。" in value:
        line.rest.append(value)
    source = clean_source(value)
    if source and SITE_ACCOUNT.fullmatch(source):
        line.posted_by = line.posted_by or source  # who runs the site is no source
    else:
        line.source = line.source or source


def _put_names(line: CreditLine, value: str, *, strict: bool) -> None:
    names, rest = read_names(value, strict=strict)
    line.reporters += [name for name in names if name not in line.reporters]
    line.rest += rest


def _put_author(line: CreditLine, mark: str, value: str, *, titled: bool) -> None:
    """A person goes to the reporters, an account to `posted_by`, a paper or office to the source, nobody nowhere."""
    first = re.split(r"[\s|,;()]", value.strip("()《》 |:-—"), maxsplit=1)[0]
    if mark.strip() in ("作者系", "作者为", "作者是"):
        value, first = value.rsplit(" ", 1)[-1], ""
    if SITE_ACCOUNT.fullmatch(first):
        line.posted_by = line.posted_by or first
    elif is_paper(first) or is_office(first):
        line.source = line.source or first
        _put_names(line, value.partition(first)[2], strict=True)
    else:
        names, rest = read_names(value, strict=False)
        if len(names) == 2 and first == names[0] and len(first) < 4 and not is_name(first) and is_name(names[1]):
            line.source, names = line.source or first, names[1:]  # `财新 余聪`: who has no surname is a paper
        line.reporters += [name for name in names if name not in line.reporters]
        line.rest += rest if names or titled else []
        if not names and first and not titled:
            account = None if is_firm(first) else first_account(value)
            line.posted_by = line.posted_by or account
            line.rest += [] if account and "作者" in mark else [value]


def read_names(value: str, *, strict: bool) -> tuple[list[str], list[str]]:
    """The writers' names among the words, in order, and the words that are none.

    Who only took pictures (`关山/图`, `关山 摄`) is no writer. `刘 涛` is one name: a single character goes with the
    next one; more than three of them in a row have no safe reading.
    """
    value = _GIVEN_BACK.sub(" ", value)
    value = _BOTH.sub(" 文 ", value)
    value, aside = _take_asides(value)
    latin = value.strip(" ,;|")
    if latin.isascii() and is_name(latin):
        return [latin], []
    names: list[str] = []
    pending: list[str] = []
    rest: list[str] = []
    for word in _join_singles(_SPLIT.split(value)):
        if _WRITES.fullmatch(word):
            names, pending = names + pending, []
        elif _PICTURES.fullmatch(word):
            pending = []
        elif is_name(word, strict=strict):
            pending.append(word)
        elif (glued := _GLUED.fullmatch(word)) and is_name(glued["name"]):
            pending += [] if glued["role"] == "摄" else [glued["name"]]
        elif (wired := _WIRED.fullmatch(word)) and is_name(wired["name"]):
            pending.append(wired["name"])
        elif not _FILLER.fullmatch(word):
            rest.append(word)
    found = names + pending
    if len(found) == 1 and aside and is_name(aside):
        found = [f"{found[0]} ({aside})"]
    return found, rest


def _take_asides(value: str) -> tuple[str, str]:
    """The words without those in brackets, and the first that stood in brackets."""
    aside = re.search(r"\(([^()]{1,60})\)", value)
    return re.sub(r"\([^()]{0,60}\)?|[()\"'“”]", " ", value), aside[1].strip() if aside else ""


def _join_singles(words: list[str]) -> list[str]:
    joined: list[str] = []
    singles: list[str] = []
    for word in [*words, ""]:
        if (
            len(word) == 1
            and "\u3400" <= word <= "\u9fff"
            and not (_WRITES.fullmatch(word) or _PICTURES.fullmatch(word))
        ):
            singles.append(word)
            continue
        if len(singles) <= 3:
            joined.append("".join(singles))
        elif len(singles) % 2 == 0 and all(is_name("".join(singles[i : i + 2])) for i in range(0, len(singles), 2)):
            joined += ["".join(singles[i : i + 2]) for i in range(0, len(singles), 2)]
        singles.clear()
        joined.append(word)
    return [word for word in joined if word]


def first_account(value: str) -> str | None:
    """The account that the words begin with, or None."""
    words = re.sub(r"^由(?=\s?[A-Za-z])", "", value.strip("()《》 |:,-—@")).strip()
    first = re.split(r"[\s|,;()/]", words, maxsplit=1)[0]
    return first if is_account(first) else None


def read_number(value: str) -> int | None:
    """The number that the words begin with; 1.2万 is 12000."""
    match = re.match(r"\W*(\d[\d,]{0,15}(?:\.\d{1,4})?)\s*([万萬wWkK]?)", value)
    if not match:
        return None
    times = {"万": 10_000, "萬": 10_000, "w": 10_000, "k": 1_000}.get(match[2].lower(), 1)
    # A counter that a script fills in later says 0 for every article.
    return round(float(match[1].replace(",", "")) * times) or None

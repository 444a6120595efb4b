"""Source and reporter as the newspaper printed them inside the text: in a head line, a tail line, a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.credit_line import CreditLine, read_line, read_names
from pipelines.names import is_name
from pipelines.outlets import PAPER, clean_source, is_office, is_paper
from pipelines.plain import plain

HEAD_LINES, TAIL_LINES = 8, 6
"""Lines at either end of a text in which papers print who wrote it: below headings and summaries, above notes."""
LONGEST_LINE = 90
"""Characters of a line that is nothing but a credit."""
EDGE = 120
"""Characters at the beginning and end of a paragraph in which a credit can stand."""
MAX_NAMES = 8
"""Names that one article is believed to have; a round-up of many would name more."""

_DATELINE = r"[\u3400-\u9fff·]{0,10}?(?:\d{1,2}月\d{1,2}|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3})日\s?(?:专?电|專?電|讯|訊|消息|报道|題|题)"
_UNDATED = r"(?:讯|訊|消息|(?<=[社网])[\u3400-\u9fff]{0,6}?(?:\d{1,2}日)?(?:专?电|專?電))(?=[ ():,]|$|国家|记者)"
_WIRE = re.compile(rf"\W{{0,3}}据?(?P<paper>{PAPER})\s?(?:{_DATELINE}|{_UNDATED})")
"""How a paper or agency begins a report: `新华社北京9月27日电`, `某某晚报讯`, `某某网消息`."""
_NO_PAPER = re.compile("昨[天日]|今[天日]|日前|近日|公司|(?:发布|频道)$|记者|[的了是在从向]")
"""In what stands before 消息 it tells that this is the beginning of a sentence."""
_OWN_WIRE = re.compile(r"\W{0,3}本[报報网網台刊社][\u3400-\u9fff]{0,6}(?:\d{1,2}月\d{1,2}日)?[讯訊电電]")
_PLACE_WIRE = re.compile(r"\W{0,3}[\u3400-\u9fff]{1,10}(?<![腾通短音资快视])[讯訊] ?(?=\()")
"""How a report from a place or a department begins that names its writers in a bracket: `洛水讯(钱三思)`."""
_CITED = re.compile(
    rf"\W{{0,3}}(?:\d{{1,2}}月\d{{1,2}}日,?)?据(?P<paper>《[^《》]{{2,20}}》|{PAPER})(?:\d{{1,2}}月?\d{{0,2}}日)?(?:援引\S{{2,12}})?(?:报道|報導|消息|披露)"
)
_BRACKET = re.compile(r"\(([^()]{2,90}(?:\([^()]{0,30}\)[^()]{0,30})?)\)")
_HEAD_ROLE = re.compile(
    r"\W{0,3}(?:本[报网刊台]\S{0,6}[讯电]\s?|[\u3400-\u9fff]{1,6}[报報网網社刊台](?:·[\u3400-\u9fff]{2,8}?)?)?(?P<role>(?:本报|本网|见习|实习|首席|特约|全媒体)*(?:记者|記者|通讯员))\s?(?P<name>[\u3400-\u9fff·]{2,10}?)(?=\s?\d{1,2}月|报道|報導|[ /]|从)"
)
_IN_PRINT = re.compile("(?:[报報刊社网網台]|新闻|周末)$")
_HEAD_CREDITS = re.compile(
    r"\W{0,3}(?:本[报報网網刊台][\u3400-\u9fff]{0,6}[讯訊电電])?[ :,]{0,3}(?P<credits>(?:记者|記者|通讯员)[^。,:!?]{2,60}?)(?:报道|報導|摄影报道)(?=[: ,])"
)
"""Writers by their roles at the beginning of a paragraph: `记者钱三思 通讯员 于洋报道:`."""
_IN_PAPER = re.compile(r"\W{0,3}(?P<paper>《[^《》]{2,20}》)\W{0,3}(?:\d{4}年)?\d{1,2}月\d{1,2}日[^。]{0,12}")
"""The paper and its issue: `《洛水日报》(2024年9月27日 04版)`."""
_AUTHOR_IS = re.compile(
    r"(?:本文)?作者[:为是]? ?(?P<name>[\u3400-\u9fff·]{2,4}) ?[,(] ?(?:系|为|是|单位|来自|供职|现为|现任)"
)
"""`作者钱三思,系某某大学教授`."""
_NO_TEXT = re.compile("图|照片|视频|数据|资料|受访")
_OFFERED = re.compile(r"(?P<who>[\u3400-\u9fff]{2,20}(?: [\u3400-\u9fff]{2,8})?) ?(?:供稿|提供)")
_WROTE = re.compile(r"(?<=[\u3400-\u9fff])[ /](?:图?文|文 ?[/、] ?图)(?=[ ,、]|$)")
"""What stands behind the names of those who wrote: `钱三思/文 孙望舒/图`."""
_UNIT = re.compile(r"[\u3400-\u9fff]{2,16}(?:公司|集团|[部处科室馆站队所厂矿院系委办局会社园段校店行])")
"""What a writer belongs to, in a bracket behind the last sentence: `(图书馆 钱三思)`."""
_CITED_AT_END = re.compile(r"(?:本报)?(?:综合|据)(?P<paper>.{2,40})")
_SENTENCE_ENDS = re.compile("[。!?…”」]$")
_SENTENCE_END = re.compile("[。!?…”」](?=[^。!?…”」]{2,60}$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a text says of its own origin."""

    source: str | None = None
    """The paper or agency."""
    reporter: str | None = None
    """Persons, separated by a space."""
    posted_by: str | None = None
    """The account that a line around the text names; None for the text itself."""
    cited: str | None = None
    """The paper whose report the first sentence passes on; it stands for the source when nothing else does."""


def read_credits(lines: Sequence[str]) -> Credit:
    """The credit in a text, whose lines are given."""
    head = [plain(line) for line in lines[:HEAD_LINES]]
    below = [plain(line) for line in lines[HEAD_LINES:][-TAIL_LINES:]]
    tail = [*head, *below][-TAIL_LINES:] if below else head
    found = [_read_head(text) for text in head]
    found += [_read_own_line(text) for text in head]
    found += [_read_tail(text, last=text is tail[-1]) for text in tail]
    found += [_read_own_line(text) for text in below]
    cited = [match for text in head[:3] if (match := _CITED.match(text))]
    return Credit(
        source=_first_source(found),
        reporter=_join_names(found),
        cited=clean_source(cited[0]["paper"]) if cited else None,
    )


def read_credit_rows(rows: Iterable[str]) -> Credit:
    """The credit in lines that stand around a text: each counts that is nothing but a credit."""
    found = [_read_own_line(plain(row)) for row in rows]
    return Credit(
        source=_first_source(found),
        reporter=_join_names(found),
        posted_by=next((line.posted_by for line in found if line.posted_by), None),
    )


def _first_source(lines: Sequence[CreditLine]) -> str | None:
    return next((line.source for line in lines if line.source), None)


def _join_names(lines: Sequence[CreditLine]) -> str | None:
    names = list(dict.fromkeys(name for line in lines for name in line.reporters))
    return " ".join(names[:MAX_NAMES]) or None


def _read_own_line(text: str) -> CreditLine:
    """A line that is nothing but a credit: every word of it is label, role, name or paper."""
    if not 2 <= len(text) <= LONGEST_LINE or re.search("[。!?]", text.rstrip("。")):
        return CreditLine()
    if paper := _IN_PAPER.fullmatch(text):
        return CreditLine(source=clean_source(paper["paper"]))
    if text.startswith("本报综合"):
        return _read_bracket(text)
    bracket = _BRACKET.fullmatch(text.strip("-—─ "))
    return _read_labelled(bracket[1] if bracket else text)


def _read_labelled(text: str) -> CreditLine:
    """What a credit with labels or roles says; nothing when any word of it is none of a credit's."""
    if offered := _OFFERED.fullmatch(text):
        nothing = _NO_TEXT.match(offered["who"]) is not None
        return CreditLine() if nothing else _read_bare(offered["who"], shortest=2, office=True)
    text = text.strip("-—─●■□◎◆▲★※·* ")
    if _WROTE.search(text):
        names, rest = read_names(text, strict=True)
        if names and not rest:
            return CreditLine(reporters=names, labels=1)
    line = read_line(text)
    if not line.labels:
        return CreditLine()
    papers = [word for word in line.rest if is_paper(word) or is_office(word)]
    if not line.rest or (line.reporters and papers == line.rest):
        line.source = line.source or next(iter(papers), None)
        return line
    return CreditLine()


def _read_bare(text: str, *, shortest: int = 3, several: bool = False, office: bool = False) -> CreditLine:
    """A paper and names without labels, `江陌日报 周若水`, or one of the two.

    Names alone have `shortest` characters, as two are often a word, unless there are `several`; a source alone is a
    paper in print, or with `office` whatever can be a source.
    """
    words = [word for word in re.split(r"[\s、,]+", text) if word]
    papers = [word for word in words if is_paper(word) or is_office(word)]
    if several and not papers and len(words) > 1 and _UNIT.fullmatch(words[0]) and not is_name(words[0]):
        papers = words[:1]
    names, rest = read_names(" ".join(word for word in words if word not in papers), strict=True)
    if rest or len(papers) > 1 or len(words) > MAX_NAMES:
        return CreditLine()
    if papers and not names and not office and not _IN_PRINT.search(papers[0]):
        return CreditLine()
    if not papers and any(len(name) < shortest for name in names) and not (several and len(names) > 1):
        return CreditLine()
    return CreditLine(source=papers[0] if papers else None, reporters=names)


def _read_head(text: str) -> CreditLine:
    """The credit at the beginning of a paragraph: a bracket, a wire line or both."""
    start = text[:EDGE]
    line = CreditLine()
    wire = None if _CITED.match(start) else _WIRE.match(start)
    own = _OWN_WIRE.match(start)
    if wire and not own and not _NO_PAPER.search(wire["paper"]):
        line.source = clean_source(wire["paper"])
    dateline = bool(own or line.source or _PLACE_WIRE.match(start))
    for bracket in _BRACKET.finditer(start):
        if bracket.start() <= (40 if dateline else 3) and not line.reporters:
            inner = _read_labelled(bracket[1])
            if dateline and not inner.labels:
                inner = _read_bare(bracket[1], shortest=2)
            line.source = inner.source or line.source
            line.reporters = inner.reporters
    if not line.reporters and (credits := _HEAD_CREDITS.match(start)):
        line.reporters = _read_labelled(credits["credits"]).reporters
    if not line.reporters and (role := _HEAD_ROLE.match(start)) and is_name(role["name"]):
        line.reporters = [role["name"]]
    return line


def _read_tail(text: str, *, last: bool) -> CreditLine:
    """The credit at the end of a paragraph: a bracket, or words behind the last stop. `last` is the last of all."""
    end = text[-EDGE:].rstrip()
    for bracket in list(_BRACKET.finditer(end))[-2:]:
        if bracket.end() >= len(end) - 1:
            inner = _read_bracket(bracket[1])
            if last and not inner.labels and not inner.source:
                inner = _read_bare(bracket[1], several=_SENTENCE_ENDS.search(end[: bracket.start()]) is not None)
            if inner.source or inner.reporters:
                return inner
    stop = _SENTENCE_END.search(end)
    return _read_labelled(end[stop.end() :]) if stop and not end.endswith(")") else CreditLine()


def _read_bracket(words: str) -> CreditLine:
    cited = _CITED_AT_END.fullmatch(words)
    if cited and (source := clean_source(cited["paper"])):
        papers = all(is_paper(name) for name in source.split("、"))
        return CreditLine(source=source if papers or "《" in cited["paper"] else None)
    if (author := _AUTHOR_IS.match(words)) and is_name(author["name"]):
        return CreditLine(reporters=[author["name"]], labels=1)
    return _read_labelled(words)

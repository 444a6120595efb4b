"""Source and reporter as the newspaper printed them inside the text: in a head line, a tail line, a bracket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.byline import clean_source
from pipelines.names import is_name, split_names

_NAMES = r"[\u3400-\u9fff·•A-Za-z]{1,12}(?:[\s、，,/／&]+[\u3400-\u9fff·•A-Za-z]{1,12}){0,8}"
_ROLE = r"(?:首席|见习|实习|特约|特派|驻[\u4e00-\u9fff]{1,6}?|全媒体|融媒体?|文字|摄影|本报|本网|本刊|本社|本台|总台|通讯|实习生|新媒体|联合)*(?:记者|記者|通讯员|通訊員|特派员|撰稿人|评论员)"
_PAPER = (
    r"(?:[\u3400-\u9fffA-Za-z0-9·]{0,12}?(?:日报|晚报|早报|晨报|时报|商报|都市报|周报|周刊|快报|导报|信报|新报|[\u3400-\u9fff]报|网|社|台"
    r"|新闻|在线|客户端|传媒|央视|财经|频道|杂志|融媒|融媒体中心|发布)(?:[·•]?[\u3400-\u9fff]{2,8}(?:新闻|客户端))?)"
)

_BRACKET = re.compile(
    rf"[（(【\[〔]\s*(?:本报讯\s*)?(?:(?:来源|据|转自)\s*[:：]?\s*)?(?P<paper>{_PAPER})?\s*[/／|｜·,，]?\s*{_ROLE}\s*[:：/／|｜]?\s*(?P<names>{_NAMES})\s*(?P<rest>[^）)】\]〕]{{0,60}})[）)】\]〕]"
)
_OWN_LINE = re.compile(
    rf"^[\W_]{{0,4}}(?P<paper>{_PAPER})?\s*[/／|｜·]?\s*{_ROLE}\s*[:：/／|｜︱\s]?\s*(?P<names>{_NAMES})(?P<rest>.{{0,40}})$"
)
_LABELLED = re.compile(
    r"(?:^|[\s（(【\[/|｜●■□◎])(?P<label>文|作者|撰文|撰稿|采写|采访|执笔|口述|By|by|BY|图文|文图|文[字、/／&和与]?图片?|图[、/／&]文|文、图|文字|作　者|供稿|通讯员)\s*[/／:：|｜︱]\s*(?P<value>[^\n]{1,60})"
)
_SOURCE_LABEL = re.compile(
    r"(?:^|[\s（(【\[|｜])(?:文章|信息|新闻|稿件|内容|资料|本文)?(?:来源|來源|稿源|转载自|转自|摘自|出处)(?:于|自)?\s*[/／:：|｜︱]\s*(?P<value>[^）)】\]\n]{2,40})"
)
_WIRE = re.compile(
    rf"^\W{{0,3}}据?(?P<paper>{_PAPER})\s*(?:[\u3400-\u9fff·]{{0,12}}?(?:\d{{4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}日(?:上午|下午|晚)?\s*专?[电讯]"
    rf"|(?:[\u3400-\u9fff]{{2,8}}?)?(?:电|讯|消息)(?![\u3400-\u9fff]))"
)
"""How a paper or agency begins a report: `新华社北京5月19日电`, `某某网讯`."""


_NO_PAPER = re.compile(r"^本[报网台刊社]$|昨天|今天|昨日|今日|日前|近日|公司|发布$|记者")
SHORT_LINE = 40
"""Characters of a line that is only a credit: a second one of those adds names, a second paragraph does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a text says of its own origin."""

    source: str | None = None
    """The paper or agency."""
    reporter: str | None = None
    """Persons, separated by a space."""


def read_credits(lines: Sequence[str]) -> Credit:
    """The credit in a text: its first three and last four lines are looked at, the ends where papers print it."""
    source: str | None = None
    names: list[str] = []
    edges = [*lines[:3], *(lines[-4:] if len(lines) > 6 else lines[3:])]
    for line in edges:
        found = _read_line(line)
        source = source or found.source
        if not names or len(line) < SHORT_LINE:
            names += [name for name in (found.reporter or "").split() if name not in names]
    return Credit(source=source, reporter=" ".join(names) or None)


def _read_line(line: str) -> Credit:
    """The credit of one line, of whichever form it has."""
    for bracket in _BRACKET.finditer(line):
        names = _all_names(bracket["names"] + " " + bracket["rest"])
        at_edge = bracket.start() < 40 or bracket.end() > len(line) - 8
        if names and at_edge:
            wire = _WIRE.match(line[: bracket.start()])
            paper = _paper(bracket["paper"]) or (_paper(wire["paper"]) if wire else None)
            return Credit(source=paper, reporter=" ".join(names))
    if len(line) <= 70 and (own := _OWN_LINE.match(line)):
        names = _all_names(own["names"] + " " + own["rest"])
        if names and not re.search(r"[。？！]", line):
            return Credit(source=_paper(own["paper"]), reporter=" ".join(names))
    if len(line) <= 90:
        labelled = _read_labels(line)
        if labelled.source or labelled.reporter:
            return labelled
    wire = _WIRE.match(line)
    return Credit(source=_paper(wire["paper"]) if wire else None)


def _read_labels(line: str) -> Credit:
    labelled, named = _LABELLED.search(line), _SOURCE_LABEL.search(line)
    names: list[str] = []
    if labelled and "。" not in labelled["value"][:-1]:
        names = split_names(re.sub(rf"^{_ROLE}\s*", "", labelled["value"]), strict=labelled["label"] in ("文", "文字"))
    return Credit(source=clean_source(named["value"]) if named else None, reporter=" ".join(names) or None)


def _all_names(words: str) -> list[str]:
    """Every name in the words, over role words between them: `张三 李四 通讯员 王五`."""
    names: list[str] = []
    for part in re.split(rf"{_ROLE}|实习生|文/?图|摄影?|报道|图/文|[/／|｜]|(?<=\S)\s*[,，]\s*", words):
        for name in split_names(part, strict=False):
            if is_name(name, strict=False) and name not in names:
                names.append(name)
    return names


def _paper(words: str | None) -> str | None:
    """A paper's name, unless the paper only calls itself 本报."""
    if not words:
        return None
    words = re.sub(r"^据", "", words)
    return None if _NO_PAPER.search(words) else clean_source(words)

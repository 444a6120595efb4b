"""Papers, agencies, sites and offices: who a text is copied from."""

from __future__ import annotations

import re

from pipelines.names import NOBODY

PAPER_WORD = (
    r"(?:日报|晚报|早报|晨报|时报|商报|都市报|周报|导报|快报|信报|新报|电讯|[\u3400-\u9fff][报報]|日報|晚報|時報|早報|快訊|周刊|月刊|杂志|画报|学报|电视台|广播电台|电台|总台"
    r"|通讯社|通訊社|网|網|社|台|新闻|新聞|在线|客户端|融媒体?(?:中心)?|全媒体|传媒|财经|频道|观察|发布|之声|之家|参考|头条|评论|经济报道|周末|导刊|广播|央视|APP)"
)
"""How the name of a paper, agency, station or news site ends."""

PAPER = rf"(?:[\u3400-\u9fffA-Za-z0-9]{{0,12}}?{PAPER_WORD}(?:[·-][\u3400-\u9fffA-Za-z0-9]{{2,12}})?)"
"""A paper's name, shortest first, with a sub-brand behind a dot: for text in which more may follow without a space."""

_PAPER = re.compile(
    rf"[\u3400-\u9fffA-Za-z0-9·&+-]{{0,20}}{PAPER_WORD}|[\u3400-\u9fff]{{2,8}}[报報]·[\u3400-\u9fff]{{2,8}}", re.I
)
_SELF = re.compile(
    r"(?:据|来自)?本[报報网網台刊社站]|网|社|台|新闻|新聞|在线|频道|发布|观察|评论|财经|头条|参考|客户端|合作社|旅行社|广播|传媒|周末"
    r"|\d{0,9}人?次?参与(?:评论|讨论)?|(?:我要|发表|查看|网友)评论"
)
_OFFICE = re.compile(
    r"[\u3400-\u9fff]{0,24}(?:政府|办公厅|办公室|委员会|宣传部|管委会|(?<!邮)局|厅|法院|检察院|[\u3400-\u9fff]{2}(?:部|委|办|院|镇|街道|处|支队|大队|协会|学会|商会|中心|大学|学院|中学|小学|医院|银行))"
)
_FIRM = re.compile(r".*(?:大学|学院|教授|研究员|公司|集团|事务所|工作室|有限|厂|店|工厂|团队|[部组店]小.{1,2})")
_TRAILER = re.compile(r"(?:等?(?:综合|整理)(?:报道|整理)?|等(?:媒体)?|(?<!经济)报道|报导|消息)$")
_PASSED_ON = re.compile(
    r"^(?:本文)?(?:综合(?!行政|执法|治理|管理|服务|保障|[科处部室办楼频])(?:整理)?自?|来自|自(?![治然贡考主学由动强立])|据)(?=[\u3400-\u9fff]{2})"
)
"""What tells that a text is passed on, before the name; 自治区 and 综合执法局 are of the name."""
_CUT_SHORT = re.compile(r"(?:、[^、]*)?(?:\.{3}|…)+$")
"""The end of a list of papers that a template cuts at so many characters."""
_CHANNEL = re.compile(r"(?:官方)?(?:微信)?(?:公众号|公众平台|订阅号|服务号|视频号)|(?:官方)?(?:微信|微博)(?=[ :“\"「])")
"""What kind of account a name is; it stands before the name."""
_QUOTES = " \"'“”‘’()《》〈〉|:,;·-_/、"


def is_paper(words: str) -> bool:
    """Whether the words, in plain spelling, name a paper, agency, station or news site."""
    return _PAPER.fullmatch(words) is not None and not _SELF.fullmatch(words) and not NOBODY.fullmatch(words)


def is_office(words: str) -> bool:
    """Whether the words name an authority or institution."""
    return _OFFICE.fullmatch(words) is not None


def is_firm(words: str) -> bool:
    """Whether the words name a company or somebody's nickname within one: nobody that a text is by."""
    return _FIRM.fullmatch(words) is not None


def clean_source(value: str) -> str | None:
    """The name of a source without brackets, address, page number and trailing words; None when it names nobody."""
    titled = re.match(r"\W{0,4}《([^《》]{2,30})》", value)
    value = titled[1] if titled else re.sub(r"https?:.*", "", value)
    value = re.sub(rf"^(?:{_CHANNEL.pattern})", "", value.strip(_QUOTES))
    words = [word for word in re.split(r"[ |,;()]+", value.strip(_QUOTES)) if word.strip(_QUOTES)]
    if not words or NOBODY.fullmatch(words[0]):
        return None
    name = words[0]
    for word in words[1:]:
        if not is_paper(word):
            break
        name += f" {word}"
    name = _PASSED_ON.sub("", name.strip(_QUOTES))
    name = _CUT_SHORT.sub("", name)
    name = _TRAILER.sub("", name).strip(_QUOTES)
    if not 2 <= len(name) <= 40 or NOBODY.fullmatch(name):
        return None
    return name

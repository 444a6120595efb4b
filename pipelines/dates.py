"""When an article was published: the date that the page shows, absolute before relative."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import dateparser

from pipelines.blocks import fold
from pipelines.plain import plain

CHINA = timezone(timedelta(hours=8))
"""Where "yesterday" is counted: a page's relative words are its reader's, and its readers are in China."""
EARLIEST = 1991
"""No web page is older; a template's zero gives 1970 or 0000."""

_CLOCK = r"(?:\s*(?:T|\()?\s*\d{1,2}\s?[:时時]\s?\d{2}(?:\s?[:分]\s?\d{2}(?!\d)\s?秒?)?(?:分(?![类享]))?)?"
_MD = r"(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])"
_DAY_END = r"(?:\s*[日号號]|(?!\d)|(?=\d{2}:\d{2}))"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = rf"(?<![A-Za-z\d])(?P<name>(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?|(?:[一二三四五六七八九]|十[一二]?|1[0-2]|[1-9])\s?月)"
_HAN_DIGIT = "〇○零一二三四五六七八九十"

_FULL = (
    re.compile(
        rf"(?<![\d.])(?P<year>(?:19|20)\d{{2}})\s*[-/.年]\s*{_MD}{_DAY_END}(?:\s*(?:星期|周)[一二三四五六日天])?{_CLOCK}"
    ),
    re.compile(
        rf"(?P<han_year>[〇○零一二三四五六七八九]{{4}})年(?P<han_month>[{_HAN_DIGIT}]{{1,2}})月(?P<han_day>[{_HAN_DIGIT}]{{1,3}})日"
    ),
    re.compile(rf"(?:中華|中华)?民[國国](?P<roc>\d{{2,3}})年\s*{_MD}\s*日?{_CLOCK}"),
    re.compile(rf"{_MONTH_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{{2}})\b", re.I),
    re.compile(r"(?<![\d/])(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])/(?P<year>(?:19|20)\d{2})(?![\d/])"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH_NAME},?\s+(?P<year>(?:19|20)\d{{2}})\b{_CLOCK}", re.I),
)
"""Dates with a year, each pattern for one way to write them."""
_COMPACT = re.compile(r"(?<!\d)(?P<year>20[0-4]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_SHORT_YEAR = re.compile(
    rf"(?<![\d-])(?P<year>[0-3]\d)[-/](?P<month>1[0-2]|0[1-9])[-/](?P<day>3[01]|[12]\d|0[1-9])(?:(?!\d)|(?=\d\d:)){_CLOCK}"
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>3[01]|[12]\d|0?[1-9])\s+(?P<year>20\d\d)\s?[-/.年]\s?(?P<month>1[0-2]|0?[1-9])月?(?![\d./-])"
)
_YEAR_APART = re.compile(
    rf"(?<!\d)(?:(?P<year>20\d\d)\s+{_MD}|(?P<month2>1[0-2]|0?[1-9])[-/.月](?P<day2>3[01]|[12]\d|0?[1-9])日?\s+(?P<year2>20\d\d))(?!\d){_CLOCK}"
)
_MONTH_DAY = re.compile(rf"(?<![\d年/.-]){_MD}(?:日|(?![\d.年-])|(?=\d\d:)){_CLOCK}")
_RELATIVE = re.compile(
    r"(?:(?:\d{1,5}|[一二两兩三四五六七八九十]{1,3}|半)\s*(?:秒|分钟|分鐘|个?小时|個?小時|天|日|周|[个個]?星期|个?月|個?月|年)(?:[以之]?前)"
    rf"|刚刚|剛剛|昨[天日]|前天|今[天日](?!是)){_CLOCK}"
)

_HAN = re.compile("[\u3400-\u9fff]")
_MONTH_DAY_SURE = re.compile(
    r"(?<![\d年/.-])(?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])日?\s*\d{1,2}:\d{2}(?::\d{2})?(?![\d-])"
)
"""A month and day with a time of day."""
_RELATIVE_ALONE = re.compile(rf"(?:{_RELATIVE.pattern})(?=[\s()|/]|$|发布|更新|来源|作者)")
_BETWEEN = re.compile(
    r"\(\s*(?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])日?\s*\)|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
)
"""What is left of a date when its rest is taken away: a month and day in brackets, a time of day."""
_TRACE = re.compile(r"\d|[年前刚剛昨今]")
"""What every date has one of: most lines are known to hold none by its absence."""
PUBLISHED = "(?:发布|发表|發布|發佈|發表|刊发|刊登|上传|添加|录入|发稿|首发|出版|推送|创建)"
_BEFORE = 16
"""Characters before a date in which its label stands."""
_PUBLISH_LABEL = re.compile(
    rf"(?:{PUBLISHED}(?:时间|日期|時間|于|於|在)?|Published(?: on)?|Posted (?:on|@))\s*[:|)]?\s*\(?$", re.I
)
_PLAIN_LABEL = re.compile(r"(?:时\s?间|日\s?期|時間|Date)\s*[:|]\s*\(?$", re.I)
_LATER_LABEL = re.compile(
    r"(?:更新|修改|编辑|編輯|成文|印发|生成|收录|Updated|Modified)(?:时间|日期|時間|于|於)?\s*[:|]?\s*$", re.I
)
_OTHER_LABEL = re.compile(
    r"(?:截止|截至|今天是?|今日|现在|当前|开始|结束|有效期?|活动|举办|举行|开庭|报名|注册|考试|会议|开标|施行|生效|到期|失效|实施|©|\(c\)|copyright|since|[-~至到])"
    r"(?:时间|日期|時間|为|是)?\s*[:|]?\s*$",
    re.I,
)
_HALVES = {"半年": "6个月", "半个月": "15天", "半天": "12小时", "半小时": "30分钟", "半个小时": "30分钟"}
_NAMES = {"星期": "周", "今日": "今天", "昨日": "昨天"}
"""What dateparser does not know, by what it does."""
_SIMPLER = str.maketrans("兩個鐘剛時", "两个钟刚时")
"""What relative dates are written with in traditional characters."""
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "○": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """A date as the page shows it."""

    iso: str
    """YYYY-MM-DD."""
    raw: str
    """The words it was read from."""


def find_date(lines: Iterable[str], fetched_at: datetime | None, *, hints: Iterable[str] = ()) -> ShownDate | None:
    """The date of publication that the lines show.

    A date with a label such as 发布时间 goes before one without, that before a date of change; dates of something else
    (报名截止, 今天是) do not count, nor do days to come where the fetch time is known. A month and day without a year take it from the one of
    `hints` (ISO dates that the page states for machines) with the same month and day, else from the fetch time.
    Relative dates count only when there is no other and the fetch time is known.
    """
    latest = (_today(fetched_at) + timedelta(days=1) if fetched_at else date.max).isoformat()
    best: tuple[int, ShownDate] | None = None
    partial: ShownDate | None = None
    known = set(hints)
    for line in lines:
        text = plain(line)
        for rank, shown in _full_dates(text):
            if shown.iso <= latest and (best is None or rank < best[0]):
                best = rank, _as_printed(shown, text, line)
        if best is None and partial is None:
            found = _month_day(text, fetched_at, known) or _relative(text, fetched_at)
            partial = _as_printed(found, text, line) if found else None
    return best[1] if best else partial


def find_labelled_date(lines: Iterable[str]) -> ShownDate | None:
    """The only date in the lines that stands with a label such as 发布时间; several are those of several articles."""
    found: dict[str, ShownDate] = {}
    for line in lines:
        text = plain(line)
        for rank, shown in _full_dates(text):
            if rank == 0:
                found.setdefault(shown.iso, _as_printed(shown, text, line))
    return next(iter(found.values())) if len(found) == 1 else None


def month_days(line: str) -> set[str]:
    """Every month and day in a line, with or without a year, as MM-DD."""
    text = plain(line)
    return {
        f"{int(match['month']):02}-{int(match['day']):02}"
        for pattern in (_FULL[0], _MONTH_DAY)
        for match in pattern.finditer(text)
    }


def parse_machine_date(value: str) -> ShownDate | None:
    """A date from a meta element, an attribute, a script or JSON-LD; one in UTC is told as the day it was in China."""
    value = value.strip()
    match = _FULL[0].search(value) or _COMPACT.search(value)
    found = _to_date(match) if match else None
    if found is None:
        return None
    if value.endswith(("Z", "+00:00")):
        with suppress(ValueError):
            found = datetime.fromisoformat(value).astimezone(CHINA).date()
    return ShownDate(iso=found.isoformat(), raw=value)


def holds_date(text: str) -> bool:
    """Whether a plain text has a date that stands for itself: `10年前的约定` has none, nor has a timetable."""
    return _TRACE.search(text) is not None and any(
        pattern.search(text) for pattern in (*_FULL, _SHORT_YEAR, _MONTH_DAY_SURE, _RELATIVE_ALONE)
    )


def strip_dates(text: str) -> str:
    """The plain text with a bar in place of every date and time of day."""
    if not _TRACE.search(text):
        return text
    for pattern in (*_FULL, _RELATIVE, _SHORT_YEAR, _MONTH_DAY_SURE, _BETWEEN):
        text = pattern.sub(" | ", text)
    return text


def _full_dates(text: str) -> Iterator[tuple[int, ShownDate]]:
    """The dates with a year in a plain text, each with its rank: 0 labelled, 1 bare, 2 of a change or doubtful."""
    patterns = [*_FULL]
    if len(text) <= 40:
        patterns += [_DAY_FIRST, _YEAR_APART]
    for pattern in patterns:
        for match in pattern.finditer(text):
            rank = _rank(text[max(0, match.start() - _BEFORE) : match.start()])
            found = _to_date(match)
            if found and rank == 1:
                rank = _rank_bare(text, match)
            if found and rank is not None:
                yield rank, ShownDate(iso=found.isoformat(), raw=_raw_around(text, match))
    for pattern in (_COMPACT, _SHORT_YEAR):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            found = _to_date(match)
            if found and (match[0] == text or _PUBLISH_LABEL.search(before) or _PLAIN_LABEL.search(before)):
                yield 0, ShownDate(iso=found.isoformat(), raw=match[0].strip())


def _rank_bare(text: str, match: re.Match[str]) -> int | None:
    """The rank of a date without a label: within a sentence it is none, at the end of one a doubtful date."""
    before, behind = (bool(_HAN.match(char)) for char in (text[match.start() - 1 : match.start()], text[match.end() :]))
    return None if before and behind else 2 if before or behind else 1


def _as_printed(shown: ShownDate, text: str, line: str) -> ShownDate:
    """The date with the words of the line itself, where the plain text has kept their places."""
    printed, place = fold(line), text.find(shown.raw)
    if len(printed) != len(text) or place < 0:
        return shown
    return ShownDate(iso=shown.iso, raw=printed[place : place + len(shown.raw)])


def _rank(before: str) -> int | None:
    """How much the words before a date speak for it; None when they say that it is the date of something else."""
    if _PUBLISH_LABEL.search(before):
        return 0
    if _LATER_LABEL.search(before):
        return 2
    if _OTHER_LABEL.search(before):
        return None
    return 0 if _PLAIN_LABEL.search(before) else 1


def _to_date(match: re.Match[str]) -> date | None:
    """The day that a match of any pattern means; None for a day that no calendar has."""
    part = match.groupdict()
    try:
        if part.get("han_year"):
            year = int("".join(str(_DIGITS[char]) for char in part["han_year"]))
            found = date(year, _han_number(part["han_month"]), _han_number(part["han_day"]))
        else:
            year = int(part.get("year") or part.get("year2") or 0) or int(part.get("roc") or 0) + 1911
            name = part.get("name")
            month = _month_number(name) if name else int(part.get("month") or part["month2"])
            found = date(year + 2000 if year < 100 else year, month, int(part.get("day") or part["day2"]))
    except (ValueError, KeyError):
        return None
    return found if found.year >= EARLIEST else None


def _month_number(name: str) -> int:
    """The month that a name such as Sept., 十月 or 10月 means."""
    if not name.endswith("月"):
        return _MONTHS.index(name[:3].lower()) + 1
    number = name.rstrip("月 ")
    return int(number) if number.isdecimal() else _han_number(number)


def _han_number(words: str) -> int:
    """十 10, 十二 12, 二十 20, 二十七 27; also 二七 27."""
    tens, ten, ones = words.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[char]) for char in words))
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _raw_around(text: str, match: re.Match[str]) -> str:
    """The date's words with the relative words before it, as in `1年前 (2024-09-27)`."""
    before = re.search(rf"(?:{_RELATIVE.pattern})\s*\(\s*$", text[max(0, match.start() - 20) : match.start()])
    after = re.match(r"\s*\)", text[match.end() :])
    if before and after:
        return before[0] + text[match.start() : match.end() + after.end()]
    return match[0].strip()


def _month_day(text: str, fetched_at: datetime | None, hints: set[str]) -> ShownDate | None:
    """A date without its year: behind relative words, behind a label, with a time of day, or alone in its line."""
    if len(text) > 80:
        return None
    for match in _MONTH_DAY.finditer(text):
        before = text[: match.start()]
        relative = re.search(rf"(?:{_RELATIVE.pattern})\s*\(\s*$", before)
        sure = relative or ":" in match[0] or match[0].strip() == text or _rank(before[-_BEFORE:]) == 0
        if not sure or _rank(before[-_BEFORE:]) is None:
            continue
        month, day = int(match["month"]), int(match["day"])
        raw = (relative[0] + match[0] + ")" if relative else match[0]).strip()
        iso = next((hint for hint in sorted(hints) if hint[5:] == f"{month:02}-{day:02}"), None)
        if iso:
            return ShownDate(iso=iso, raw=raw)
        return _latest_before(month, day, fetched_at, raw) if fetched_at else None
    return None


def _latest_before(month: int, day: int, fetched_at: datetime, raw: str) -> ShownDate | None:
    """The last such day of a year that is not after the fetch: `2周前 (07-06)` gives no year."""
    today = _today(fetched_at)
    for year in (today.year, today.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return ShownDate(iso=found.isoformat(), raw=raw)
    return None


def _today(fetched_at: datetime) -> date:
    return (fetched_at.astimezone(CHINA) if fetched_at.tzinfo else fetched_at).date()


def _relative(text: str, fetched_at: datetime | None) -> ShownDate | None:
    match = _RELATIVE_ALONE.search(text) if len(text) <= 80 else None
    if not match or fetched_at is None or re.search("[。!?;,]", text):
        return None
    found = _count_back(match[0], fetched_at)
    return ShownDate(iso=found.date().isoformat(), raw=match[0].strip()) if found else None


def _count_back(words: str, fetched_at: datetime) -> datetime | None:
    local = fetched_at.astimezone(CHINA) if fetched_at.tzinfo else fetched_at
    settings = {"RELATIVE_BASE": local.replace(tzinfo=None), "PREFER_DATES_FROM": "past"}
    plain_words = words.replace("以前", "前").replace("之前", "前")
    plain_words = plain_words.translate(_SIMPLER)
    for theirs, known in (*_HALVES.items(), *_NAMES.items()):
        plain_words = plain_words.replace(theirs, known)
    try:
        plain_words = re.sub("[一二两三四五六七八九十]+", lambda m: str(_han_number(m[0])), plain_words)
    except KeyError:  # 十十 is no number
        return None
    plain_words = re.sub(r"(?<=\d)\s*个", "", plain_words)
    parsed: datetime | None = dateparser.parse(plain_words, languages=["zh"], settings=settings)
    return parsed

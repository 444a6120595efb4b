"""When an article was published: the date that the page shows, absolute before relative."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import dateparser

_CLOCK = r"(?:\s*T?\d{1,2}\s*[:：时]\s*\d{2}(?:\s*[:：分]\s*\d{2}\s*秒?)?分?)?"
_ABSOLUTE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*(?:年|[-/.．－–])\s*(?P<month>1[0-2]|0?[1-9])\s*(?:月|[-/.．－–])"
    rf"\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]?{_CLOCK}"
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>20[0-3]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_RELATIVE = re.compile(
    r"(?:(?:\d{1,5}|[一二两三四五六七八九十]{1,3}|半)\s*(?:秒|分钟|分鐘|个?小时|個?小時|天|日|周|星期|个?月|個?月|年)[以之]?前|刚刚|剛剛|昨[天日]|前天|今[天日])"
    rf"{_CLOCK}"
)
_MONTH_DAY = re.compile(r"[（(]\s*(?P<month>1[0-2]|0?[1-9])[-/月.](?P<day>3[01]|[12]\d|0?[1-9])日?\s*[）)]")
_IN_ADDRESS = re.compile(r"/(?P<year>20\d\d)[-/]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-])")
_LABEL = re.compile(
    r"(?:发布|发表|更新|上传|添加|录入|刊发|创建|出版|成文|發布|發表|更新)?(?:时间|日期|於|于|時間)\s*[:：]?\s*$"
)
_HALVES = {"半年": "6个月", "半个月": "15天", "半天": "12小时", "半小时": "30分钟", "半个小时": "30分钟"}
CHINA = timezone(timedelta(hours=8))
"""Where "yesterday" is counted: a page's relative words are its reader's, and its readers are in China."""
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """A date as the page shows it."""

    iso: str
    """YYYY-MM-DD."""
    raw: str
    """The words it was read from."""


def find_date(lines: Iterable[str], fetched_at: datetime | None) -> ShownDate | None:
    """The first date shown in the lines; one that stands with a label such as 发布时间 goes before others.

    Relative dates count only when the page gives no absolute one and the fetch time is known.
    """
    texts = list(lines)
    shown: ShownDate | None = None
    for text in texts:
        for match in _ABSOLUTE.finditer(text):
            found = _from_match(match, _raw_around(text, match))
            if found and _LABEL.search(text[: match.start()]):
                return found
            shown = shown or found
    if shown or fetched_at is None:
        return shown
    return next(filter(None, (_relative(text, fetched_at) for text in texts)), None)


def find_date_of_address(lines: Iterable[str], url: str) -> ShownDate | None:
    """The date that both the address and a line show: digital newspapers print it only in the page's head."""
    stated = _IN_ADDRESS.search(url)
    if not stated:
        return None
    iso = f"{stated['year']}-{stated['month']}-{stated['day']}"
    shown = (_from_match(match, match[0].strip()) for text in lines for match in _ABSOLUTE.finditer(text))
    return next((found for found in shown if found and found.iso == iso), None)


def parse_machine_date(value: str) -> ShownDate | None:
    """A date from a meta element or JSON-LD."""
    match = _ABSOLUTE.search(value) or _COMPACT.search(value)
    return _from_match(match, value.strip()) if match else None


def _raw_around(text: str, match: re.Match[str]) -> str:
    """The date's words with the relative words before it, as in `1年前 (2024-09-27)`."""
    before = re.search(rf"(?:{_RELATIVE.pattern})\s*[（(]\s*$", text[: match.start()])
    after = re.match(r"\s*[）)]", text[match.end() :])
    if before and after:
        return text[before.start() : match.end() + after.end()]
    return match[0].strip()


def _from_match(match: re.Match[str], raw: str) -> ShownDate | None:
    try:
        found = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return ShownDate(iso=found.isoformat(), raw=raw)


def _relative(text: str, fetched_at: datetime) -> ShownDate | None:
    match = _RELATIVE.search(text)
    if not match or len(text) > 80:
        return None
    exact = _MONTH_DAY.search(text, match.end())
    if exact:
        return _latest_before(int(exact["month"]), int(exact["day"]), fetched_at, text[match.start() : exact.end()])
    found = _count_back(match[0], fetched_at)
    return ShownDate(iso=found.date().isoformat(), raw=match[0].strip()) if found else None


def _latest_before(month: int, day: int, fetched_at: datetime, raw: str) -> ShownDate | None:
    """The last such day of a year that is not after the fetch: `2周前 (07-06)` gives no year."""
    for year in (fetched_at.year, fetched_at.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= fetched_at.date() + timedelta(days=1):
            return ShownDate(iso=found.isoformat(), raw=raw)
    return None


def _count_back(words: str, fetched_at: datetime) -> datetime | None:
    local = fetched_at.astimezone(CHINA) if fetched_at.tzinfo else fetched_at
    settings = {"RELATIVE_BASE": local.replace(tzinfo=None), "PREFER_DATES_FROM": "past"}
    plain = words.replace("以前", "前").replace("之前", "前")
    for half, whole in _HALVES.items():
        plain = plain.replace(half, whole)
    plain = re.sub(r"十(?![一二三四五六七八九])", "10", plain)
    plain = re.sub(r"[一二两三四五六七八九]", lambda m: str(_DIGITS[m[0]]), plain)
    plain = re.sub(r"(?<=\d)\s*个?", "", plain, count=1) if "月" in plain else plain
    parsed: datetime | None = dateparser.parse(plain, languages=["zh"], settings=settings)
    return parsed

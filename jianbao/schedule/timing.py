"""`every` of a site as an APScheduler trigger: a span such as `6h`, or the five fields of cron."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.cron.expressions import MONTHS
from apscheduler.triggers.interval import IntervalTrigger
from tzlocal import get_localzone

from crawler.configuration import Configuration, ConfigurationError, find_line, read_configuration

_SPAN = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES)} | {str(number): number for number in range(8)}
_DAYS_PART = re.compile(rf"(?:\*|({'|'.join(_DAYS)})(?:-({'|'.join(_DAYS)}))?)(?:/([1-7]))?")
"""What may stand between the commas of cron's field for the day of the week."""
JITTER = 0.05
"""Share of a span by which a run may begin later, so that many sites do not begin in the same second."""
MAX_JITTER = 300
"""Seconds that it is later at most."""
CRON_JITTER = 30
"""Seconds by which a run may be later whose time the user has named."""


def read_schedule(file: Path) -> Configuration:
    """The configuration, every schedule in it one that can be kept. Raises ConfigurationError."""
    configuration = read_configuration(file)
    for number, site in enumerate(configuration.sites):
        try:
            if site.every:
                _next_time(site.every, site.timezone, datetime.now(UTC))
        except ValueError as error:
            line = find_line(file.read_text("utf-8-sig").splitlines(), "site", number, "every")
            raise ConfigurationError(f"{file}, line {line}: [[site]] every = {site.every!r}: {error}") from error
    return configuration


def trigger_of(every: str, zone: str | None) -> BaseTrigger:
    """When a site is crawled. `zone` is the name of the time zone that cron's hours are in; None is the machine's."""
    span = span_of(every)
    if span:
        return IntervalTrigger(seconds=int(span.total_seconds()), jitter=_jitter(span))
    minute, hour, day, month, weekday = every.lower().split()
    days = {"day": day, "day_of_week": _days_of_week(weekday)}
    # Cron runs on the days of either where both are named, APScheduler on those that are both.
    fields = [days] if "*" in (day[0], weekday[0]) else [{name: value} for name, value in days.items()]
    shared: dict[str, Any] = {"minute": minute, "hour": hour, "month": _months(month), "timezone": _zone(zone)}
    return OrTrigger([CronTrigger(**shared, **named) for named in fields], jitter=CRON_JITTER)


def _months(field: str) -> str:
    """Cron's field for the month, names as numbers: behind a name APScheduler reads no step."""
    return re.sub("|".join(MONTHS), lambda name: str(MONTHS.index(name[0]) + 1), field)


def _days_of_week(field: str) -> str:
    """Cron's field for the day of the week as a list of names, which mean the same to APScheduler: its week begins
    with Monday, and behind a name it reads no step. Raises ValueError."""
    days: set[int] = set()
    for part in field.split(","):
        match = _DAYS_PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no day of the week; it is written 0-7, where 0 and 7 are Sunday, or sun-sat")
        first, last, step = match.groups()
        begin = _DAYS[first or "0"]
        end = _DAYS[last or (first if first and not step else "7")]
        days.update(range(begin, end + (7 if end < begin else 0) + 1, int(step or 1)))
    return ",".join(sorted({_DAY_NAMES[day % 7] for day in days}))


def span_of(every: str) -> timedelta | None:
    """The span that `every` names; None for cron."""
    match = _SPAN.fullmatch(every)
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def first_run(every: str, zone: str | None, planned: datetime | None, now: datetime) -> datetime:
    """When a site is crawled first after the service has begun.

    A run that was due while nothing ran is made up at once, and once. A site that was never planned begins at once,
    or at the next time that its cron names. A plan that lies further ahead than its span was made before the clock
    was put back.
    """
    span = span_of(every)
    following = now if span else _next_time(every, zone, now)
    if planned is None:
        return following
    if span and planned > now + span * (1 + JITTER) + timedelta(seconds=MAX_JITTER):
        return now
    if span is None and planned > now:
        return following  # the user may have changed the time
    return max(planned, now)


def _next_time(every: str, zone: str | None, now: datetime) -> datetime:
    """When the first run after `now` is due. Raises ValueError where `every` is no schedule."""
    following: datetime | None = trigger_of(every, zone).get_next_fire_time(None, now)
    if following is None:
        raise ValueError("there is never such a day")
    return following


def _jitter(span: timedelta) -> int:
    return min(MAX_JITTER, int(span.total_seconds() * JITTER))


def _zone(name: str | None) -> tzinfo:
    return ZoneInfo(name) if name else get_localzone()

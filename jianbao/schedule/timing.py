"""`every` of a site as an APScheduler trigger: a span such as `6h`, or the five fields of cron."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from tzlocal import get_localzone

from crawler.configuration import Configuration, ConfigurationError, read_configuration

_SPAN = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Cron counts the days of the week from Sunday, APScheduler from Monday; names mean the same to both."""
JITTER = 0.05
"""Share of a span by which a run may begin later, so that many sites do not begin in the same second."""
MAX_JITTER = 300
"""Seconds that it is later at most."""
CRON_JITTER = 30
"""Seconds by which a run may be later whose time the user has named."""


def read_schedule(file: Path) -> Configuration:
    """The configuration, every schedule in it one that can be kept. Raises ConfigurationError."""
    configuration = read_configuration(file)
    for site in configuration.sites:
        try:
            if site.every:
                trigger_of(site.every, site.timezone)
        except ValueError as error:
            raise ConfigurationError(f"{file}: [[site]] {site.name}: every = {site.every!r}: {error}") from error
    return configuration


def trigger_of(every: str, zone: str | None) -> BaseTrigger:
    """When a site is crawled. `zone` is the name of the time zone that cron's hours are in; None is the machine's."""
    span = span_of(every)
    if span:
        return IntervalTrigger(seconds=int(span.total_seconds()), jitter=_jitter(span))
    minute, hour, day, month, weekday = every.split()
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=re.sub(r"(?<![/\d])[0-7]", lambda match: _DAYS[int(match[0])], weekday.lower()),
        timezone=_zone(zone),
        jitter=CRON_JITTER,
    )


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
    following = now if span else trigger_of(every, zone).get_next_fire_time(None, now)
    if planned is None:
        return following or now
    if span and planned > now + span * (1 + JITTER) + timedelta(seconds=MAX_JITTER):
        return now
    if span is None and planned > now:
        return following or now  # the user may have changed the time
    return max(planned, now)


def _jitter(span: timedelta) -> int:
    return min(MAX_JITTER, int(span.total_seconds() * JITTER))


def _zone(name: str | None) -> tzinfo:
    return ZoneInfo(name) if name else get_localzone()

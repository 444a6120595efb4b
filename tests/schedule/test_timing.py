"""`every` means what cron and common sense say it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.configuration import ConfigurationError
from jianbao.schedule.timing import CRON_JITTER, first_run, read_schedule, span_of, trigger_of

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)  # a Wednesday


def next_times(every: str, zone: str | None, count: int = 3) -> list[datetime]:
    trigger, found = trigger_of(every, zone), []
    moment = NOW
    for _ in range(count):
        following = trigger.get_next_fire_time(None, moment)
        assert following is not None
        exact = following.replace(second=0, microsecond=0)
        assert following - exact <= timedelta(seconds=CRON_JITTER)
        found.append(exact.astimezone(UTC))
        moment = exact + timedelta(minutes=1)
    return found


@pytest.mark.parametrize(("every", "seconds"), [("30m", 1800), ("6h", 21_600), ("1d", 86_400)])
def test_a_span_is_from_run_to_run(every: str, seconds: int) -> None:
    span = span_of(every)
    assert span == timedelta(seconds=seconds)
    following = trigger_of(every, None).get_next_fire_time(NOW, NOW)
    assert following is not None
    assert span <= following - NOW <= span * 1.06


def test_cron_is_in_the_time_zone_of_the_site() -> None:
    assert next_times("0 6 * * *", "Asia/Shanghai", 1) == [datetime(2026, 3, 4, 22, 0, tzinfo=UTC)]
    assert next_times("0 6 * * *", "Europe/London", 1) == [datetime(2026, 3, 5, 6, 0, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ("0", [8, 15, 22]),
        ("7", [8, 15, 22]),
        ("1", [9, 16, 23]),
        ("1-5", [5, 6, 9]),
        ("6,0", [7, 8, 14]),
        ("mon", [9, 16, 23]),
        ("0-2", [8, 9, 10]),
        ("0-6", [5, 6, 7]),
        ("5-7", [6, 7, 8]),
        ("sun-tue", [8, 9, 10]),
        ("Fri-Sun", [6, 7, 8]),
        ("sat-mon", [7, 8, 9]),
        ("1-5/2", [6, 9, 11]),
        ("mon-fri/4", [6, 9, 13]),
        ("*/2", [5, 7, 8]),
        ("*/3,5", [6, 7, 8]),
    ],
)
def test_the_days_of_cron_begin_with_sunday(weekdays: str, days: list[int]) -> None:
    assert [moment.day for moment in next_times(f"0 6 * * {weekdays}", "UTC")] == days


@pytest.mark.parametrize("weekdays", ["8", "funday", "1-", "*/0", "1//2", "mon-fri-sun", "1,"])
def test_a_weekday_that_cron_does_not_know_is_refused(weekdays: str) -> None:
    with pytest.raises(ValueError, match="day of the week"):
        trigger_of(f"0 6 * * {weekdays}", None)


@pytest.mark.parametrize(
    ("days", "weekdays", "expected"),
    [
        ("6", "1", [6, 9, 16]),  # both are named: either will do
        ("*/2", "1", [9, 23, 13]),  # every other day is no named one: both have to hold
        ("6", "*", [6, 6, 6]),
    ],
)
def test_a_day_of_the_month_and_a_weekday_count_as_in_cron(days: str, weekdays: str, expected: list[int]) -> None:
    assert [moment.day for moment in next_times(f"0 6 {days} * {weekdays}", "UTC")] == expected


def test_months_by_name_have_steps_as_by_number() -> None:
    assert [moment.month for moment in next_times("0 6 1 jan-sep/4 *", "UTC")] == [5, 9, 1]
    with pytest.raises(ValueError, match="month"):
        trigger_of("0 6 1 janus *", None)


def test_a_time_that_never_comes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "jianbao.toml"
    file.write_text('[[site]]\nname = "a"\nstart = ["https://a.example/"]\nevery = "0 6 31 2 *"\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r"toml, line 4: \[\[site\]\] every = '0 6 31 2 \*': .*never"):
        read_schedule(file)


def test_steps_of_cron_are_steps() -> None:
    assert [moment.minute for moment in next_times("*/20 * * * *", "UTC")] == [40, 0, 20]
    assert [moment.day for moment in next_times("0 6 */2 * *", "UTC")] == [5, 7, 9]


def test_a_new_site_begins_at_once_and_cron_waits_for_its_time() -> None:
    assert first_run("6h", None, None, NOW) == NOW
    assert first_run("0 6 * * *", "UTC", None, NOW).day == 5


def test_what_was_missed_is_made_up_once() -> None:
    for every in ("6h", "0 6 * * *"):
        assert first_run(every, "UTC", NOW - timedelta(days=3), NOW) == NOW


def test_a_plan_is_kept_over_a_restart() -> None:
    planned = NOW + timedelta(hours=2)
    assert first_run("6h", None, planned, NOW) == planned


def test_a_plan_from_before_the_clock_was_put_back_is_not_waited_for() -> None:
    assert first_run("6h", None, NOW + timedelta(days=30), NOW) == NOW


def test_another_time_in_the_configuration_counts_at_once() -> None:
    planned = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
    assert first_run("0 12 * * *", "UTC", planned, NOW).replace(second=0, microsecond=0) == NOW.replace(
        hour=12, minute=0
    )

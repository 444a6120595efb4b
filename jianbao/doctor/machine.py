"""The machine: Python, SQLite, room on the disk, the clock."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from archive import ArchiveError, last_crawl, read_archive
from archive.database import FILE_NAME
from jianbao.doctor.results import Result, note, ok, wrong

TESTED = ((3, 11), (3, 13))
"""The first and the last Python that the tests run on."""
MIN_FREE = 500_000_000
"""Bytes that have to be free: raw pages, logs and the write-ahead log of one large crawl."""
MIN_DAYS = 7
"""Days for which the room has to last at the pace so far, so that there is time to find more."""
CLOCK_TOLERANCE = timedelta(minutes=2)
"""By which a clock may be off: HTTP dates are of the second, and answers take a while."""

_FTS = """
CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT) STRICT;
CREATE VIRTUAL TABLE f USING fts5(text, content='', tokenize='unicode61');
INSERT INTO f (rowid, text) VALUES (1, '洛 阳');
"""


def check_python(version: tuple[int, int] | None = None) -> Result:
    """Whether this Python is one that is tested. `version` is that of this one by default."""
    found = version or (sys.version_info[0], sys.version_info[1])
    first, last = (".".join(map(str, bound)) for bound in TESTED)
    said = f"Python {'.'.join(map(str, found))}"
    if TESTED[0] <= found <= TESTED[1]:
        return ok("Python", f"{said}.")
    return note(
        "Python", f"{said} is not among those that are tested.", f"Where something breaks, use {first} to {last}."
    )


def check_sqlite() -> Result:
    """Whether SQLite has strict tables and full-text search, and finds a Chinese character with it."""
    said = f"SQLite {sqlite3.sqlite_version}"
    try:
        with closing(sqlite3.connect(":memory:")) as db:
            db.executescript(_FTS)
            found = db.execute("SELECT rowid FROM f WHERE f MATCH '\"洛 阳\"'").fetchone()
    except sqlite3.Error as error:
        return wrong(
            "SQLite", f"{said} does not do: {error}.", "Use a Python whose SQLite is 3.37 or newer, with FTS5."
        )
    if not found:
        return wrong("SQLite", f"{said} does not find Chinese characters.", "Use another build of Python.")
    return ok("SQLite", f"{said}, with full-text search.")


def check_disk(data: Path, free: int | None = None) -> Result:
    """Whether there is room for what is to come. `free` is the disk's free bytes by default."""
    there = next(folder for folder in (data, *data.resolve().parents) if folder.exists())
    room = shutil.disk_usage(there).free if free is None else free
    archive = data / FILE_NAME
    needed = max(MIN_FREE, archive.stat().st_size if archive.is_file() else 0)
    advice = f"Free some, or move {data} to a larger disk. `forget` and upgrades write the archive's file anew."
    if room < needed:
        return wrong("disk", f"{_size(room)} are free, and {_size(needed)} are needed.", advice)
    days = _days_left(data, room)
    if days is not None and days < MIN_DAYS:
        return wrong("disk", f"{_size(room)} are free, which last {days:,.0f} days at the pace so far.", advice)
    return ok("disk", f"{_size(room)} are free{f', enough for {days:,.0f} days at the pace so far' if days else ''}.")


def _days_left(data: Path, room: int) -> float | None:
    """For how long the room lasts; None before the archive is a day old."""
    try:
        with closing(read_archive(data)) as db:
            (begun,) = db.execute("SELECT min(started) FROM crawls").fetchone()
    except (ArchiveError, sqlite3.Error):
        return None
    age = (datetime.now(UTC) - datetime.fromisoformat(begun)) / timedelta(days=1) if begun else 0.0
    used = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
    return room / (used / age) if age >= 1 and used else None


def check_clock(data: Path, offsets: Sequence[timedelta]) -> Result:
    """Whether the clock agrees with those of the sites, and is not behind the archive.

    `offsets` is by how much each site's clock is ahead of this one.
    """
    mend = "Set it: `timedatectl set-ntp true` has Linux do so."
    if offsets:
        off = timedelta(seconds=median(offset.total_seconds() for offset in offsets))
        if abs(off) > CLOCK_TOLERANCE:
            way = "behind" if off > timedelta(0) else "ahead"
            return wrong("clock", f"The clock is {_span(abs(off))} {way}, by the sites' own.", mend)
    now = datetime.now(UTC)
    try:
        with closing(read_archive(data)) as db:
            crawl = last_crawl(db)
    except (ArchiveError, sqlite3.Error):
        crawl = None
    if crawl and datetime.fromisoformat(crawl.started) > now + CLOCK_TOLERANCE:
        return wrong("clock", f"It is {now:%Y-%m-%d %H:%M} UTC, and the last crawl began at {crawl.started}.", mend)
    return ok("clock", f"{now.astimezone():%Y-%m-%d %H:%M %Z}{', as the sites have it' if offsets else ''}.")


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:,.0f} hours" if hours >= 2 else f"{hours * 60:,.0f} minutes"

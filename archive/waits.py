"""The table `waits`: sites that asked to be left alone for a while, so that no run asks before it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.database import transaction
from archive.times import utc

LONGEST_DAYS = 7.0
"""Days that a site is left alone at most: one request a week is no burden to anyone, and some servers ask for years."""


def note_wait(db: Database, site: str, seconds: float, *, now: datetime) -> str:
    """Have a site not be asked for anything for some time, or for as long as it asked for before; until when (UTC)."""
    until = utc(now + min(timedelta(seconds=seconds), timedelta(days=LONGEST_DAYS)))
    with transaction(db):
        longest = db.execute(
            "INSERT INTO waits (site, until) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET until = max(until, excluded.until) RETURNING until",
            (site, until),
        ).fetchone()
    return str(longest[0])


def current_waits(db: Database, *, now: datetime) -> dict[str, str]:
    """Site -> until when (UTC) it is not to be asked. Those that are over are let go of."""
    with transaction(db):
        db.execute("DELETE FROM waits WHERE until <= ?", (utc(now),))
    return dict(db.execute("SELECT site, until FROM waits").fetchall())

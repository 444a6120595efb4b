"""The table `schedule`: when the next run of each site is due, so that a missed one is made up and is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from archive.database import transaction
from archive.times import utc


def planned_runs(db: Database) -> dict[str, datetime]:
    """Site -> when its next run is due, aware."""
    return {site: datetime.fromisoformat(due) for site, due in db.execute("SELECT site, due FROM schedule")}


def plan_runs(db: Database, due: Mapping[str, tuple[str, datetime]]) -> None:
    """Make these the planned runs and no others: site -> how often in the user's words, and when next."""
    rows = [{"site": site, "every": every, "due": utc(when)} for site, (every, when) in due.items()]
    with transaction(db):
        db.execute("DELETE FROM schedule")
        if rows:
            db.table("schedule").insert_all(rows)

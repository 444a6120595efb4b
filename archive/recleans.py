"""The recleans table: one row for each run that reads the stored pages again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import transaction
from archive.times import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclean:
    """A run that is to go on."""

    id: int
    """`recleans.id`."""
    started: str
    """When it began, UTC, ISO 8601; texts that it changes are of that time."""
    page_id: int
    """The page it has come to; 0 at the beginning."""
    counts: Counter[str]
    """What became of the pages so far."""


def begin_reclean(db: Database, *, rules: str) -> Reclean:
    """Go on with a run that was killed, where it read by the same rules; else begin one."""
    with transaction(db):
        row = db.execute(
            "SELECT id, started, page_id, counts FROM recleans WHERE finished IS NULL AND rules = ? ORDER BY id DESC",
            (rules,),
        ).fetchone()
        if row is None:
            row = db.execute(
                "INSERT INTO recleans (started, rules) VALUES (?, ?) RETURNING id, started, page_id, counts",
                (now(), rules),
            ).fetchone()
    id_, started, page_id, counts = row
    return Reclean(id=id_, started=started, page_id=page_id, counts=Counter(json.loads(counts)))


def note_progress(db: Database, reclean_id: int, *, page_id: int, counts: Counter[str]) -> None:
    """Note how far a run has come, in the caller's transaction where there is one."""
    db.execute("UPDATE recleans SET page_id = ?, counts = ? WHERE id = ?", (page_id, json.dumps(counts), reclean_id))


def finish_reclean(db: Database, reclean_id: int) -> None:
    """Note that a run has read all there is."""
    db.execute("UPDATE recleans SET finished = ? WHERE id = ?", (now(), reclean_id))

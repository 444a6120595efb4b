"""The table `findings`: what was found wrong, since when, and whether somebody was told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import transaction
from archive.health.checks import CHECKS, Finding, check_run
from archive.health.measures import measure_run, past_runs
from archive.times import now

SAMPLES = 5
"""Addresses kept with a finding: enough to see what it is about."""

RUN_CHECKS = {"no-articles", *(check.name for check in CHECKS)}
"""What is checked when a run has ended."""

_SAMPLES = {
    "failures": "state = 'failed'",
    "refusals": "state = 'refused'",
    "no-text": "state = 'fetched' AND reason IS NOT NULL AND kind IS NULL",
    "no-articles": "article_id IS NULL OR reason IS NOT NULL",
}
"""What the sample pages of a check are; those of the others are articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding that somebody should know of."""

    id: int
    """`findings.id`."""
    finding: Finding
    opened: str
    """When it was found first; UTC, ISO 8601."""
    closed: str | None
    """When a run was as usual again; None while it is not."""
    samples: tuple[str, ...]
    """Addresses of pages that show it."""


def judge_run(db: Database, crawl_id: int) -> list[Finding]:
    """Measure a crawl and judge it: open a finding for what is not as usual, close what is as usual again."""
    found: list[Finding] = []
    for run in measure_run(db, crawl_id):
        here = check_run(run, past_runs(db, run.site, before=crawl_id))
        keep_findings(db, run.site, here, checks=RUN_CHECKS, crawl_id=crawl_id)
        found += here
    return found


def keep_findings(
    db: Database,
    site: str,
    found: Iterable[Finding],
    *,
    checks: Set[str],
    crawl_id: int | None = None,
    samples: Sequence[str] | None = None,
) -> None:
    """Make the open findings of a site, of these checks, those that were found, with sample pages: those given, else
    some of the crawl."""
    by_check = {finding.check: finding for finding in found}
    with transaction(db):
        known = _open_checks(db, site)
        for check in known.keys() & checks - by_check.keys():
            db.execute("UPDATE findings SET closed = ? WHERE id = ?", (now(), known[check]))
        for check, finding in by_check.items():
            values = (finding.sentence, finding.figure, finding.low, finding.high, finding.advice)
            shown = _samples(db, check, site, crawl_id) if samples is None else list(samples[:SAMPLES])
            addresses = json.dumps(shown, ensure_ascii=False)
            if check in known:
                db.execute(
                    "UPDATE findings SET sentence = ?, figure = ?, low = ?, high = ?, advice = ?, samples = ? WHERE id = ?",
                    (*values, addresses, known[check]),
                )
            else:
                db.execute(
                    'INSERT INTO findings (site, "check", sentence, figure, low, high, advice, samples, opened)'
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (site, check, *values, addresses, now()),
                )


def _open_checks(db: Database, site: str) -> dict[str, int]:
    return dict(db.execute('SELECT "check", id FROM findings WHERE site = ? AND closed IS NULL', (site,)).fetchall())


def _samples(db: Database, check: str, site: str, crawl_id: int | None) -> list[str]:
    where = _SAMPLES.get(check, "article_id IS NOT NULL")
    rows = db.execute(
        f"SELECT url FROM pages WHERE crawl_id IS ? AND site = ? AND ({where}) ORDER BY id LIMIT ?",
        (crawl_id, site, SAMPLES),
    )
    return [url for (url,) in rows]


def open_findings(db: Database) -> list[OpenFinding]:
    """What is wrong now, the newest last."""
    return _select(db, "closed IS NULL")


def untold_findings(db: Database) -> list[OpenFinding]:
    """What nobody was told of yet: findings that are open, and recoveries of those that somebody was told of."""
    return _select(
        db, "(told IS NULL AND closed IS NULL) OR (told IS NOT NULL AND closed IS NOT NULL AND told_closed IS NULL)"
    )


def mark_told(db: Database, findings: Iterable[OpenFinding]) -> None:
    """Somebody was told of these; they are not told again."""
    with transaction(db):
        for finding in findings:
            column = "told" if finding.closed is None else "told_closed"
            db.execute(f"UPDATE findings SET {column} = ? WHERE id = ?", (now(), finding.id))


def _select(db: Database, where: str) -> list[OpenFinding]:
    rows = db.execute(
        'SELECT id, site, "check", sentence, figure, low, high, advice, opened, closed, samples FROM findings'
        f" WHERE {where} ORDER BY id"
    )
    return [
        OpenFinding(
            id=row[0],
            finding=Finding(
                site=row[1], check=row[2], sentence=row[3], figure=row[4], low=row[5], high=row[6], advice=row[7]
            ),
            opened=row[8],
            closed=row[9],
            samples=tuple(json.loads(row[10])),
        )
        for row in rows
    ]

"""The table `findings`: what was found wrong, since when, and whether somebody was told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from archive.crawls import NO_ARTICLE
from archive.database import transaction
from archive.health.checks import CHECKS, Finding, check_run
from archive.health.measures import measure_run, past_runs
from archive.times import now, utc

SAMPLES = 5
"""Addresses kept with a finding: enough to see what it is about."""

RUN_CHECKS = {"no-articles", *(check.name for check in CHECKS)}
"""What is checked when a run has ended."""

RETURNS = 5
"""Times that a finding may come and go within a day. Then it stays open for a day: whoever is told knows by now."""

_REMOVED = """
    (SELECT sum(chars) FROM removals WHERE article_id = articles.id AND version = articles.version
        AND kind IN ('contact', 'copyright', 'share')) DESC
"""
_SAMPLES = {
    "failures": ("pages.state = 'failed'", "pages.id"),
    "refusals": ("pages.state = 'refused'", "pages.id"),
    "no-text": (NO_ARTICLE, "pages.id"),
    "no-articles": ("article_id IS NULL OR reason IS NOT NULL", "pages.id"),
    "short-texts": ("article_id IS NOT NULL", "char_count"),
    "undated": ("article_id IS NOT NULL AND published IS NULL", "pages.id"),
    "removals": ("article_id IS NOT NULL", _REMOVED),
    "same-text": ("article_id IS NOT NULL", "count(*) OVER (PARTITION BY body) DESC, pages.id"),
    "same-title": ("article_id IS NOT NULL", "count(*) OVER (PARTITION BY title) DESC, pages.id"),
    "nothing-new": ("start = 1", "pages.id"),
    "missed-run": ("start = 1", "pages.id"),
}
"""Which pages show what a check found, and which of them first; where it is not here, any article does."""


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
            if _comes_and_goes(db, site, check):
                continue
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


def end_findings(db: Database, site: str) -> None:
    """Close the open findings of a site that is not crawled any more, in the caller's transaction: no run would. Nobody
    is told that it is as usual again."""
    db.execute("UPDATE findings SET closed = ?1, told_closed = ?1 WHERE site = ?2 AND closed IS NULL", (now(), site))


def end_findings_but_of(db: Database, sites: Set[str]) -> None:
    """Close the open findings of all sites but these."""
    with transaction(db):
        for (site,) in db.execute("SELECT DISTINCT site FROM findings WHERE closed IS NULL").fetchall():
            if site not in sites:
                end_findings(db, site)


def _open_checks(db: Database, site: str) -> dict[str, int]:
    return dict(db.execute('SELECT "check", id FROM findings WHERE site = ? AND closed IS NULL', (site,)).fetchall())


def _comes_and_goes(db: Database, site: str, check: str) -> bool:
    """Whether an open finding is one of many of the last day, and itself not a day old."""
    day_ago = utc(datetime.now(UTC) - timedelta(days=1))
    recently, opened = db.execute(
        """
        SELECT count(*) FILTER (WHERE closed > :day_ago), max(opened) FILTER (WHERE closed IS NULL) FROM findings
        WHERE site = :site AND "check" = :check
        """,
        {"site": site, "check": check, "day_ago": day_ago},
    ).fetchone()
    return bool(recently >= RETURNS and opened > day_ago)


def _samples(db: Database, check: str, site: str, crawl_id: int | None) -> list[str]:
    """Pages of the crawl that show what was found; of all times without one."""
    where, order = _SAMPLES.get(check, ("article_id IS NOT NULL", "pages.id"))
    rows = db.execute(
        f"""
        SELECT pages.url FROM pages LEFT JOIN articles ON articles.id = article_id
        WHERE (:crawl IS NULL OR crawl_id = :crawl) AND pages.site = :site AND ({where}) ORDER BY {order} LIMIT :limit
        """,
        {"crawl": crawl_id, "site": site, "limit": SAMPLES},
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

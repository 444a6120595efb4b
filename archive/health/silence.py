"""What no run can tell: that there was none, or that a site has had nothing new for too long."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from statistics import median

from sqlite_utils import Database

from archive.health.checks import DEVIATIONS, MIN_RUNS, TO_SIGMA, Finding
from archive.health.findings import keep_findings
from archive.times import now

LATE = timedelta(hours=1)
"""How long after its time a run is missed: a crawl of another site may hold it up."""
QUIET_DAYS = 7.0
"""Days without anything new that no site is asked about."""
GAPS = 30
"""Days with something new that the usual gap is taken from."""
CHECKS = {"missed-run", "nothing-new"}


def judge_silence(db: Database, at: str | None = None) -> list[Finding]:
    """Open and close the findings that only time brings about. `at` is UTC, ISO 8601; None is now."""
    moment = datetime.fromisoformat(at or now())
    found: list[Finding] = []
    sites = {site for (site,) in db.execute("SELECT site FROM schedule UNION SELECT DISTINCT site FROM articles")}
    for site in sorted(sites):
        here = [finding for finding in (_missed_run(db, site, moment), _nothing_new(db, site, moment)) if finding]
        keep_findings(db, site, here, checks=CHECKS)
        found += here
    return found


def judge_end(db: Database, site: str, status: int, *, since: str) -> list[Finding]:
    """Open a finding where the crawl of a site, begun at `since` (UTC, ISO 8601), never came to its end, and so was
    not judged; close it where it did. `status` is its exit status, negative where a signal ended it."""
    ended = db.execute("SELECT 1 FROM crawls WHERE finished >= ? LIMIT 1", (since,)).fetchone()
    found = [] if ended else [_died(site, status)]
    keep_findings(db, site, found, checks={"died"})
    return found


def _died(site: str, status: int) -> Finding:
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    return Finding(
        site=site,
        check="died",
        sentence=f"The crawl did not come to its end: it ended {how}.",
        figure=float(status),
        low=0.0,
        high=0.0,
        advice="The end of data/logs/schedule.log says more. Signal 9 mostly means that memory ran out; status 1 that"
        " something else holds the data folder.",
    )


def _missed_run(db: Database, site: str, moment: datetime) -> Finding | None:
    row = db.execute("SELECT due FROM schedule WHERE site = ?", (site,)).fetchone()
    late = moment - datetime.fromisoformat(row[0]) if row else timedelta(0)
    if late <= LATE:
        return None
    hours = late.total_seconds() / 3600
    return Finding(
        site=site,
        check="missed-run",
        sentence=f"A crawl was due {hours:,.0f} hours ago and has not begun.",
        figure=hours,
        low=None,
        high=LATE.total_seconds() / 3600,
        advice="See whether `jianbao schedule` is running, and whether something else holds the data folder: `jianbao doctor` names it.",
    )


def _nothing_new(db: Database, site: str, moment: datetime) -> Finding | None:
    """A site whose listings are read, and name nothing that was not known: the start may be the wrong page by now."""
    rows = db.execute(
        "SELECT DISTINCT substr(first_seen, 1, 10) FROM articles WHERE site = ? ORDER BY 1 DESC LIMIT ?",
        (site, GAPS + 1),
    )
    days = [date.fromisoformat(day) for (day,) in rows]
    gaps = [float((later - earlier).days) for later, earlier in itertools.pairwise(days)]
    if len(gaps) < MIN_RUNS:
        return None
    middle = median(gaps)
    deviation = DEVIATIONS * TO_SIGMA * median(abs(gap - middle) for gap in gaps)
    bound = max(QUIET_DAYS, 3 * middle, middle + deviation)
    quiet = float((moment.date() - days[0]).days)
    if quiet <= bound:
        return None
    return Finding(
        site=site,
        check="nothing-new",
        sentence=f"Nothing new for {quiet:,.0f} days, usually at most {bound:,.0f}.",
        figure=quiet,
        low=None,
        high=bound,
        advice="Open the start page in a browser: the site may list its new articles elsewhere.",
    )

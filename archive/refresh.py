"""Which known pages are asked for again, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from sqlite_utils import Database

from archive.database import transaction
from archive.times import utc

Refresh = Literal["due", "all", "new"]
"""Which known pages a crawl asks for again: those that are due, all of them, or none."""

SHARE_OF_AGE = 0.1
"""An article is due when this share of the time has passed for which its text has stayed as it is: one that is a
day old after two hours, so at each run of a daily schedule; after 100 days every ten. A daily schedule asks some 45
times in the first year for an article that never changes, where it would ask 365 times."""
LONGEST_DAYS = 30.0
"""Days after which every article is due: what is changed after years is changed for a reason."""
DAYS_WITHOUT_ARTICLE = 7.0
"""Days after which a page is due that holds no article, is refused or gone, or has failed often."""
PATIENCE = 5
"""Runs in succession that ask for a page that fails, or whose robots.txt does: a site may be down for some days."""

_DUE = """
    CASE
        WHEN pages.state = 'failed' OR reason LIKE 'robots-unreachable%' THEN tries < :patience OR :now_day - asked >= :days_without_article
        WHEN article_id IS NULL THEN :now_day - asked >= :days_without_article
        -- the second answer of that kind decides
        WHEN pages.state = 'gone' AND articles.state = 'live' THEN true
        ELSE :now_day - asked >= min((:now_day - julianday(last_changed)) * :share, :longest)
    END
"""


def queue_known(
    db: Database, *, site: str, refresh: Refresh, max_depth: int, crawl_id: int, now: datetime | None = None
) -> int:
    """Make the known pages of a site pending that are to be asked for again; how many there are.

    Not among them are further parts of an article, which are asked for with it, listings, and what this crawl
    took up already. `max_depth` does not keep back a page that was fetched before.
    """
    if refresh == "new":
        return 0
    with transaction(db):
        made = db.execute(
            f"""
            UPDATE pages SET state = 'pending' WHERE id IN (
                SELECT pages.id FROM (
                    SELECT pages.*, julianday(coalesce(pages.fetched_at, crawls.started)) AS asked
                    FROM pages LEFT JOIN crawls ON crawls.id = crawl_id
                    WHERE site = :site AND pages.state != 'pending' AND crawl_id IS NOT :crawl_id AND kind IS NULL
                        AND (belongs_to IS NULL OR reason = 'redirect')
                        AND (depth <= :max_depth OR fetched_at IS NOT NULL) AND depth IS NOT NULL
                ) AS pages
                LEFT JOIN articles ON articles.id = article_id
                WHERE :refresh = 'all' OR asked IS NULL OR {_DUE}
            )
            """,
            {
                "site": site,
                "crawl_id": crawl_id,
                "max_depth": max_depth,
                "refresh": refresh,
                "now_day": _julian_day(db, now or datetime.now(UTC)),
                "patience": PATIENCE,
                "days_without_article": DAYS_WITHOUT_ARTICLE,
                "share": SHARE_OF_AGE,
                "longest": LONGEST_DAYS,
            },
        )
    return int(made.rowcount)


def _julian_day(db: Database, when: datetime) -> float:
    return float(db.execute("SELECT julianday(?)", (utc(when),)).fetchone()[0])


def known_sites(db: Database) -> dict[str, str]:
    """Every site that a page of the archive is on -> the address of the one known first."""
    # SQLite takes the other columns from the row that has the least id.
    return {
        site: url for site, url, _ in db.execute("SELECT site, url, min(id) FROM pages GROUP BY site ORDER BY site")
    }

"""Sites that got a name: what was archived under a host is the named site's from then on."""

from __future__ import annotations

from sqlite_utils import Database

from archive.database import transaction
from archive.health.findings import end_findings


def name_site(db: Database, host: str, name: str) -> None:
    """Have the pages and articles of a host belong to a configured site.

    How its past runs were judged stays under the host: what is usual for the site as it is crawled now is another
    thing.
    """
    with transaction(db):
        for table in ("pages", "articles"):
            db.execute(f"UPDATE {table} SET site = ? WHERE site = ?", (name, host))
        end_findings(db, host)
        db.execute("UPDATE OR REPLACE waits SET site = ? WHERE site = ?", (name, host))

"""Sites that got a name: what was archived under a host is the named site's from then on."""

from __future__ import annotations

from sqlite_utils import Database

from archive.database import transaction
from archive.times import now


def name_site(db: Database, host: str, name: str) -> None:
    """Have the pages and articles of a host belong to a configured site.

    How its past runs were judged stays under the host: what is usual for the site as it is crawled now is another
    thing.
    """
    with transaction(db):
        for table in ("pages", "articles"):
            db.execute(f"UPDATE {table} SET site = ? WHERE site = ?", (name, host))
        # No run of the old name would ever close them, and nobody is to be told that all is well.
        db.execute(
            "UPDATE findings SET closed = ?, told_closed = ? WHERE site = ? AND closed IS NULL", (now(), now(), host)
        )
        db.execute("UPDATE OR REPLACE waits SET site = ? WHERE site = ?", (name, host))

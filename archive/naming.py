"""Sites that get a name, or another one: what was archived of them is the named site's from then on."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from archive.database import transaction
from archive.health.findings import end_findings


def name_site(db: Database, site: str, name_of: Callable[[str], str | None]) -> None:
    """Have the pages and articles of a site belong to the sites that their addresses are on now, as `name_of` says;
    None is none, and they stay.

    What was learned of it goes along where all of it has one new name. How its past runs were judged stays under the
    old one: what is usual for the site as it is crawled now is another thing.
    """
    with transaction(db):
        names: set[str] = set()
        for table in ("pages", "articles"):
            rows = db.execute(f"SELECT id, url FROM {table} WHERE site = ?", (site,)).fetchall()
            moved = [(name, id_) for id_, url in rows if (name := name_of(url))]
            db.conn.executemany(f"UPDATE {table} SET site = ? WHERE id = ?", moved)
            names.update(name for name, _ in moved)
        left = db.execute("SELECT 1 FROM pages WHERE site = ? LIMIT 1", (site,)).fetchone()
        if left or not names:
            return
        end_findings(db, site)
        if len(names) == 1:
            for table in ("waits", "learned"):
                db.execute(f"UPDATE OR REPLACE {table} SET site = ? WHERE site = ?", (*names, site))

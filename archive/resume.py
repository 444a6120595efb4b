"""Going on with a crawl that did not come to its end."""

from __future__ import annotations

from sqlite_utils import Database

from archive.crawls import last_crawl
from archive.database import transaction


def resume_crawl(db: Database, *, max_depth: int) -> int | None:
    """Take up the last crawl again, where it was killed, stopped or out of budget with pages left: its id.

    It stays one crawl: what it has fetched is not asked for a second time, however often it is killed, and
    what was under way is handed out anew. None where there is nothing to go on with.
    """
    crawl = last_crawl(db)
    if crawl is None or crawl.outcome == "finished":
        return None
    with transaction(db):
        left = "SELECT 1 FROM pages WHERE state = 'pending' AND depth <= ? LIMIT 1"
        if not db.execute(left, (max_depth,)).fetchone():
            return None
        db.execute("UPDATE pages SET crawl_id = NULL WHERE state = 'pending' AND crawl_id = ?", (crawl.id,))
        db.execute("UPDATE crawls SET finished = NULL, outcome = NULL, seconds = NULL WHERE id = ?", (crawl.id,))
    return crawl.id

"""Going on with a crawl that did not come to its end."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlite_utils import Database

from archive.crawls import last_crawl
from archive.database import transaction


def resume_crawl(
    db: Database,
    *,
    max_depth: int,
    depths: Mapping[str, int] = MappingProxyType({}),
    sites: Collection[str] | None = None,
) -> int | None:
    """Take up the last crawl again, where it was killed or stopped with pages left: its id.

    It stays one crawl: what it has fetched is not asked for a second time, however often it is killed, and
    what was under way is handed out anew. None where there is nothing to go on with. One that came to the end of
    its budget is over, as listings are to be asked again though a large backlog takes many runs. `depths` and
    `sites` are those of `take_pending`.
    """
    crawl = last_crawl(db)
    if crawl is None or crawl.outcome in ("finished", "max-pages"):
        return None
    with transaction(db):
        left = db.execute(
            """
            SELECT 1 FROM pages LEFT JOIN json_each(:depths) AS own ON own.key = pages.site
            WHERE state = 'pending' AND (depth <= coalesce(own.value, :max_depth) OR fetched_at IS NOT NULL)
                AND (:sites IS NULL OR site IN (SELECT value FROM json_each(:sites)))
            LIMIT 1
            """,
            {
                "max_depth": max_depth,
                "depths": json.dumps(dict(depths)),
                "sites": None if sites is None else json.dumps(list(sites)),
            },
        )
        if not left.fetchone():
            return None
        db.execute("UPDATE pages SET crawl_id = NULL WHERE state = 'pending' AND crawl_id = ?", (crawl.id,))
        db.execute("UPDATE crawls SET finished = NULL, outcome = NULL, seconds = NULL WHERE id = ?", (crawl.id,))
    return crawl.id


def count_left(db: Database, depths: Mapping[str, int]) -> int:
    """How many pages the next crawl takes up without being led to them, of sites -> the links that it follows there.

    Like `take_pending`, it asks for what was fetched before from however far.
    """
    (count,) = db.execute(
        """
        SELECT count(*) FROM pages JOIN json_each(?) AS own ON own.key = pages.site
        WHERE state = 'pending' AND depth IS NOT NULL AND (depth <= own.value OR fetched_at IS NOT NULL)
        """,
        (json.dumps(dict(depths)),),
    ).fetchone()
    return int(count)

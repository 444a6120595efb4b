"""Which pages are to be fetched next: each once in a crawl, those of all sites by turns."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlite_utils import Database

from archive.database import transaction
from archive.records import ListingKind
from archive.urls import canonical_url, url_key

IN_HAND_PER_SITE = 50
"""Pages of one site that are handed out and have not ended: more than are asked for and read at a time. The next are
taken when half of them have ended, many at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """A page that the crawler is to fetch."""

    id: int
    """`pages.id`."""
    url: str
    """The URL to ask for."""
    site: str
    """Name of the configured site, else the host name."""
    depth: int
    """Links followed from a start URL to get here; a start URL has 0."""
    etag: str | None
    """For If-None-Match; None when the site sent none, or there is no article and no listing that a 304
    could confirm."""
    last_modified: str | None
    """For If-Modified-Since; None as for `etag`."""
    kind: ListingKind | None = None
    """What kind of listing it is; None for any other page, and one that was not read yet."""
    turn: int = 0
    """Pages turned from a start to get to this page of its listing."""


def take_pending(
    db: Database,
    *,
    crawl_id: int,
    limit: int,
    max_depth: int,
    depths: Mapping[str, int] = MappingProxyType({}),
    sites: Collection[str] | None = None,
    put_off: Collection[str] = (),
    in_hand: Mapping[str, int] = MappingProxyType({}),
) -> list[PendingPage]:
    """Hand out up to `limit` pages to fetch, each once in a crawl: of each site those nearest to a start.

    Pages that an earlier crawl left pending, because it was killed or ran out of budget, are among them.
    `depths` is the depth of sites that have one of their own; `sites` those that are crawled, None is all;
    `put_off` sites of which nothing more is handed out; `in_hand` the number of pages of each site that are under way. The sites with fewest come first, so that a
    slow one does not hold up the others.
    """
    candidates: list[tuple[int, int]] = []
    for site in _sites_with_pending(db):
        held = in_hand.get(site, 0)
        if held > IN_HAND_PER_SITE // 2 or site in put_off or (sites is not None and site not in sites):
            continue
        room = min(limit, IN_HAND_PER_SITE - held)
        found = _next_of_site(db, site, crawl_id=crawl_id, limit=room, max_depth=depths.get(site, max_depth))
        candidates += [(place, id_) for place, id_ in enumerate(found, held)]
    order = {id_: number for number, (_place, id_) in enumerate(sorted(candidates)[:limit])}
    if not order:
        return []
    taken = db.execute(
        """
        UPDATE pages SET crawl_id = ?, tries = tries + 1
        WHERE id IN (SELECT value FROM json_each(?))
        RETURNING id, url, site, depth,
            iif(coalesce(article_id, kind) IS NULL, NULL, etag),
            iif(coalesce(article_id, kind) IS NULL, NULL, last_modified),
            kind, coalesce(turn, 0)
        """,
        (crawl_id, json.dumps(list(order))),
    ).fetchall()
    pages = [
        PendingPage(id=id_, url=url, site=site, depth=depth, etag=etag, last_modified=modified, kind=kind, turn=turn)
        for id_, url, site, depth, etag, modified, kind, turn in taken
    ]
    return sorted(pages, key=lambda page: order[page.id])


def _next_of_site(db: Database, site: str, *, crawl_id: int, limit: int, max_depth: int) -> list[int]:
    """The pages of a site to fetch next: starts and new pages, then those that were fetched before and are due,
    from however far. The other way round, a run with a budget would spend it on what is known."""
    values = {"site": site, "crawl_id": crawl_id, "max_depth": max_depth}
    pending = "SELECT depth, id FROM pages WHERE state = 'pending' AND site = :site AND crawl_id IS NOT :crawl_id"
    new = f"""
        {pending} AND (fetched_at IS NULL) = 1 AND depth <= :max_depth
        UNION ALL {pending} AND (fetched_at IS NULL) = 0 AND depth = 0
        ORDER BY depth, id LIMIT :limit
    """
    due = f"{pending} AND (fetched_at IS NULL) = 0 AND depth > 0 ORDER BY depth, id LIMIT :limit"
    found = db.execute(new, values | {"limit": limit}).fetchall()
    if len(found) < limit:
        found += db.execute(due, values | {"limit": limit - len(found)}).fetchall()
    return [id_ for _depth, id_ in found]


def _sites_with_pending(db: Database) -> list[str]:
    """One step in the index for each site, where DISTINCT, or another index, would go through every pending page."""
    rows = db.execute(
        """
        WITH RECURSIVE waiting (site) AS (
            SELECT min(site) FROM pages INDEXED BY idx_pages_pending WHERE state = 'pending'
            UNION ALL
            SELECT (
                SELECT min(site) FROM pages INDEXED BY idx_pages_pending WHERE state = 'pending' AND site > waiting.site
            )
            FROM waiting WHERE waiting.site IS NOT NULL
        )
        SELECT site FROM waiting WHERE site IS NOT NULL
        """
    )
    return [site for (site,) in rows.fetchall()]


def claim_page(db: Database, url: str, *, site: str, crawl_id: int) -> PendingPage | None:
    """Take up a page out of turn, as another one leads to it; None where this crawl took it up by itself.

    A page that is not known yet has `id` 0 and no row: that comes with what it belongs to.
    """
    with transaction(db):
        row = db.execute(
            "SELECT id, url, site, coalesce(depth, 0), state, crawl_id FROM pages WHERE url_key = ?", (url_key(url),)
        ).fetchone()
        if row is None:
            return PendingPage(id=0, url=canonical_url(url), site=site, depth=0, etag=None, last_modified=None)
        id_, known_url, known_site, depth, state, taken_by = row
        if taken_by == crawl_id:
            return None
        if state == "pending":
            db.execute("UPDATE pages SET crawl_id = ?, tries = tries + 1 WHERE id = ?", (crawl_id, id_))
    return PendingPage(id=id_, url=known_url, site=known_site, depth=depth, etag=None, last_modified=None)


def is_waiting(db: Database, url: str, *, crawl_id: int) -> bool:
    """Whether a page is pending and not taken up by this crawl yet."""
    query = "SELECT 1 FROM pages WHERE url_key = ? AND state = 'pending' AND crawl_id IS NOT ?"
    return db.execute(query, (url_key(url), crawl_id)).fetchone() is not None

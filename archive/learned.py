"""The tables `learned` and `readings`: what was learned of each site, and how its pages were read by it.

A record is JSON that `pipelines.learning` writes and reads. It may hold paths, addresses of sample pages, counts and
keyed hashes of lines; no line of a page and no contact detail in clear. Its hashes are under the key of the archive,
so that a record is of no use to another one: it is not merged, and can be learned anew from the evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from archive.database import transaction
from archive.rereading import StoredPage, stored_pages_where
from archive.times import now


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord:
    """What was learned of a site. A row of `learned`."""

    site: str
    """`pages.site`."""
    record: str
    """JSON, as `Learned.to_json` has it."""
    digest: str
    """The same for records that read every page alike."""
    learned_at: str
    """When it was learned, or something was added to it; UTC, ISO 8601."""
    pinned: bool
    """Whether it is to stay as it is."""


class ReadAs(NamedTuple):
    """By which record a page was read, and how."""

    record: str
    """`learned.digest`, as it was then."""
    template: int | None
    """Number of the template that it was read by, from 1; None where it was read step by step."""
    reason: str | None
    """Why it was read step by step; None where a template fitted."""
    agrees: bool | None
    """Whether reading it step by step gave the same; None where that was not tried."""


class NotedPage(NamedTuple):
    """An article page of a run, and how it was read."""

    url: str
    """`pages.url`."""
    fetched_at: str
    """When it was fetched; UTC, ISO 8601."""
    template: int | None
    """As `ReadAs.template`; None too where nothing was known of its site."""


def find_record(db: Database, site: str) -> SiteRecord | None:
    """What was learned of a site, None where nothing was."""
    row = db.execute("SELECT site, record, digest, learned_at, pinned FROM learned WHERE site = ?", (site,)).fetchone()
    return (
        SiteRecord(site=row[0], record=row[1], digest=row[2], learned_at=row[3], pinned=bool(row[4])) if row else None
    )


def all_records(db: Database) -> list[SiteRecord]:
    """What was learned of every site, by name."""
    sites = db.execute("SELECT site FROM learned ORDER BY site").fetchall()
    return [record for (site,) in sites if (record := find_record(db, site))]


def save_record(db: Database, site: str, record: str, digest: str) -> None:
    """Keep what was learned of a site, in place of what was known of it."""
    with transaction(db):
        db.execute(
            """
            INSERT INTO learned (site, record, digest, learned_at) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                record = excluded.record, digest = excluded.digest, learned_at = excluded.learned_at
            """,
            (site, record, digest, now()),
        )


def forget_record(db: Database, site: str) -> bool:
    """Throw away what was learned of a site; whether there was anything. Its articles stay as they are."""
    with transaction(db):
        known = db.execute("DELETE FROM learned WHERE site = ?", (site,)).rowcount
        db.execute("DELETE FROM readings WHERE page_id IN (SELECT id FROM pages WHERE site = ?)", (site,))
    return known > 0


def pin_record(db: Database, site: str, *, pinned: bool) -> bool:
    """Have what was learned of a site stay as it is, or not; whether there is anything."""
    with transaction(db):
        return db.execute("UPDATE learned SET pinned = ? WHERE site = ?", (pinned, site)).rowcount > 0


def save_readings(db: Database, readings: Iterable[tuple[str, ReadAs]]) -> None:
    """Note how pages were read, each given by its `url_key`."""
    with transaction(db):
        db.conn.executemany(
            """
            INSERT INTO readings (page_id, record, template, reason, agrees)
            SELECT id, ?, ?, ?, ? FROM pages WHERE url_key = ?
            ON CONFLICT DO UPDATE SET record = excluded.record, template = excluded.template,
                reason = excluded.reason, agrees = excluded.agrees
            """,
            [(*read_as, key) for key, read_as in readings],
        )


def carry_readings(db: Database, site: str, old: str, new: str, *, least: float, crawl_id: int) -> None:
    """Note those pages of a run as read by the record `new` that it reads as `old` did, which differs in how long a text
    must be: such as the first template of it read, in one part, with a text of at least `least` characters."""
    with transaction(db):
        db.execute(
            """
            UPDATE readings SET record = :new
            WHERE record = :old AND template = 1 AND page_id IN (
                SELECT pages.id FROM pages JOIN articles ON articles.id = pages.article_id
                WHERE pages.site = :site AND crawl_id = :crawl_id AND char_count >= :least
                    AND NOT EXISTS (SELECT 1 FROM pages AS part WHERE part.belongs_to = pages.id)
            )
            """,
            {"site": site, "old": old, "new": new, "least": least, "crawl_id": crawl_id},
        )


def count_readings(db: Database, site: str) -> list[tuple[int | None, str | None, bool | None, int]]:
    """How the pages of a site were read: template, reason, whether it agrees, and the number of pages."""
    rows = db.execute(
        """
        SELECT template, readings.reason, agrees, count(*) FROM readings JOIN pages ON pages.id = page_id
        WHERE site = ? GROUP BY 1, 2, 3 ORDER BY template IS NULL, 1, 2, 3
        """,
        (site,),
    )
    return [
        (template, reason, None if agrees is None else bool(agrees), count) for template, reason, agrees, count in rows
    ]


def sites_of_run(db: Database, *, crawl_id: int) -> list[str]:
    """The sites of which a run has taken up pages, by name."""
    rows = db.execute("SELECT DISTINCT site FROM pages WHERE crawl_id = ? ORDER BY site", (crawl_id,))
    return [site for (site,) in rows]


def pages_of_run(db: Database, site: str, *, crawl_id: int) -> list[NotedPage]:
    """The article pages of a site that a run has read, in the order in which they came."""
    rows = db.execute(
        """
        SELECT pages.url, pages.fetched_at, template FROM pages LEFT JOIN readings ON page_id = pages.id
        WHERE site = ? AND crawl_id = ? AND article_id IS NOT NULL AND pages.reason IS NULL AND status != 304
        ORDER BY pages.capture_id
        """,
        (site, crawl_id),
    )
    return [NotedPage(*row) for row in rows]


def pages_to_update(db: Database, site: str, digest: str, *, crawl_id: int) -> list[StoredPage]:
    """The pages of a site that a run has read otherwise than by this record, by id."""
    where = """
        pages.site = :site AND pages.crawl_id = :crawl_id AND pages.status != 304
        AND NOT EXISTS (SELECT 1 FROM readings WHERE page_id = pages.id AND record = :digest)
    """
    return stored_pages_where(db, where, {"site": site, "crawl_id": crawl_id, "digest": digest})


def pages_to_learn_from(db: Database, site: str, *, crawl_id: int, known: int | None, limit: int) -> list[StoredPage]:
    """The article pages of a run that are to teach something of a site: of those that none of the first `known`
    templates reads, and that are not read by a record without them, the first by the hashes of their addresses, so
    that the order in which they came makes no difference."""
    where = """
        pages.site = :site AND pages.crawl_id = :crawl_id AND pages.status != 304 AND pages.article_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM readings WHERE page_id = pages.id AND template <= :known)
    """
    pages = stored_pages_where(db, where, {"site": site, "crawl_id": crawl_id, "known": known or 0})
    return sorted(pages, key=lambda page: hashlib.sha256(page.url.encode()).digest())[:limit]

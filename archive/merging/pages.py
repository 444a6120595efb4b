"""Pages of another archive: what became of each, by who asked last."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.merging.articles import CaptureIds

Row = dict[str, Any]

REFERENCES = ("article_id", "capture_id", "belongs_to", "crawl_id")
"""Columns that hold ids, which mean nothing in another archive."""

_READ = """
    SELECT pages.*, articles.url_key AS article_key, captures.file AS capture_file,
        captures.record_sha256 AS capture_sha256, owners.url_key AS owner_key
    FROM pages
    LEFT JOIN articles ON articles.id = pages.article_id
    LEFT JOIN captures ON captures.id = pages.capture_id
    LEFT JOIN pages AS owners ON owners.id = pages.belongs_to
"""


def merge_page(db: Database, theirs: Row, captures: CaptureIds) -> Row:
    """Bring one page in, in the caller's transaction, after all articles; what is known of it now, for `link_pages`
    after the last."""
    found = read_pages(db, "WHERE pages.url_key = ?", (theirs["url_key"],))
    ours = found[0] if found else None
    merged = merge_rows(ours, theirs) if ours else theirs
    if merged == ours:
        return ours
    row = {name: value for name, value in merged.items() if name not in ("id", *REFERENCES) and not _is_key(name)}
    row["capture_id"] = captures.get((merged["capture_file"], merged["capture_sha256"]))
    found_article = db.execute("SELECT id FROM articles WHERE url_key = ?", (merged["article_key"],)).fetchone()
    row["article_id"] = found_article[0] if found_article else None
    if ours is None:
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        db.execute(f"INSERT INTO pages ({columns}) VALUES ({values})", row)
    else:
        assignments = ", ".join(f"{name} = :{name}" for name in row)
        db.execute(f"UPDATE pages SET {assignments} WHERE id = :id", row | {"id": ours["id"]})
    return merged


def link_pages(db: Database, merged: list[Row]) -> None:
    """Point pages that belong to others at these, and those that no longer do at none, in the caller's transaction."""
    for row in merged:
        if row["owner_key"] or row["belongs_to"]:
            db.execute(
                """
                UPDATE pages SET belongs_to = (SELECT id FROM pages WHERE url_key = :owner_key)
                WHERE url_key = :url_key
                """,
                row,
            )


def read_pages(db: Database, where: str = "", values: tuple[Any, ...] = ()) -> list[Row]:
    """Rows of `pages`, with what stands for their ids in every archive."""
    cursor = db.execute(f"{_READ} {where}", values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def merge_rows(ours: Row, theirs: Row) -> Row:
    """What both know of a page together: what became of it by who asked last, and what either has found there."""
    latest, other = sorted((ours, theirs), key=_rank, reverse=True)
    merged = {**latest, "id": ours["id"], "crawl_id": ours["crawl_id"], "start": max(ours["start"], theirs["start"])}
    merged["depth"] = min((row["depth"] for row in (ours, theirs) if row["depth"] is not None), default=None)
    for names in (("article_id", "article_key"), ("capture_id", "capture_file", "capture_sha256")):
        if latest[names[-1]] is None:
            merged |= {name: other[name] for name in names}
    # Ids are those of one archive; what stands for them is compared.
    return merged | {name: ours[name] for name in REFERENCES}


def _rank(row: Row) -> tuple[Any, ...]:
    """A page that is to be asked for again is pending: rather once too often than never."""
    rest = sorted((name, str(value)) for name, value in row.items() if name not in ("id", *REFERENCES))
    return row["fetched_at"] or "", row["state"] == "pending", rest


def _is_key(name: str) -> bool:
    return name in ("article_key", "capture_file", "capture_sha256", "owner_key")

"""Articles as a file for other programs: CSV, XLSX, JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.files import replacing
from archive.search import to_match
from archive.spreadsheet import write_xlsx
from archive.watching import Watch, unwatched

EXPORT_COLUMNS = (
    "id",
    "url",
    "site",
    "title",
    "category",
    "posted_by",
    "source",
    "reporter",
    "published",
    "published_raw",
    "views",
    "summary",
    "body",
    "char_count",
    "first_seen",
    "last_seen",
    "last_changed",
    "version",
    "state",
)
"""The columns of `articles` that an export has, in its order: all but the three that are derived
from others."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a CSV cell that begins so for a formula, and runs it."""

_QUOTED = re.compile(r'[",\r\n]')
"""What a cell of CSV has quotes for."""

Row = tuple[Any, ...]


class ExportError(Exception):
    """The file cannot be written as asked. The message says why, in one line for the user."""


def export_articles(
    db: Database,
    file: Path,
    *,
    since: date | None = None,
    site: str | None = None,
    match: str | None = None,
    watch: Watch = unwatched,
) -> int:
    """Write the articles to `file`, in the format that its extension names, and return how many.

    `since` takes those published on that day or later, or first archived then where they show no date;
    `site` those of one site; `match` those that a search for these words finds. The file replaces an older
    one when it is complete. Rows come in the order in which the articles were archived, from one moment of
    the archive, whatever a crawl writes meanwhile, and are held in memory one at a time. `watch` sees each row.

    Raises ExportError for an unknown extension, OSError where the file cannot be written.
    """
    write = _WRITERS.get(file.suffix.lower())
    if write is None:
        raise ExportError(f"cannot export to {file.name!r}: the name must end in {', '.join(_WRITERS)}")
    rows = db.execute(
        f"""
        SELECT {", ".join(EXPORT_COLUMNS)} FROM articles
        WHERE (:since IS NULL OR coalesce(published, substr(first_seen, 1, 10)) >= :since)
            AND (:site IS NULL OR site = :site)
            AND (:match IS NULL OR id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match))
        ORDER BY id
        """,
        {
            "since": since.isoformat() if since else None,
            "site": site,
            "match": None if match is None else to_match(match),
        },
    )
    with replacing(file) as part:
        return write(part, watch(rows))


def write_csv(file: Path, rows: Iterable[Row]) -> int:
    """CSV that Excel opens right: a byte order mark, lest it take UTF-8 for a local charset, and cells of
    text that begin like a formula guarded by an apostrophe. Taking off an apostrophe before = + - @ tab or
    CR gives back the archive's text."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(f"\ufeff{','.join(EXPORT_COLUMNS)}\r\n")
        for row in rows:
            out.write(f"{','.join(map(_csv_cell, row))}\r\n")
            count += 1
    return count


def _csv_cell(value: Any) -> str:
    """A cell as csv.writer has it, which takes twice as long: it asks of each character whether it ends a line."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    cell = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def write_jsonl(file: Path, rows: Iterable[Row]) -> int:
    """One JSON object a line, in UTF-8."""
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(dict(zip(EXPORT_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")
            count += 1
    return count


_WRITERS: dict[str, Callable[[Path, Iterable[Row]], int]] = {
    ".csv": write_csv,
    ".xlsx": lambda file, rows: write_xlsx(file, EXPORT_COLUMNS, rows),
    ".jsonl": write_jsonl,
}

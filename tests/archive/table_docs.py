"""The tables and columns as Markdown, from the schema and from the descriptions that Datasette shows.

`python -m tests.archive.table_docs` writes the part of docs/archive.md between its two marks anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sqlite_utils import Database

from archive import open_archive

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "archive.md"
METADATA = ROOT / "datasette" / "metadata.yaml"
BEGIN = "<!-- tables: written by python -m tests.archive.table_docs -->\n"
END = "<!-- end of tables -->\n"

TABLES = (
    "articles",
    "versions",
    "history",
    "links",
    "removals",
    "contacts",
    "pages",
    "captures",
    "learned",
    "readings",
    "recleans",
    "crawls",
    "site_runs",
    "findings",
    "schedule",
    "waits",
    "tombstones",
)


def described() -> dict[str, Any]:
    """Table -> its entry in Datasette's metadata."""
    metadata = yaml.safe_load(METADATA.read_text(encoding="utf-8"))
    tables: dict[str, Any] = metadata["databases"]["archive"]["tables"]
    return tables


def columns(db: Database, table: str) -> dict[str, str]:
    """Column -> its type, what it refers to, and whether it may be null."""
    refers = {key.columns[0]: key.other_table for key in db.table(table).foreign_keys if not key.is_compound}
    rows = db.execute('SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?)', (table,))
    return {
        name: f"{type_.lower()}{f' → {refers[name]}' if name in refers else ''}{'' if required or pk else ', or null'}"
        for name, type_, required, pk in rows
    }


def as_markdown(db: Database) -> Iterator[str]:
    for table in TABLES:
        entry = described()[table]
        yield f"### {table}\n\n{entry['description']}\n\n| column | type | meaning |\n|---|---|---|\n"
        for column, type_ in columns(db, table).items():
            yield f"| `{column}` | {type_} | {entry['columns'].get(column, 'Number of the row')} |\n"
        yield "\n"


def tables_part() -> str:
    with tempfile.TemporaryDirectory() as folder:
        db = open_archive(Path(folder))
        part = f"{BEGIN}\n{''.join(as_markdown(db))}{END}"
        db.close()
    return part


if __name__ == "__main__":
    text = DOC.read_text(encoding="utf-8")
    head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
    DOC.write_text(head + tables_part() + tail, encoding="utf-8")

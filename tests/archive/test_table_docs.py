"""Every column is described once, in Datasette's metadata, and docs/archive.md says the same."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from tests.archive.table_docs import DOC, TABLES, columns, described, tables_part


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_description_and_every_description_a_column(db: Database, table: str) -> None:
    assert set(described()[table]["columns"]) - {"id"} == set(columns(db, table)) - {"id"}


def test_no_table_is_left_out(db: Database) -> None:
    own = {name for name in db.table_names() if not name.startswith(("articles_fts", "_sqlite", "sqlite_"))}
    assert own == set(TABLES)


def test_the_docs_are_up_to_date() -> None:
    """If this fails: python -m tests.archive.table_docs"""
    assert tables_part() in DOC.read_text(encoding="utf-8")

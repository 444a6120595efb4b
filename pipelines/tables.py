"""Rows of a table as lines in which each cell stands in its column."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lxml import html

from pipelines.text import CELL, key

MAX_COLUMNS = 50
"""Columns that a cell may span, and in which cells from above are looked for: a hostile page has thousands."""
MAX_ROWS = 5_000
"""Rows that a cell may span, and for how many it stands that spans all that are left."""

_SPAN = re.compile(r"\s*(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row."""

    cells: Mapping[int, str]
    """Column to what the cell there says, empty ones too."""
    reached: frozenset[int]
    """The columns in which a cell from a row above reaches into it."""


class Columns:
    """Where the cells of a table stand, as its rows and cells come one after the other."""

    def __init__(self) -> None:
        self._column = 0
        self._held: dict[int, int] = {}
        self._reached: frozenset[int] = frozenset()

    def start_row(self) -> None:
        """Another row begins."""
        self._column = 0
        self._held = {column: rows - 1 for column, rows in self._held.items() if rows > 1}
        self._reached = frozenset(self._held)

    def place(self, cell: html.HtmlElement) -> int:
        """The first column of the next cell of the row."""
        while self._column in self._held:
            self._column += 1
        first = self._column
        self._column += min(_span(cell, "colspan") or 1, MAX_COLUMNS)
        rows = _span(cell, "rowspan")
        if rows != 1:
            self._held |= dict.fromkeys(range(first, min(self._column, MAX_COLUMNS)), rows or MAX_ROWS)
        return first

    def row(self, cells: Mapping[int, str]) -> Row:
        """The row that has come last, by the columns and words of its cells."""
        return Row(cells, self._reached)


def write_rows(rows: Sequence[Row]) -> list[str]:
    """The rows of a table, each as one line, an empty cell where one is empty or another cell reaches into its place.

    Columns in which no row has a word are the layout's. Empty cells at the end of a row move nothing and are left out;
    a cell alone in its row, such as a heading above many columns, is a line like any other.
    """
    used = {column for row in rows for column, text in row.cells.items() if key(text)}
    return [_write_row(row, used, sorted(used)) for row in rows]


def _write_row(row: Row, used: Collection[int], in_order: Sequence[int]) -> str:
    filled = sorted(column for column, text in row.cells.items() if text and column in used)
    before = in_order[: bisect_left(in_order, filled[0])]
    if len(filled) == 1 and row.reached.isdisjoint(before):
        return row.cells[filled[0]]
    columns = in_order[: bisect_right(in_order, filled[-1])]
    return CELL.join(row.cells.get(column, "").replace(CELL, "|") for column in columns)


def _span(cell: html.HtmlElement, name: str) -> int:
    """How many columns or rows a cell says it spans; 0 is for all that are left."""
    stated = _SPAN.match(cell.get(name) or "")
    return int(stated[1]) if stated else 1

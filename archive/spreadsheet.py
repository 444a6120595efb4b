"""Rows as an Excel workbook: dates as dates, links as links, everything else as the text or number it
is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MAX_ROWS = 1_048_575
MAX_CELL = 32_767
MAX_LINKS = 65_530
MAX_LINK = 2_079
"""What Excel takes: rows below the header, UTF-16 units in a cell, links in a sheet, characters of a link.
A file beyond them opens with a demand to repair it, or not at all."""

CUT = "… (cut: a cell holds 32,767 characters, the whole text is in the CSV)"
"""Ends a cell whose text was longer, so that nobody takes the rest for the whole."""

WIDEST_COLUMN = 60
"""In characters; a body of a thousand would leave one column on the screen."""

DATE_COLUMNS = frozenset({"published"})
TIME_COLUMNS = frozenset({"first_seen", "last_seen", "last_changed"})
LINK_COLUMNS = frozenset({"url"})


def write_xlsx(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a workbook of one sheet and return how many rows it has; memory does not grow with them.

    Times are in UTC, which Excel has no zone to say. Raises OSError where the file cannot be written, or
    the rows are more than a sheet holds.
    """
    # Rows wait beside the target, not in /tmp, which may be small and in memory.
    with TemporaryDirectory(dir=file.parent, prefix=".xlsx-") as scratch:
        try:
            with Workbook(file, {"constant_memory": True, "tmpdir": scratch, "use_zip64": True}) as book:
                return _Sheet(book, columns).fill(rows)
        except FileCreateError as error:
            raise OSError(str(error)) from error


class _Sheet:
    """The sheet being written, row by row."""

    def __init__(self, book: Workbook, columns: Sequence[str]) -> None:
        self.sheet: Worksheet = book.add_worksheet("articles")
        self.columns = columns
        self.widths = [0] * len(columns)
        self.links = 0
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.writers = [self._writer_for(column) for column in columns]
        bold = book.add_format({"bold": True})
        for at, column in enumerate(columns):
            self._write_text(0, at, column, bold)
        self.sheet.freeze_panes(1, 0)

    def fill(self, rows: Iterable[Sequence[Any]]) -> int:
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MAX_ROWS:
                raise OSError(f"an .xlsx file holds {MAX_ROWS:,} rows: export to .csv, or select fewer")
            for at, (write, value) in enumerate(zip(self.writers, row, strict=True)):
                if value is not None:
                    write(count, at, value)
        for at, width in enumerate(self.widths):
            self.sheet.set_column(at, at, width + 2)
        self.sheet.autofilter(0, 0, count, len(self.columns) - 1)
        return count

    def _writer_for(self, column: str) -> Callable[[int, int, Any], None]:
        if column in DATE_COLUMNS:
            return self._write_date
        if column in TIME_COLUMNS:
            return self._write_time
        if column in LINK_COLUMNS:
            return self._write_link
        return self._write_value

    def _write_value(self, row: int, at: int, value: Any) -> None:
        if isinstance(value, str):
            self._write_text(row, at, value)
        else:
            self._widen(at, str(value))
            self.sheet.write_number(row, at, value)

    def _write_text(self, row: int, at: int, text: str, form: Any = None) -> None:
        self._widen(at, text)
        units = text.encode("utf-16-le")
        if len(units) > 2 * MAX_CELL:
            text = units[: 2 * (MAX_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
        self.sheet.write_string(row, at, text, form)

    def _write_link(self, row: int, at: int, url: str) -> None:
        web = url.startswith(("http://", "https://")) and len(url) <= MAX_LINK
        if not web or self.links == MAX_LINKS:
            self._write_text(row, at, url)
            return
        self.links += 1
        self._widen(at, url)
        self.sheet.write_url(row, at, url, string=url)

    def _write_date(self, row: int, at: int, text: str) -> None:
        self._write_moment(row, at, text, date.fromisoformat, self.day)

    def _write_time(self, row: int, at: int, text: str) -> None:
        self._write_moment(row, at, text, lambda utc: datetime.fromisoformat(utc).replace(tzinfo=None), self.time)

    def _write_moment(self, row: int, at: int, text: str, read: Callable[[str], date], form: Any) -> None:
        try:
            moment = read(text)
        except ValueError:
            moment = date.min
        if moment.year < 1900:  # no date to Excel
            self._write_text(row, at, text)
            return
        self._widen(at, text)
        self.sheet.write_datetime(row, at, moment, form)

    def _widen(self, at: int, text: str) -> None:
        width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:WIDEST_COLUMN])
        self.widths[at] = max(self.widths[at], min(width, WIDEST_COLUMN))

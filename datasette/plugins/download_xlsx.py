"""`.xlsx`: an Excel workbook. Dates are dates, links are links, all other text is text, whatever it starts with.

As `archive/spreadsheet.py` has it for `jianbao export`, for any table or query. Rows go to a file on disk as they come,
so that memory does not grow with them; a workbook can be sent only when it is whole.
"""

import unicodedata
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from datasette import hookimpl
from datasette.views.base import DatasetteError
from xlsxwriter import Workbook

MAX_ROWS = 1_048_575
MAX_CELL = 32_767
MAX_LINKS = 65_530
MAX_LINK = 2_079
"""What Excel takes: rows below the header, UTF-16 units in a cell, links in a sheet, characters of a link."""
CUT = "… (cut: a cell holds 32,767 characters, the whole text is in the CSV)"
"""Ends a cell whose text was longer, so that nobody takes the rest for the whole."""
WIDEST_COLUMN = 60
PIECE_BYTES = 256 * 1024
LARGEST_NUMBER = 2**53
"""Excel rounds whole numbers beyond."""
DATES = {"published"}
TIMES = {"first_seen", "last_seen", "last_changed", "seen_at", "fetched_at", "started", "finished"}


class XlsxWriter:
    def __init__(self, subject):
        self.folder = TemporaryDirectory(prefix="jianbao-xlsx-")
        self.file = Path(self.folder.name, "book.xlsx")
        options = {"constant_memory": True, "tmpdir": self.folder.name, "use_zip64": True, "nan_inf_to_errors": True}
        self.book = Workbook(self.file, options)
        self.sheet = self.book.add_worksheet()
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.columns = subject.columns
        self.widths = [0] * len(self.columns)
        self.links = self.count = 0
        bold = self.book.add_format({"bold": True})
        for at, column in enumerate(self.columns):
            self.write_text(0, at, column, bold)
        self.sheet.freeze_panes(1, 0)

    def add(self, rows):
        for row in rows:
            self.count += 1
            if self.count > MAX_ROWS:
                raise DatasetteError(f"An Excel sheet holds {MAX_ROWS:,} rows: take CSV, or fewer rows", status=400)
            for at, (column, value) in enumerate(zip(self.columns, row, strict=True)):
                if value is not None:
                    self.write(self.count, at, column, value)
        return []

    def finish(self):
        for at, width in enumerate(self.widths):
            self.sheet.set_column(at, at, width + 2)
        self.sheet.autofilter(0, 0, self.count, max(len(self.columns) - 1, 0))
        self.book.close()
        with self.file.open("rb") as book:
            while piece := book.read(PIECE_BYTES):
                yield piece

    def close(self):
        self.book.fileclosed = True  # else a workbook that was given up is written when it is collected
        self.folder.cleanup()

    def write(self, row, at, column, value):
        if isinstance(value, bytes):
            value = value.hex()
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            value = str(value)
        if not isinstance(value, str):
            self.widen(at, str(value))
            self.sheet.write_number(row, at, value)
        elif column in DATES | TIMES and (moment := as_moment(value)):
            self.widen(at, value)
            self.sheet.write_datetime(row, at, moment, self.day if column in DATES else self.time)
        elif value.startswith(("http://", "https://")) and len(value) <= MAX_LINK and self.links < MAX_LINKS:
            self.links += 1
            self.widen(at, value)
            self.sheet.write_url(row, at, value, string=value)
        else:
            self.write_text(row, at, value)

    def write_text(self, row, at, text, form=None):
        self.widen(at, text)
        units = text.encode("utf-16-le", "replace")
        if len(units) > 2 * MAX_CELL:
            text = units[: 2 * (MAX_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
        self.sheet.write_string(row, at, text, form)

    def widen(self, at, text):
        width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:WIDEST_COLUMN])
        self.widths[at] = max(self.widths[at], min(width, WIDEST_COLUMN))


def as_moment(text):
    """A date, or a time without its zone, which is UTC; None for what is neither, or too early for Excel."""
    try:
        moment = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return moment if moment.year >= 1900 else None


@hookimpl
def register_download_format():
    return {
        "order": 2,
        "label": "format_xlsx",
        "suffix": "xlsx",
        "media_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "open": XlsxWriter,
    }

"""CSV in two kinds: `.csv` opens right in Excel, `.plain.csv` is for programs.

Without a byte order mark Excel shows Chinese as mojibake, and a cell such as `=cmd|…` it runs as a formula.
"""

import csv
import io

from datasette import hookimpl

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run a text cell that starts so; an apostrophe in front, which they hide, makes it text."""


class CsvWriter:
    def __init__(self, subject, *, for_excel):
        self.guard = guarded if for_excel else plain
        self.waiting = BYTE_ORDER_MARK if for_excel else ""
        if subject.wants_heading:
            self.waiting += self.as_csv([subject.columns])

    def add(self, rows):
        text, self.waiting = self.waiting + self.as_csv(rows), ""
        yield text.encode("utf-8", "replace")

    def finish(self):
        return []

    def as_csv(self, rows):
        text = io.StringIO()
        csv.writer(text).writerows([self.guard(cell) for cell in row] for row in rows)
        return text.getvalue()


def plain(cell):
    return cell.hex() if isinstance(cell, bytes) else cell


def guarded(cell):
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else plain(cell)


@hookimpl(specname="register_download_format")
def excel():
    return {
        "order": 1,
        "label": "format_excel_csv",
        "suffix": "csv",
        "media_type": "text/csv; charset=utf-8",
        "open": lambda subject: CsvWriter(subject, for_excel=True),
    }


@hookimpl(specname="register_download_format")
def programs():
    return {
        "order": 3,
        "label": "format_csv",
        "suffix": "plain.csv",
        "media_type": "text/csv; charset=utf-8",
        "open": lambda subject: CsvWriter(subject, for_excel=False),
    }

"""What SQL that somebody typed cannot do: take all the memory, or time beyond Datasette's limit.

That limit is looked at between the steps of a query, so no single step may be long: `hex(zeroblob(4e8))` took 5 s and
1.2 GB, an `instr` of two long texts 57 s. And it bounds time only: twenty rows of 15 MB came within it.
"""

import sqlite3
from weakref import WeakKeyDictionary

from datasette import hookimpl

LARGEST_VALUE = 10_000_000
"""Bytes. A page is at most 10 MB when fetched, and its text is smaller."""
LARGEST_PATTERN = 150
"""Bytes of a LIKE or GLOB pattern; of 280 one comparison with the largest value took 9 s, as time grows with both."""
LARGEST_RESULT = 20_000_000
"""Characters and bytes of all the rows of one query; a page of a thousand articles has some two million."""


def find(text, part):
    """SQL's instr, in time that grows with the lengths and not with their product."""
    if text is None or part is None:
        return None
    if isinstance(text, bytes) and isinstance(part, bytes):
        return text.find(part) + 1
    return as_text(text).find(as_text(part)) + 1


def replace(text, old, new):
    """SQL's replace, as fast."""
    if text is None or old in ("", b""):
        return as_text(text) if isinstance(text, bytes) else text
    if old is None or new is None:
        return None
    text, old, new = as_text(text), as_text(old), as_text(new)
    if len(text) + text.count(old) * (len(new) - len(old)) > LARGEST_VALUE:
        return " " * (LARGEST_VALUE + 1)  # which SQLite refuses; an exception would be printed on the terminal
    return text.replace(old, new)


def as_text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def limited_rows():
    """A row factory that ends a query whose rows are too much to hold."""
    sizes = WeakKeyDictionary()

    def make_row(cursor, values):
        sizes[cursor] = sizes.get(cursor, 0) + sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if sizes[cursor] > LARGEST_RESULT:
            raise sqlite3.OperationalError("the result is too large: ask for fewer rows or columns")
        return sqlite3.Row(cursor, values)

    return make_row


@hookimpl
def prepare_connection(conn):
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LARGEST_PATTERN)
    conn.create_function("instr", 2, find, deterministic=True)
    conn.create_function("replace", 3, replace, deterministic=True)
    conn.row_factory = limited_rows()

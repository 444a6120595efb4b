"""No SQL value may be larger than any text the archive holds.

`hex(zeroblob(4e8))` took 5 s and 1.2 GB in one uninterruptible step, past Datasette's time limit.
"""

import sqlite3

from datasette import hookimpl

LARGEST_VALUE = 16_000_000
"""Bytes. A page is at most 10 MB when fetched, and its text is smaller."""


@hookimpl
def prepare_connection(conn):
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)

"""What SQL that somebody typed cannot do: take all the memory, or time beyond Datasette's limit.

That limit is looked at between the steps of a query, so no single step may be long: `hex(zeroblob(4e8))` took 5 s and
1.2 GB, an `instr` of two long texts 57 s, a `printf('%.*c', 4e8, 'x')` 2 s. And it bounds time only: twenty rows of 15 MB came within it.
"""

import re
import sqlite3
import time
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from datasette import database, hookimpl

LARGEST_VALUE = 10_000_000
"""Bytes. A page is at most 10 MB when fetched, and its text is smaller."""
LARGEST_PATTERN = 100
"""Bytes of a LIKE or GLOB pattern; of 280 one comparison with the largest value took 9 s, as time grows with both."""
LARGEST_HEAP = 64_000_000
"""Bytes that SQLite may hold in this process, whatever it is for: a row of 1,500 columns of 8 MB took all the memory of the
machine before any row came out. Page caches take some 10 MB of it."""
STEPS = 100
"""Steps of a query after which its time is looked at. Datasette's thousand can be as many calls of a function on the
largest value; a tenth costs scans no measurable time."""
CALLS = {"like": 10, "glob": 10, "fts3_tokenizer": 1000}
MOST_CALLS = 100
"""Calls that may be written in a query, and for how many some of them count. SQLite looks at the time only where a query
jumps: `length(hex(randomblob(4900000)))`, added up 900 times in one row, took 26 s.
The last tells addresses in this process's memory."""
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


def printf_limited():
    """SQL's printf, for widths and precisions that a value can have: it writes all of them before it looks."""
    sqlite = sqlite3.connect(":memory:", check_same_thread=False)

    def printf(*values):
        numbers = [int(number) for number in re.findall(r"\d{1,18}", str(values[0]))] if values else []
        numbers += [value for value in values[1:] if isinstance(value, int)] if "*" in str(values[:1]) else []
        if any(abs(number) > LARGEST_VALUE for number in numbers):
            return " " * (LARGEST_VALUE + 1)
        return sqlite.execute(f"select printf({', '.join('?' * len(values))})", values).fetchone()[0]

    return printf


def limited_rows():
    """A row factory that ends a query whose rows are too much to hold."""
    sizes = WeakKeyDictionary()

    def make_row(cursor, values):
        sizes[cursor] = sizes.get(cursor, 0) + sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if sizes[cursor] > LARGEST_RESULT:
            raise sqlite3.OperationalError("the result is too large: ask for fewer rows or columns")
        return sqlite3.Row(cursor, values)

    return make_row


@contextmanager
def time_limit(conn, ms):
    """datasette.utils.sqlite_timelimit with STEPS."""
    deadline = time.perf_counter() + ms / 1000
    calls = 0

    def count_calls(action, _table, name, *_where):
        nonlocal calls
        calls += CALLS.get(name, 1) if action == sqlite3.SQLITE_FUNCTION else 0
        return sqlite3.SQLITE_DENY if calls > MOST_CALLS else sqlite3.SQLITE_OK

    conn.set_authorizer(count_calls)
    conn.set_progress_handler(lambda: time.perf_counter() >= deadline, STEPS)
    try:
        yield
    finally:
        conn.set_progress_handler(None, 0)
        conn.set_authorizer(None)  # or it went on to count, and refused, what Datasette itself asks of this connection


@hookimpl
def startup():
    database.sqlite_timelimit = time_limit  # no hook leads there


@hookimpl
def prepare_connection(conn):
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LARGEST_PATTERN)
    printf = printf_limited()
    conn.create_function("instr", 2, find, deterministic=True)
    conn.create_function("replace", 3, replace, deterministic=True)
    for name in ("printf", "format"):
        conn.create_function(name, -1, printf, deterministic=True)
    conn.execute(f"pragma hard_heap_limit = {LARGEST_HEAP}")
    conn.row_factory = limited_rows()

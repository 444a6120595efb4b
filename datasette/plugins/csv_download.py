"""CSV downloads that hold every row and open right in Excel, at Datasette's own `.csv` addresses.

Datasette's CSV stops at max_returned_rows for a query, has no byte order mark (Excel then shows Chinese as
mojibake) and lets a cell such as `=cmd|…` run as a formula. Here Datasette's views still check permissions
and build the SQL; the rows then come from one cursor, so that a download is one moment of the archive,
however much a crawl writes meanwhile, and takes flat memory.

Parameters are those of the page: `_size=100` still means a hundred rows; `_size=max` and `_next` mean
nothing.
"""

import asyncio
import csv
import io
import math
import re
import time
import urllib.parse
from contextlib import aclosing
from datetime import UTC, datetime

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql, sqlite3, sqlite_timelimit
from datasette.utils.asgi import NotFound, Request, asgi_start
from datasette.views.base import DatasetteError
from datasette.views.database import DatabaseView, MagicParameters
from datasette.views.row import RowView
from datasette.views.table import TableView

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run a text cell that starts so; an apostrophe in front, which they hide, makes it text."""
BATCH_ROWS = 1000
BATCH_SIZE = 4_000_000
"""Rows, and characters and bytes, held in memory at a time: a thousand articles have some two million."""
QUERY_MS = 10_000
"""What SQL that somebody typed may cost in all, as it may never end: a million articles take some 8 s. SQL that
a table's page made may take as long as the table is large. Either has Datasette's limit for each batch."""

_LIMIT = re.compile(r" limit \d+$")
"""The end that Datasette gives to the SQL of a table."""


@hookimpl
def register_routes():
    return [
        (r"/(?P<database>[^/.]+)\.csv$", query_csv),
        (r"/(?P<database>[^/.]+)/(?P<table>[^/.]+)\.csv$", table_csv),
        (r"/(?P<database>[^/.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)\.csv$", row_csv),
    ]


async def query_csv(datasette, request):
    if not request.args.get("sql"):
        raise NotFound("Only tables and queries can be downloaded as CSV")
    return await download(DatabaseView(datasette), request, _size=1)


async def table_csv(datasette, request):
    return await download(TableView(datasette), request, _size=1)


async def row_csv(datasette, request):
    return await download(RowView(datasette), request)


async def download(view, request, **page):
    if request.method not in ("GET", "HEAD"):
        return Response.text("Method not allowed", status=405)
    try:
        answer = await view.data(from_the_top(request), **page)
        if isinstance(answer, Response):  # a redirect: the filter form's parameters in their short form
            return answer
        data = answer[0]
        if data.get("error"):
            raise DatasetteError(data["error"], title="Invalid SQL", status=400)
        batches = read_row(data) if "query" not in data else read_query(view.ds, request, data)
        # Before the first byte goes out: a query that fails at once is an error page, not a torn file.
        first = await anext(batches, [])
    except (sqlite3.OperationalError, InvalidSql) as error:
        raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
    heading = [] if request.args.get("_header") == "off" else [data["columns"]]
    return Download(heading + first, batches, attachment(data))


def from_the_top(request):
    """The same request, for a view that shall check it and build the SQL but count nothing."""
    pairs = [
        (key, value)
        for key, value in urllib.parse.parse_qsl(request.query_string, keep_blank_values=True)
        if key not in ("_next", "_labels", "_shape")
    ]
    pairs += [("_nofacet", "1"), ("_nocount", "1")]
    scope = dict(request.scope, query_string=urllib.parse.urlencode(pairs).encode("ascii"))
    return Request(scope, request.receive)


async def read_row(data):
    yield data["rows"]


async def read_query(datasette, request, data):
    """The rows of a table, search or query, in lists of up to BATCH_ROWS."""
    sql, params = data["query"]["sql"], data["query"]["params"]
    left_ms = QUERY_MS
    if "table" in data:
        left_ms = math.inf
        size = request.args.get("_size", "")
        sql = _LIMIT.sub(f" limit {size}" if size.isdecimal() else "", sql)
    elif data["query_name"]:
        params = MagicParameters(params, request, datasette)
    database = datasette.get_database(data["database"])
    conn = database.connect()
    try:
        datasette._prepare_connection(conn, database.name)
        conn.row_factory = None  # without the limit to a result that is held whole (sql_limits.py)
        cursor = None
        while True:
            started = time.perf_counter()
            limit_ms = min(datasette.sql_time_limit_ms, left_ms)
            cursor, rows = await asyncio.to_thread(next_batch, conn, cursor, sql, params, limit_ms)
            if not rows:
                return
            left_ms -= (time.perf_counter() - started) * 1000
            yield rows
    finally:
        conn.close()


def next_batch(conn, cursor, sql, params, limit_ms):
    try:
        with sqlite_timelimit(conn, limit_ms):
            cursor = cursor or conn.execute(sql, params)
            rows, size = [], 0
            while len(rows) < BATCH_ROWS and size < BATCH_SIZE and (row := cursor.fetchone()):
                rows.append(row)
                size += sum(len(cell) for cell in row if isinstance(cell, (str, bytes)))
            return cursor, rows
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise QueryInterrupted(error, sql, params) from error
        raise


class Download:
    """A response that sends rows as they come."""

    def __init__(self, first, batches, headers):
        self.first = first
        self.batches = batches
        self.headers = headers

    async def asgi_send(self, send):
        async def write(text, more=True):
            await send({"type": "http.response.body", "body": text.encode("utf-8"), "more_body": more})

        async with aclosing(self.batches):
            await asgi_start(send, 200, self.headers, "text/csv; charset=utf-8")
            await write(BYTE_ORDER_MARK + as_csv(self.first))
            try:
                async for rows in self.batches:
                    await write(await asyncio.to_thread(as_csv, rows))
            except (QueryInterrupted, sqlite3.OperationalError):
                # Without a last message the server cuts the connection, and the browser reports a failed
                # download. A file that ends early but looks whole would be worse.
                return
            await write("", more=False)


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows([guard(cell) for cell in row] for row in rows)
    return text.getvalue()


def guard(cell):
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def attachment(data):
    name = data.get("table") or data.get("query_name") or data["database"]
    day = datetime.now(UTC).strftime("%Y%m%d")
    return {"content-disposition": f"attachment; filename*=UTF-8''{urllib.parse.quote(name)}-{day}.csv"}

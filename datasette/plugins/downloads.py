"""Downloads that hold every row of a table, search or query, at `<its address>.<suffix>`.

Datasette's own stop at max_returned_rows or at a page. Here Datasette's views still check permissions and build the
SQL; the rows then come from one cursor, so that a download is one moment of the archive, however much a crawl writes
meanwhile, and takes flat memory.

A format is a plugin with the hook `register_download_format`, which returns

    order       its place among the formats
    label       its name in labels.yaml
    suffix      what its address ends in
    media_type  the Content-Type
    open        a function of a Subject that gives a writer: `add(rows)` takes a list of rows, `finish()` ends the
                document, and both give the bytes that are ready, in pieces. `full` says that it takes no more
                rows; `close()`, where there is one, lets go of what it holds.

Parameters are those of the page: `_size=100` still means a hundred rows; `_size=max` and `_next` mean nothing.
"""

import asyncio
import math
import re
import time
import urllib.parse
from contextlib import aclosing, closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from datasette import Response, database, hookimpl
from datasette.database import QueryInterrupted
from datasette.plugins import pm
from datasette.utils import InvalidSql, sqlite3
from datasette.utils.asgi import NotFound, Request, asgi_start
from datasette.views.base import DatasetteError
from datasette.views.database import DatabaseView, MagicParameters
from datasette.views.row import RowView
from datasette.views.table import TableView

BATCH_ROWS = 1000
BATCH_SIZE = 4_000_000
"""Rows, and characters and bytes, held in memory at a time: a thousand articles have some two million."""
QUERY_MS = 10_000
"""What SQL that somebody typed may cost in all, as it may never end: a million articles take some 8 s. SQL that
a table's page made may take as long as the table is large. Either has Datasette's limit for each batch."""
NAME_CHARS = 60
"""File systems take 255 bytes, of which a Chinese character takes three."""

_LIMIT = re.compile(r" limit \d+$")
"""The end that Datasette gives to the SQL of a table."""
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is downloaded."""

    name: str
    """Table, search and filters in a few words, such as `articles-洛阳`."""
    columns: list
    moment: datetime
    """Now, in UTC."""
    page: str
    """The page it was downloaded from, absolute."""
    rows_page: str | None
    """The table's page, absolute, below which each row has its own; None for a query."""
    wants_heading: bool
    """Whether a table begins with the names of its columns: not with `?_header=off`."""


@hookimpl
def register_routes():
    suffix = "|".join(re.escape(form["suffix"]) for form in formats())
    return [
        (rf"/(?P<database>[^/.]+)\.(?P<suffix>{suffix})$", query_download),
        (rf"/(?P<database>[^/.]+)/(?P<table>[^/.]+)\.(?P<suffix>{suffix})$", table_download),
        (rf"/(?P<database>[^/.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)\.(?P<suffix>{suffix})$", row_download),
    ]


def formats():
    return sorted(pm.hook.register_download_format(), key=lambda form: form["order"])


def download_links(request, path=None):
    """Label and address of every format of the page that is shown, or of the table or query at `path`."""
    pairs = urllib.parse.parse_qsl(request.query_string, keep_blank_values=True)
    query = urllib.parse.urlencode([pair for pair in pairs if pair[0] not in ("_next", "_page")])
    for form in formats():
        yield form["label"], f"{path or request.path}.{form['suffix']}{'?' if query else ''}{query}"


@hookimpl
def prepare_jinja2_environment(env):
    env.globals["download_links"] = download_links


async def query_download(datasette, request):
    if not request.args.get("sql"):
        raise NotFound("Only tables and queries can be downloaded")
    return await download(DatabaseView(datasette), request, _size=1)


async def table_download(datasette, request):
    return await download(TableView(datasette), request, _size=1)


async def row_download(datasette, request):
    return await download(RowView(datasette), request)


async def download(view, request, **page):
    if request.method not in ("GET", "HEAD"):
        return Response.text("Method not allowed", status=405)
    form = next(form for form in formats() if form["suffix"] == request.url_vars["suffix"])
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
    except (sqlite3.DatabaseError, InvalidSql) as error:
        if str(error).startswith("unable to open"):  # the archive is being replaced: error_pages.py says so
            raise
        raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
    subject = describe(view.ds, request, data)
    return Download(form, form["open"](subject), first, batches, attachment(subject, form["suffix"]))


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


def describe(datasette, request, data):
    table = data.get("table")
    suffix = f".{request.url_vars['suffix']}"
    page = f"{request.path.removesuffix(suffix)}?{request.query_string}".removesuffix("?")
    narrowed = [value for key in request.args for value in request.args.getlist(key) if describes(key)]
    words = [table or data.get("query_name") or data["database"], *narrowed]
    return Subject(
        name=_NOT_IN_NAMES.sub("-", "-".join(words))[:NAME_CHARS].strip("-."),
        columns=list(data["columns"]),
        moment=datetime.now(UTC),
        page=datasette.absolute_url(request, page),
        rows_page=datasette.absolute_url(request, datasette.urls.table(data["database"], table)) if table else None,
        wants_heading=request.args.get("_header") != "off",
    )


def describes(key):
    """Whether a parameter says which rows they are, as a search or filter does."""
    return key.startswith("_search") or not (key.startswith("_") or key == "sql")


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
        with database.sqlite_timelimit(conn, limit_ms):  # sql_limits.py replaces it
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
    """A response that sends what a format's writer gives, as it comes."""

    def __init__(self, form, writer, first, batches, headers):
        self.form = form
        self.writer = writer
        self.first = first
        self.batches = batches
        self.headers = headers

    async def pieces(self):
        for piece in await asyncio.to_thread(list, self.writer.add(self.first)):
            yield piece
        async for rows in self.batches:
            if getattr(self.writer, "full", False):
                break
            for piece in await asyncio.to_thread(list, self.writer.add(rows)):
                yield piece
        ending = iter(self.writer.finish())
        while (piece := await asyncio.to_thread(next, ending, None)) is not None:
            yield piece

    async def asgi_send(self, send):
        with closing(self.writer) if hasattr(self.writer, "close") else nullcontext():
            await self.send_pieces(send)

    async def send_pieces(self, send):
        async with aclosing(self.batches), aclosing(self.pieces()) as pieces:
            # A format may hold everything back until its end; what fails until then is an error page.
            first = await anext(pieces, b"")
            await asgi_start(send, 200, self.headers, self.form["media_type"])
            await send({"type": "http.response.body", "body": first, "more_body": True})
            try:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except (QueryInterrupted, sqlite3.DatabaseError, MemoryError):
                # Without a last message the server cuts the connection, and the browser reports a failed
                # download. A file that ends early but looks whole would be worse.
                return
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def attachment(subject, suffix):
    name = f"{subject.name}-{subject.moment:%Y-%m-%d}.{suffix.rpartition('.')[2]}"
    # For what does not read `filename*`, as curl: without what is not ASCII.
    plain = re.sub(r"-+", "-", name.encode("ascii", "ignore").decode()).lstrip("-.")
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{urllib.parse.quote(name)}"}

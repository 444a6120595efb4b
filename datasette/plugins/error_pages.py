"""Errors that a reader can make are a page in his words, not a traceback on the server's terminal.

Datasette prints a full traceback with local variables for every 404 when `rich` is installed, and its page
for a query that ran out of time has an inline script.
"""

from functools import partial
from json import JSONDecodeError
from sqlite3 import DatabaseError, OperationalError

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound
from datasette.views.base import DatasetteError

AWAY = ("unable to open database file", "file is not a database", "database disk image is malformed")
"""What SQLite says while the archive's file is being replaced, as by a restored backup."""

OTHER_TABLES = ("no such table", "no such column")
"""What SQLite says to our own queries (a reader's are DatasetteErrors) where a newer jianbao changed the archive under
this server, or a plain datasette serves one that no jianbao has brought up to date."""


def explain(datasette, words, exception):
    """The status and words for an exception that a reader caused; None for a fault of ours."""
    if isinstance(exception, QueryInterrupted) or getattr(exception, "title", None) == "SQL Interrupted":
        return 400, words("too_slow", seconds=datasette.sql_time_limit_ms / 1000)
    said = str(getattr(exception, "message", exception))  # a table's page wraps what SQLite says in a DatasetteError
    if isinstance(exception, FileNotFoundError) or (
        isinstance(exception, (DatabaseError, DatasetteError)) and said.startswith(AWAY)
    ):
        return 503, words("archive_away")
    if isinstance(exception, OperationalError) and str(exception).startswith(OTHER_TABLES):
        return 503, words("archive_changed")
    if isinstance(exception, MemoryError):  # sql_limits.py
        return 400, words("too_large")
    if isinstance(exception, AssertionError) and "POST" in str(exception):
        return 405, words("error_405")
    if isinstance(exception, NotFound):
        return 404, words("not_found")
    if isinstance(exception, DatasetteError):  # 500 where it gives no status, as for a column that there is not
        return exception.status if exception.status < 500 else 400, exception.message
    if isinstance(exception, JSONDecodeError):  # in ?_through=
        return 400, str(exception)
    if isinstance(exception, Base400):
        return exception.status, str(exception)
    return None


@hookimpl(hookwrapper=True)
def handle_exception(datasette, request, exception):
    outcome = yield
    words = words_for(datasette, request)
    explained = explain(datasette, words, exception)
    if explained is not None:
        # In place of the others' answers: Datasette would await each, and the default one prints.
        outcome.force_result([lambda: answer(datasette, request, words, *explained)])


def words_for(datasette, request):
    """The labels in the reader's language (labels.py)."""
    known = datasette.jinja_env.globals
    return partial(known["text_in"], known["language_of"](request))


async def answer(datasette, request, words, status, message):
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
    title = words(f"error_{status}")
    html = await datasette.render_template("error.html", {"title": title, "error": message}, request=request)
    return Response.html(html, status=status)

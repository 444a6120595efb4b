"""What templates ask about stored text."""

from datasette import hookimpl
from datasette.utils import is_url
from markupsafe import Markup


def utc_minute(moment):
    """`2024-09-27T03:15:42+00:00` as `2024-09-27 03:15 UTC`."""
    return f"{moment[:10]} {moment[11:16]} UTC"


def room(cell):
    """The class of a table cell by the length of its text: Chinese breaks anywhere, so browsers would squeeze a
    paragraph into a column of four characters."""
    length = len(Markup(cell).striptags())
    return "much" if length > 20 else "some" if length > 3 else ""


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["utc_minute"] = utc_minute
    env.filters["room"] = room
    # An archived address may be `javascript:…`; only what passes this test becomes a link.
    env.tests["web_address"] = is_url

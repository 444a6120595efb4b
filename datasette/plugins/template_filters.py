"""What templates ask about stored text."""

import json

from datasette import hookimpl
from datasette.utils import is_url
from markupsafe import Markup


def room(cell):
    """The class of a table cell by the length of its text: Chinese breaks anywhere, so browsers would squeeze a
    paragraph into a column of four characters."""
    length = len(Markup(cell).striptags())
    return "much" if length > 20 else "some" if length > 3 else ""


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["room"] = room
    env.filters["from_json"] = json.loads
    # An archived address may be `javascript:…`; only what passes this test becomes a link.
    env.tests["web_address"] = is_url

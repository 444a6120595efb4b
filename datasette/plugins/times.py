"""A stored moment, `2024-09-27T03:15:42Z`, is shown as people write it, to the minute and with its zone."""

import re

from datasette import hookimpl
from markupsafe import Markup

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:Z|\+00:00)")


def utc_minute(moment):
    """`2024-09-27T03:15:42Z` as `2024-09-27 03:15 UTC`."""
    return f"{moment[:10]} {moment[11:16]} UTC"


@hookimpl
def render_cell(value, database):
    if database == "archive" and isinstance(value, str) and MOMENT.fullmatch(value):
        return Markup('<time datetime="{}">{}</time>').format(value, utc_minute(value))
    return None


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["utc_minute"] = utc_minute

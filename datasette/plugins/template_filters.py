"""Two things templates ask about stored text."""

from datasette import hookimpl
from datasette.utils import is_url


def utc_minute(moment):
    """`2024-09-27T03:15:42+00:00` as `2024-09-27 03:15 UTC`."""
    return f"{moment[:10]} {moment[11:16]} UTC"


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["utc_minute"] = utc_minute
    # An archived address may be `javascript:…`; only what passes this test becomes a link.
    env.tests["web_address"] = is_url

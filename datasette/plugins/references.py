"""A cell that numbers a row of another table links to it, also in a query and on a row's own page, where Datasette
shows the number alone; the name of a rule links to all that it took out."""

from urllib.parse import quote

from datasette import hookimpl
from markupsafe import Markup

TABLES = {
    "article_id": "articles",
    "from_id": "articles",
    "to_id": "articles",
    "removal_id": "removals",
    "crawl_id": "crawls",
    "belongs_to": "pages",
}


@hookimpl
def render_cell(value, column, table, database, datasette):
    if database != "archive":
        return None
    if column in TABLES and isinstance(value, int):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.row(database, TABLES[column], value), value)
    if column == "rule" and table is None and isinstance(value, str):
        address = f"{datasette.urls.table(database, 'removals')}?rule={quote(value)}"
        return Markup('<a href="{}">{}</a>').format(address, value)
    return None

"""In the results of a query a column `article_id` links to the article, as a foreign key does in a table."""

from datasette import hookimpl
from markupsafe import Markup


@hookimpl
def render_cell(value, column, table, database, datasette):
    if database == "archive" and table is None and column == "article_id" and isinstance(value, int):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.row(database, "articles", value), value)
    return None

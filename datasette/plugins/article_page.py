"""What an article's page shows beside the article: related articles, what was taken out, versions, how its page was
fetched."""

from datasette import hookimpl
from datasette.utils import urlsafe_components

BESIDE = {
    "related": """
        select links.title, links.snippet, links.url, to_id, pages.state as page_state,
            articles.published, articles.source, articles.state
        from links left join articles on articles.id = to_id left join pages on pages.url_key = links.url_key
        where from_id = :id order by position
    """,
    "naming": "select count(distinct from_id) from links where to_id = :id",
    "removals": """
        select removals.kind, removals.rule, removals.text from removals
        join articles on articles.id = removals.article_id and articles.version = removals.version
        where articles.id = :id order by removals.position, removals.id
    """,
    "versions": "select id, number, seen_at from versions where article_id = :id order by number desc",
    "fetches": "select url, fetched_at, status, sha256 from pages where article_id = :id order by fetched_at desc",
}


@hookimpl
def extra_template_vars(datasette, database, table, view_name, request):
    if (view_name, database, table) != ("row", "archive", "articles"):
        return {}

    async def read_beside():
        db = datasette.get_database(database)
        article = {"id": urlsafe_components(request.url_vars["pks"])[0]}
        return {name: (await db.execute(sql, article)).rows for name, sql in BESIDE.items()}

    return read_beside

"""The same story elsewhere in the archive: papers copy from each other, and change the headline.

Two articles are taken for the same story when the title of one is the other's, give or take a few characters such as
（组图）, or when the longest paragraph of one begins with words that the other has too. Texts that were rewritten
more than that are not found.
"""

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import urlsafe_components

TITLE_CHARS = 6
"""Shorter titles (通知, 早安洛阳) are those of other stories as well."""
TITLE_MORE = 6
"""How much longer the other title may be: （组图）, （之二）."""
OPENING_CHARS = 24
"""As long as a sentence that two reporters do not write alike."""
PATIENCE_MS = 300
"""A page without this list is better than one that is late with it."""

STORIES = """
select id, title, site, source, published from articles
where id in (select rowid from articles_fts where articles_fts match :words limit 50) and id != :id
    and (instr(body, :opening) or length(title) <= :title_chars)
order by published, id limit 10
"""
PHRASE = "select escape_fts(:title) as title, escape_fts(:opening) as opening"


def quoted(text):
    """A phrase for escape_fts (chinese_search.py), in which a quotation mark would end it."""
    return '"' + max(text.split('"'), key=len) + '"'


@hookimpl
def extra_template_vars(datasette, database, table, view_name, request):
    if (view_name, database, table) != ("row", "archive", "articles"):
        return {}

    async def find_same_story():
        db = datasette.get_database(database)
        article_id = urlsafe_components(request.url_vars["pks"])[0]
        article = (await db.execute("select title, body from articles where id = ?", [article_id])).first()
        opening = max(article["body"].split("\n"), key=len)[:OPENING_CHARS]
        title = article["title"] if len(article["title"]) >= TITLE_CHARS else opening
        phrase = (await db.execute(PHRASE, {"title": quoted(title), "opening": quoted(opening)})).first()
        search = {
            "id": article_id,
            "opening": opening,
            "title_chars": len(article["title"]) + TITLE_MORE,
            "words": f"title : {phrase['title']} OR body : {phrase['opening']}",
        }
        try:
            return {"same_story": (await db.execute(STORIES, search, custom_time_limit=PATIENCE_MS)).rows}
        except QueryInterrupted:
            return {"same_story": []}

    return find_same_story

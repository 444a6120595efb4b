"""The first text of an article came with the article, and by no change: its row of `history` says so, where the cause
would stand."""

from datasette import hookimpl

EARLIER = """
    SELECT 1 FROM history AS this JOIN history AS other USING (article_id)
    WHERE this.id = ? AND (other.seen_at, other.id) < (this.seen_at, this.id)
"""


@hookimpl
def render_cell(row, value, column, table, database, datasette):
    if database != "archive" or table != "history" or column != "cause" or value != "crawl":
        return None

    async def cause():
        earlier = await datasette.get_database(database).execute(EARLIER, [row["id"]])
        return None if earlier.rows else "first"  # a value of labels.yaml

    return cause

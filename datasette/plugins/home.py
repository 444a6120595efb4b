"""What the home page says of the archive."""

from datasette import hookimpl

# Each count by itself walks an index; all in one select would read every article.
HOLDINGS = """
select (select count(*) from articles) as articles,
       (select count(distinct site) from articles) as sites,
       (select count(distinct source) from articles) as sources,
       (select min(published) from articles) as first,
       (select max(published) from articles) as last
"""
LAST_CRAWL = "select * from crawls order by id desc limit 1"
NEWEST = """
select id, title, published, source, category, summary from articles
order by published desc, id desc limit 12
"""
SHELF = """
select {0} as value, count(*) as count from articles
where {0} is not null group by 1 order by 2 desc, 1 limit 10
"""
SHELVES = ("source", "category", "site")


@hookimpl
def extra_template_vars(datasette, view_name):
    if view_name != "index" or "archive" not in datasette.databases:
        return {}

    async def read_archive():
        db = datasette.get_database("archive")

        async def rows(sql):
            return [dict(row) for row in (await db.execute(sql)).rows]

        return {
            "holdings": (await rows(HOLDINGS))[0],
            "last_crawl": next(iter(await rows(LAST_CRAWL)), None),
            "newest": await rows(NEWEST),
            "shelves": [(column, await rows(SHELF.format(column))) for column in SHELVES],
        }

    return read_archive

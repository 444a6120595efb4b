"""What the home page says of the archive: what it holds, how it is doing, what it is made of."""

from datasette import hookimpl
from datasette.database import QueryInterrupted

# Each count by itself walks an index; all in one select would read every article.
HOLDINGS = """
select (select count(*) from articles) as articles,
       (select count(distinct site) from articles) as sites,
       (select count(distinct source) from articles) as sources,
       (select min(published) from articles) as first,
       (select max(published) from articles) as last
"""
LAST_CRAWL = "select * from crawls order by id desc limit 1"
FINDINGS = "select count(*) as count from findings where closed is null"
NEWEST = """
select id, title, published, source, category, summary from articles
order by published desc, id desc limit 12
"""
SHELF = """
select {0} as value, count(*) as count from articles
where {0} is not null group by 1 order by 2 desc, 1 limit 10
"""
SHELVES = ("source", "category", "site")
MONTHS = """
with recursive counted as (select month, count(*) as articles from articles where month is not null group by 1),
calendar(value) as (
    select coalesce(max(month) filter (where month <= strftime('%Y-%m', 'now')), min(month)) from counted
    union all
    select strftime('%Y-%m', value || '-01', '-1 month') from calendar
    where value > (select min(month) from counted) limit 36
)
select value, coalesce(articles, 0) as count from calendar left join counted on month = value
where value is not null order by value
"""
GROWTH = """
select value, sum(count) over (order by value) as count from (
    select substr(first_seen, 1, 10) as value, count(*) as count from articles group by 1
)
"""
REMOVALS = "select kind as value, count(*) as count from removals group by 1 order by 2 desc"


@hookimpl
def extra_template_vars(datasette, view_name):
    if view_name != "index" or "archive" not in datasette.databases:
        return {}

    async def read_archive():
        db = datasette.get_database("archive")

        async def rows(sql):
            try:
                return [dict(row) for row in (await db.execute(sql)).rows]
            except QueryInterrupted:  # a very large archive: the page goes without this part
                return []

        return {
            "holdings": next(iter(await rows(HOLDINGS)), None),
            "last_crawl": next(iter(await rows(LAST_CRAWL)), None),
            "findings": next((row["count"] for row in await rows(FINDINGS)), 0),
            "newest": await rows(NEWEST),
            "shelves": [(column, await rows(SHELF.format(column))) for column in SHELVES],
            "months": await rows(MONTHS),
            "growth": await rows(GROWTH),
            "removals": await rows(REMOVALS),
        }

    return read_archive

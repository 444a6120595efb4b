"""`/search`: articles that match, the best first or the newest, with what they can be narrowed down by beside them.

It takes the parameters of the table's own page, `/archive/articles`, so that either address gives the same articles and
the same downloads. What only this page does is rank: a hit in the title counts as eight in the text.
"""

from collections import Counter
from urllib.parse import urlencode

from datasette import Response, hookimpl
from datasette.utils.asgi import BadRequest

FACETS = ("site", "category", "source", "month")
FACET_VALUES = 12
COUNTED = 3_000
"""Hits up to which their sites, sources and so on are counted: every one costs some 15 µs, as its row is read."""
PAGE_SIZE = 20
SORTS = {"": "score, id desc", "published": "published desc, id desc"}

HITS = "with hits as materialized (select rowid as hit, {score} as score from articles_fts where articles_fts match :match)"
BM25 = "bm25(articles_fts, 8.0, 1.0)"
"""The weight of the title as in archive/search.py."""
COLUMNS = "id, title, site, category, source, reporter, published, summary, body"
RANKED = f"""
select {COLUMNS} from (
    select rowid as hit, {BM25} as score from articles_fts where articles_fts match :match
    order by score, rowid desc limit :size offset :skip
) join articles on id = hit order by score, id desc
"""
"""Ranked and cut before any article is read, which no condition on articles allows."""
FILTERED = (
    f"{HITS} select {COLUMNS} from hits join articles on id = hit {{where}} order by {{sort}} limit :size offset :skip"
)
COUNTS = (
    f"{HITS} select {', '.join(FACETS)}, count(*) from hits join articles on id = hit {{where}} group by 1, 2, 3, 4"
)
TOTAL = "select count(*) from articles_fts where articles_fts match :match"


@hookimpl
def register_routes():
    return [(r"/search$", search_page)]


async def search_page(datasette, request):
    table = ("archive", "articles")
    await datasette.ensure_permissions(
        request.actor, [("view-table", table), ("view-database", "archive"), "view-instance"]
    )
    words = request.args.get("_search", "").strip()
    if not words:
        return Response.redirect(datasette.urls.table(*table))
    found = await search(datasette.get_database("archive"), words, request)
    html = await datasette.render_template("search.html", found | {"search": words}, request=request)
    return Response.html(html)


async def search(db, words, request):
    sort = request.args.get("_sort_desc", "")
    number = request.args.get("_page", "1")
    if sort not in SORTS or not number.isdecimal() or not 0 < int(number) <= 10_000:
        raise BadRequest("_sort_desc is published or nothing, _page a number")
    chosen = {column: request.args[column] for column in FACETS if request.args.get(column)}
    where = "where " + " and ".join(f"{column} = :{column}" for column in chosen) if chosen else ""
    match = (await db.execute("select escape_fts(?)", [words])).first()[0]
    values = {"match": match, "size": PAGE_SIZE + 1, "skip": (int(number) - 1) * PAGE_SIZE, **chosen}
    filtered = FILTERED.format(where=where, sort=SORTS[sort], score="0" if sort else BM25)
    sql = filtered if sort or chosen else RANKED
    rows = (await db.execute(sql, values)).rows
    total = (await db.execute(TOTAL, values)).first()[0]
    counted = total <= COUNTED
    counts = (await db.execute(COUNTS.format(where=where, score="0"), values)).rows if counted else []
    return {
        "rows": rows[:PAGE_SIZE],
        "total": sum(row[-1] for row in counts) if counted else total if not chosen else None,
        "facets": facets(request, counts, chosen),
        "counted": counted,
        "chosen": [(column, value, address(request, **{column: None})) for column, value in chosen.items()],
        "sort": sort,
        "sorts": {name: address(request, _sort_desc=name or None) for name in SORTS},
        "next_url": address(request, _page=int(number) + 1) if len(rows) > PAGE_SIZE else None,
    }


def facets(request, counts, chosen):
    """For every facet its values with their counts and addresses; for months the newest first."""
    for place, column in enumerate(FACETS):
        values = Counter()
        for row in counts:
            if row[place] is not None:
                values[row[place]] += row[-1]
        shown = sorted(values.items(), reverse=True) if column == "month" else values.most_common()
        if shown and column not in chosen:
            entries = [(value, count, address(request, **{column: value})) for value, count in shown[:FACET_VALUES]]
            yield column, entries, len(shown) - len(entries)


def address(request, **changes):
    """This page with other parameters, from its first page on."""
    parameters = {key: request.args[key] for key in request.args if key != "_page"} | changes
    return "?" + urlencode({key: value for key, value in parameters.items() if value is not None})

"""`/search`: articles that match, the best first or the newest, with what they can be narrowed down by beside them.

It takes the parameters of the table's own page, `/archive/articles`, so that either address gives the same articles and
the same downloads. What only this page does is rank: a hit in the title counts as eight in the text.
"""

import json
from collections import Counter
from urllib.parse import urlencode

from datasette import Response, hookimpl
from datasette.utils.asgi import BadRequest

FACETS = ("site", "category", "source", "month")
FACET_VALUES = 12
COUNTED = 2_000
"""Hits up to which their sites, sources and so on are counted."""
RANKED = 10_000
"""Hits up to which all are ranked, at 1.3 µs each. Of more, those with all the words in their title come first, ranked if
they are fewer than `COUNTED`, and then the others, those archived last first: a word that stands everywhere says little
in a text."""
SAMPLE = 32
"""One in so many articles is looked at to tell whether there are few hits."""
PAGE_SIZE = 20
SORTS = ("", "published")

BM25 = "bm25(articles_fts, 8.0, 1.0)"
"""The weight of the title as in archive/search.py."""
MATCHING = "from articles_fts where articles_fts match :match and rowid > {0}"
FILTER = " and +rowid in (select id from articles where {1} = :{1} and id > {0})"
"""The plus keeps SQLite from looking the match up once for every id, which took 14 s where this takes 0.04."""
AS_RANKED = f"order by {BM25}, rowid desc limit :size offset :skip"
AS_ARCHIVED = "order by rowid desc limit :size offset :skip"
AS_PUBLISHED = "order by published desc, id desc limit :size offset :skip"
OF = "select id from articles where id in (select value from json_each(:ids))"
ROWS = "select id, title, site, category, source, reporter, published, summary, body from articles where id in (select value from json_each(:ids))"
COUNTS = f"select {', '.join(FACETS)}, count(*) from articles where id in (select value from json_each(:ids)) group by 1, 2, 3, 4"


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
    match = (await db.execute("select escape_fts(?)", [words])).first()[0]
    hits = Hits(db, match, chosen)
    total, all_ids = await hits.find(ranked=not sort)
    counts = [] if all_ids is None else await hits.ask(COUNTS, ids=all_ids)
    ids = await hits.page(sort, total, all_ids, skip=(int(number) - 1) * PAGE_SIZE, size=PAGE_SIZE + 1)
    rows = {row["id"]: row for row in await hits.ask(ROWS, ids=ids[:PAGE_SIZE])}
    return {
        "rows": [rows[id_] for id_ in ids[:PAGE_SIZE] if id_ in rows],
        "total": total,
        "facets": facets(request, counts, chosen),
        "counted": all_ids is not None,
        "chosen": [(column, value, address(request, **{column: None})) for column, value in chosen.items()],
        "sort": sort,
        "sorts": {name: address(request, _sort_desc=name or None) for name in SORTS},
        "next_url": address(request, _page=int(number) + 1) if len(ids) > PAGE_SIZE else None,
    }


class Hits:
    """The articles that match and pass the filters. No article is read for more than it takes to show a page."""

    def __init__(self, db, match, chosen):
        self.db = db
        self.values = {"match": match, **chosen}
        self.chosen = chosen
        self.matching = self.archived_after(0)

    def archived_after(self, id_):
        return MATCHING.format(id_) + "".join(FILTER.format(id_, column) for column in self.chosen)

    async def ask(self, sql, ids=(), **values):
        return (await self.db.execute(sql, {**self.values, "ids": json.dumps(list(ids)), **values})).rows

    async def ids(self, sql, **values):
        return [row[0] for row in await self.ask(sql, **values)]

    async def find(self, *, ranked, **values):
        """How many they are, and the ids of all where they are few, the best first if `ranked`."""
        some = await self.some(ranked, **values) if await self.seem_few(**values) else None
        if some is None or len(some) > COUNTED:
            total = await self.count(**values)
            if total > COUNTED:
                return total, None
            some = await self.some(ranked, **values)
        return len(some), [-row[1] for row in sorted(map(tuple, some))]

    async def some(self, ranked, **values):
        return await self.ask(f"select {BM25 if ranked else 0}, -rowid {self.matching} limit {COUNTED + 1}", **values)

    async def seem_few(self, **values):
        """A look at the articles archived last. It saves finding few twice, to count and to rank them, and ranking
        many for nothing."""
        newest = self.archived_after(f"(select max(id) from articles) * {SAMPLE - 1} / {SAMPLE}")
        return (await self.ask(f"select count(*) {newest}", **values))[0][0] * SAMPLE <= COUNTED

    async def count(self, **values):
        return (await self.ask(f"select count(*) {self.matching}", **values))[0][0]

    async def page(self, sort, total, all_ids, **part):
        if all_ids is not None:
            if sort:
                return await self.ids(f"{OF} {AS_PUBLISHED}", **part, ids=all_ids)
            return all_ids[part["skip"] :][: part["size"]]
        if sort:
            # Many: sooner met by going through the dates than sorted.
            return await self.ids(
                f"select id from articles where +id in (select rowid {self.matching}) {AS_PUBLISHED}", **part
            )
        if total <= RANKED:
            return await self.ids(f"select rowid {self.matching} {AS_RANKED}", **part)
        return await self.titles_first(**part)

    async def titles_first(self, skip, size):
        match = self.values["match"]
        in_title = f"({match}) AND title : ({match})"
        count, best = await self.find(ranked=True, match=in_title)
        if best is not None:
            found = best[skip : skip + size]
        else:
            found = await self.ids(f"select rowid {self.matching} {AS_ARCHIVED}", match=in_title, skip=skip, size=size)
        if len(found) < size:
            rest = {
                "match": f"({match}) NOT title : ({match})",
                "skip": max(0, skip - count),
                "size": size - len(found),
            }
            found += await self.ids(f"select rowid {self.matching} {AS_ARCHIVED}", **rest)
        return found


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

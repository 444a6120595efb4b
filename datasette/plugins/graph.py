"""`/archive/articles/<id>/graph`: which articles an article names as related and which name it, two steps far.

Drawn here, as a picture whose nodes are links, and told again as a list. Nodes stand in columns by their distance, so
that their titles can be read.
"""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

NEIGHBOURS = """
select from_id, to_id from links where from_id in (select value from json_each(:ids)) and to_id is not null
union
select from_id, to_id from links where to_id in (select value from json_each(:ids))
order by from_id, to_id limit 400
"""
ARTICLES = "select id, title, published, source from articles where id in (select value from json_each(:ids))"
MOST_IN_COLUMN = 16
"""More are a thicket. The page says how many are left out."""
COLUMN_WIDTH, ROW_HEIGHT, NODE_WIDTH, TITLE_CHARS = 380, 34, 270, 18


@hookimpl
def register_routes():
    return [(r"/archive/articles/(?P<id>\d{1,18})/graph$", graph_page)]


async def graph_page(datasette, request):
    await datasette.ensure_permissions(
        request.actor, [("view-table", ("archive", "articles")), ("view-database", "archive"), "view-instance"]
    )
    db, root = datasette.get_database("archive"), int(request.url_vars["id"])
    columns, edges, left_out = await walk(db, root)
    articles = await read_articles(db, [article for column in columns for article in column])
    if root not in articles:
        raise NotFound("No such article")
    picture = draw(columns, edges, articles)
    context = {
        "article": articles[root],
        "columns": [[articles[article] for article in column if article in articles] for column in columns],
        "edges": edges,
        "left_out": left_out,
        "picture": picture,
    }
    return Response.html(await datasette.render_template("graph.html", context, request=request))


async def walk(db, root):
    """The articles by distance, the edges among them, and how many articles were left out."""
    columns, edges, known, left_out = [[root]], set(), {root}, 0
    for _ in range(2):
        rows = (await db.execute(NEIGHBOURS, {"ids": f"[{','.join(map(str, columns[-1]))}]"})).rows
        found = sorted({article for row in rows for article in row} - known)
        columns.append(found[:MOST_IN_COLUMN])
        left_out += len(found) - len(columns[-1])
        known.update(columns[-1])
        edges.update(tuple(row) for row in rows)
    return columns, sorted(edge for edge in edges if known.issuperset(edge)), left_out


async def read_articles(db, ids):
    rows = (await db.execute(ARTICLES, {"ids": f"[{','.join(map(str, ids))}]"})).rows
    return {row["id"]: dict(row) for row in rows}


def draw(columns, edges, articles):
    """Where nodes and edges stand, for the template to write down."""
    height = max(len(column) for column in columns) * ROW_HEIGHT + 20
    places = {}
    for distance, column in enumerate(columns):
        top = (height - len(column) * ROW_HEIGHT) / 2
        for row, article in enumerate(column):
            places[article] = (distance * COLUMN_WIDTH, top + (row + 0.5) * ROW_HEIGHT)
    nodes = [
        {"x": x, "y": y, "article": articles[article], "label": shortened(articles[article]["title"])}
        for article, (x, y) in places.items()
        if article in articles
    ]
    return {
        "width": 2 * COLUMN_WIDTH + NODE_WIDTH + 10,
        "height": height,
        "node_width": NODE_WIDTH,
        "nodes": nodes,
        # Those within a column would hide the others.
        "edges": [curve(places[a], places[b]) for a, b in edges if places[a][0] != places[b][0]],
    }


def curve(start, end):
    """An SVG path between two nodes of different columns."""
    (x1, y1), (x2, y2) = start, end
    if x1 < x2:
        x1 += NODE_WIDTH
    else:
        x2 += NODE_WIDTH
    middle = (x1 + x2) / 2
    return f"M{x1},{y1:.0f} C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2},{y2:.0f}"


def shortened(title):
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"

"""`/-/metrics`: the archive in figures, as Prometheus reads them.

Where the archive has a password, it is given as that of the user `reader` (basic_auth).
"""

from datetime import UTC, datetime

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

LABELLED = (
    (
        "jianbao_articles",
        "Articles in the archive.",
        ("site", "state"),
        "select site, state, count(*) from articles group by 1, 2",
    ),
    (
        "jianbao_pages",
        "Addresses that the crawler knows.",
        ("site", "state"),
        "select site, state, count(*) from pages group by 1, 2",
    ),
    (
        "jianbao_findings",
        "What is not as usual, 1 for each.",
        ("site", "check"),
        'select site, "check", count(*) from findings where closed is null group by 1, 2',
    ),
    (
        "jianbao_crawls",
        "Crawls that have ended, by how.",
        ("outcome",),
        "select outcome, count(*) from crawls where outcome is not null group by 1",
    ),
    (
        "jianbao_next_crawl_timestamp_seconds",
        "When the next crawl is due.",
        ("site",),
        "select site, strftime('%s', due) + 0 from schedule",
    ),
)
"""Name, help, labels, and the rows: a value for each label, then the figure."""
SINGLE = (
    ("jianbao_versions", "Texts that articles have had.", "select count(*) from versions"),
    (
        "jianbao_archive_bytes",
        "Size of the archive's file, without the raw pages beside it.",
        "select page_count * page_size from pragma_page_count, pragma_page_size",
    ),
)
COUNTS = ("new", "changed", "unchanged", "listings", "joined", "no_article", "failed", "refused", "gone")
"""Columns of `crawls` that count pages."""
LAST_CRAWL = f"""
select {", ".join(COUNTS)}, seconds, strftime('%s', finished) + 0 as finished from crawls
where finished is not null order by id desc limit 1
"""


class Archive:
    """Gives the registry what the archive said."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return self.families


async def metrics(datasette, request):
    if not await datasette.permission_allowed(request.actor, "view-instance", default=True):
        return Response.text("password needed", status=401, headers={"WWW-Authenticate": 'Basic realm="jianbao"'})
    registry = CollectorRegistry()
    registry.register(Archive(await read_families(datasette.get_database("archive"))))
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    body = encode(registry).decode()
    return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})


async def read_families(archive):
    families = []
    for name, text, labels, sql in LABELLED:
        family = GaugeMetricFamily(name, text, labels=labels)
        try:
            rows = (await archive.execute(sql, truncate=False, page_size=100_000)).rows
        except QueryInterrupted:  # a very large archive: the answer goes without this part
            continue
        for *values, figure in map(tuple, rows):
            family.add_metric([value or "" for value in values], figure)
        families.append(family)
    for name, text, sql in SINGLE:
        families.append(GaugeMetricFamily(name, text, value=(await archive.execute(sql)).single_value()))
    return [*families, *last_crawl((await archive.execute(LAST_CRAWL)).first())]


def last_crawl(row):
    """The crawl that ended last; nothing where none has."""
    if row is None:
        return
    pages = GaugeMetricFamily("jianbao_last_crawl_pages", "Pages of the last crawl.", labels=("outcome",))
    for count in COUNTS:
        pages.add_metric([count], row[count])
    yield pages
    yield GaugeMetricFamily("jianbao_last_crawl_seconds", "How long the last crawl took.", value=row["seconds"])
    age = datetime.now(UTC).timestamp() - row["finished"]
    yield GaugeMetricFamily("jianbao_last_crawl_age_seconds", "How long ago the last crawl ended.", value=max(0, age))


@hookimpl
def register_routes():
    return [(r"^/-/metrics$", metrics)]

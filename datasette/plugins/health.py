"""`/-/health`, for uptime monitors: 200 when all is as usual, 503 when something is not, both as JSON.

What is not as usual was found by the crawl (the table `findings`); a run that never began is found here, since
nothing else would be running then. Where the archive has a password, whoever has not given it learns `ok` alone.
"""

from datetime import UTC, datetime, timedelta

from datasette import Response, hookimpl

LATE = timedelta(hours=1)
"""How long after its time a run is missed, as in archive/health/silence.py."""

FINDINGS = """
    SELECT site, "check", sentence, figure, low, high, advice, opened FROM findings
    WHERE closed IS NULL AND "check" <> 'missed-run' ORDER BY id
"""
LAST_CRAWL = (
    "SELECT id, started, finished, outcome, new, changed, unchanged, failed FROM crawls ORDER BY id DESC LIMIT 1"
)


async def health(datasette, request):
    archive = datasette.get_database("archive")
    findings = [dict(row) for row in (await archive.execute(FINDINGS)).rows]
    crawls = [dict(row) for row in (await archive.execute(LAST_CRAWL)).rows]
    bound = (datetime.now(UTC) - LATE).strftime("%Y-%m-%dT%H:%M:%SZ")
    missed = await archive.execute("SELECT site, due FROM schedule WHERE due < ? ORDER BY site", [bound])
    findings += [{"check": "missed-run", **dict(row)} for row in missed.rows]
    well = not findings
    report = {"ok": well}
    if await datasette.permission_allowed(request.actor, "view-instance", default=True):
        report |= {"findings": findings, "last_crawl": crawls[0] if crawls else None}
    return Response.json(report, status=200 if well else 503, headers={"Cache-Control": "no-store"})


@hookimpl
def register_routes():
    return [(r"^/-/health$", health)]

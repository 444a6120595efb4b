"""Whether the pages that a crawl starts from still name articles: where they do not, what is new there is never seen."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlite_utils import Database

from archive.health.checks import Finding
from archive.health.findings import keep_findings
from archive.listings import NAMES_NOTHING
from archive.urls import url_key

CHECK = "empty-start"

_STARTS = """
    SELECT url, article_id IS NULL AND (state <> 'fetched' OR reason = :nothing OR reason LIKE 'not-an-article%')
    FROM pages
    WHERE url_key IN (SELECT value FROM json_each(:keys)) AND site = :site AND crawl_id = :crawl_id AND state <> 'pending'
    ORDER BY id
"""


def judge_starts(db: Database, crawl_id: int, starts: Collection[str]) -> list[Finding]:
    """Open a finding for each site of which this crawl read a start that neither is an article nor names any, or could
    not read it; close it where all are well. A site of which it took up no start is left as it is, and so is one of
    which it is said already that there was no article at all."""
    keys = json.dumps([url_key(url) for url in starts])
    found: list[Finding] = []
    for (site,) in db.execute("SELECT site FROM site_runs WHERE crawl_id = ?", (crawl_id,)).fetchall():
        values = {"nothing": NAMES_NOTHING, "keys": keys, "site": site, "crawl_id": crawl_id}
        rows = db.execute(_STARTS, values).fetchall()
        if not rows or _has_no_articles(db, site):
            continue
        empty = [url for url, is_empty in rows if is_empty]
        here = [_finding(site, len(empty), len(rows))] if empty else []
        keep_findings(db, site, here, checks={CHECK}, samples=empty)
        found += here
    return found


def _has_no_articles(db: Database, site: str) -> bool:
    query = "SELECT 1 FROM findings WHERE site = ? AND \"check\" = 'no-articles' AND closed IS NULL"
    return db.execute(query, (site,)).fetchone() is not None


def _finding(site: str, empty: int, starts: int) -> Finding:
    return Finding(
        site=site,
        check=CHECK,
        sentence=f"{empty} of {starts} start pages {'names' if empty == 1 else 'name'} no article.",
        figure=float(empty),
        low=None,
        high=0.0,
        advice="The reason stands beside the page. Open it in a browser: the site may list its articles elsewhere by now"
        " (`start` in jianbao.toml).",
    )

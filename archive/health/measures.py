"""The figures of one run for one site, as the archive shows them when the run has ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlite_utils import Database

from archive.crawls import NO_ARTICLE
from archive.database import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRun:
    """What one crawl found on one site. A row of `site_runs`."""

    crawl_id: int
    """`crawls.id`."""
    site: str
    """`pages.site`."""
    pages: int
    """Pages that ended in this run; all other counts of pages are among them."""
    articles: int
    """Pages whose article was archived or confirmed."""
    new: int
    """Articles archived for the first time."""
    no_article: int
    """Pages fetched that hold no article and are no listing."""
    failed: int
    """Pages that could not be fetched or read."""
    refused: int
    """Pages that were not to be fetched."""
    gone: int
    """Pages that the site says no longer exist."""
    chars: int | None
    """Characters of the median article; None without articles. Like what follows, over the articles of this run."""
    undated: float | None
    """Share of the articles without a date; None without articles."""
    removed: float | None
    """Share of the characters in their text that was taken out as contact, copyright or share; None without articles."""
    same_text: int
    """Articles that have the one text that most addresses share; 1 when no two are alike, 0 without articles."""
    same_title: int
    """The same for titles."""

    def share(self, count: int) -> float:
        """A count of pages as a share of the pages."""
        return count / self.pages if self.pages else 0.0


_COUNTS = f"""
    SELECT site, count(*) AS pages,
        count(*) FILTER (WHERE state = 'fetched' AND article_id IS NOT NULL AND reason IS NULL) AS articles,
        count(*) FILTER (WHERE {NO_ARTICLE}) AS no_article,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'refused') AS refused,
        count(*) FILTER (WHERE state = 'gone') AS gone
    FROM pages WHERE crawl_id = ? AND state <> 'pending' GROUP BY site ORDER BY site
"""
_ARTICLES = """
    SELECT a.char_count, a.published IS NULL, a.first_seen >= c.started,
        count(*) OVER (PARTITION BY a.body), count(*) OVER (PARTITION BY a.title),
        (SELECT coalesce(sum(r.chars), 0) FROM removals r WHERE r.article_id = a.id AND r.version = a.version
            AND r.kind IN ('contact', 'copyright', 'share')) AS removed
    FROM articles a
    JOIN crawls c ON c.id = :crawl_id
    WHERE a.id IN (SELECT article_id FROM pages WHERE crawl_id = :crawl_id AND site = :site AND state = 'fetched')
    ORDER BY a.char_count
"""


def measure_run(db: Database, crawl_id: int) -> list[SiteRun]:
    """Measure a crawl and keep its figures, a row for each site. A crawl that is resumed is measured anew."""
    runs = [_measure(db, crawl_id, *row) for row in db.execute(_COUNTS, (crawl_id,)).fetchall()]
    with transaction(db):
        db.execute("DELETE FROM site_runs WHERE crawl_id = ?", (crawl_id,))
        if runs:
            db.table("site_runs").insert_all([asdict(run) for run in runs])
    return runs


def _measure(
    db: Database,
    crawl_id: int,
    site: str,
    pages: int,
    articles: int,
    no_article: int,
    failed: int,
    refused: int,
    gone: int,
) -> SiteRun:
    rows = db.execute(_ARTICLES, {"crawl_id": crawl_id, "site": site}).fetchall()
    chars, undated, new, same_text, same_title, removed = zip(*rows, strict=True) if rows else ((),) * 6
    kept = sum(chars)
    return SiteRun(
        crawl_id=crawl_id,
        site=site,
        pages=pages,
        articles=articles,
        new=sum(new),
        no_article=no_article,
        failed=failed,
        refused=refused,
        gone=gone,
        chars=chars[len(chars) // 2] if chars else None,
        undated=sum(undated) / len(rows) if rows else None,
        removed=sum(removed) / (kept + sum(removed)) if rows else None,
        same_text=max(same_text, default=0),
        same_title=max(same_title, default=0),
    )


def past_runs(db: Database, site: str, *, before: int, limit: int = 20) -> list[SiteRun]:
    """The last runs of a site before a crawl, the newest first. Not those in which all went wrong: after some of them
    that would be usual."""
    columns = [field.name for field in fields(SiteRun)]
    rows = db.execute(
        f"""
        SELECT {", ".join(columns)} FROM site_runs
        WHERE site = ? AND crawl_id < ? AND (articles > 0 OR no_article + failed + refused + gone = 0)
        ORDER BY crawl_id DESC LIMIT ?
        """,
        (site, before, limit),
    )
    return [SiteRun(**dict(zip(columns, row, strict=True))) for row in rows]

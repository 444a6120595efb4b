"""The history table: when an article's text became which of its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from archive.urls import url_key

Cause = Literal["crawl", "reclean"]
"""Why a text became another: the page changed, or the rules by which it is read did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of an article."""

    number: int
    """`versions.number`."""
    title: str
    """The headline."""
    body: str
    """Paragraphs, one per line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An article's text became this version."""

    seen_at: str
    """When that was noticed; UTC, ISO 8601."""
    cause: Cause
    """What made it another text; `crawl` for the first."""
    version: int
    """The version it became; an earlier one where a text came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every text that an article has had, and when."""

    url: str
    """The article's canonical URL."""
    version: int
    """The version that it has now."""
    last_seen: str
    """When it was last found to have it; UTC, ISO 8601."""
    versions: dict[int, Version]
    """The texts, by number."""
    moments: tuple[Moment, ...]
    """The oldest first. Never empty: the first is when the article was archived."""


def note_text(db: Database, article_id: int, version: int, *, seen_at: str, cause: Cause) -> None:
    """Note that an article's text is now this version, in the caller's transaction."""
    db.execute(
        "INSERT INTO history (article_id, version, seen_at, cause) VALUES (?, ?, ?, ?)",
        (article_id, version, seen_at, cause),
    )


def read_history(db: Database, url: str) -> History | None:
    """The history of the article at a URL, or at the URL of a page that led to it; None where there is
    none."""
    row = db.execute(
        """
        SELECT id, url, version, last_seen FROM articles
        WHERE url_key = :key OR id = (SELECT article_id FROM pages WHERE url_key = :key)
        ORDER BY url_key = :key DESC
        """,
        {"key": url_key(url)},
    ).fetchone()
    if row is None:
        return None
    article_id, canonical, version, last_seen = row
    versions = db.execute("SELECT number, title, body FROM versions WHERE article_id = ?", (article_id,))
    moments = db.execute(
        "SELECT seen_at, cause, version FROM history WHERE article_id = ? ORDER BY seen_at, id", (article_id,)
    )
    return History(
        url=canonical,
        version=version,
        last_seen=last_seen,
        versions={number: Version(number=number, title=title, body=body) for number, title, body in versions},
        moments=tuple(Moment(seen_at=seen, cause=cause, version=number) for seen, cause, number in moments),
    )

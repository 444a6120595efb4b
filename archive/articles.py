"""Saving articles: what the page says now, what it said before, whom it names, what was taken out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from archive.checksums import fields_checksum
from archive.database import transaction
from archive.evidence import save_capture
from archive.frontier import confirm_target, queue_links, record_article_page
from archive.history import note_text
from archive.links import resolve_links, save_links
from archive.parts import confirm_parts, save_parts
from archive.records import Arrival, Article, Capture, Page
from archive.removals import save_removals
from archive.search import index_article, index_terms, to_index, unindex_article
from archive.times import now, utc
from archive.urls import canonical_url, url_key

Change = Literal["new", "changed", "unchanged"]

_YEAR = re.compile(r"(?:19|20)\d\d")


READ_COLUMNS = (
    "title",
    "category",
    "posted_by",
    "source",
    "reporter",
    "published",
    "published_raw",
    "views",
    "summary",
    "body",
)
"""Columns of `articles` that reading decides, as `Article` has them."""


class _Stored(NamedTuple):
    """What of an archived article decides what becomes of its new state."""

    id: int
    title: str
    body: str
    published: str | None
    version: int


def save_article(
    db: Database,
    article: Article,
    page: Page,
    *,
    crawl_id: int,
    follow: bool,
    capture: Capture | None = None,
    parts: Sequence[tuple[Page, Capture | None]] = (),
) -> Change:
    """Archive what a page says, in one transaction: `save_articles` of one."""
    arrival = Arrival(article=article, page=page, follow=follow, capture=capture, parts=tuple(parts))
    return save_articles(db, [arrival], crawl_id=crawl_id)[0]


def save_articles(db: Database, arrivals: Sequence[Arrival], *, crawl_id: int) -> list[Change]:
    """Archive what pages say, all or none in one transaction: article, version, index, links, removals, page, pending
    links. What became of each article, in their order.

    Only another title or body is a change. The view counter, the other fields and the related articles are
    kept as they are now, without a version.
    """
    with transaction(db):
        saved = [_save(db, arrival, crawl_id) for arrival in arrivals]
        # Last: FTS5 gathers what it is given, and writes it out before any statement that may fail halfway. With a
        # transaction of fifty articles that makes one piece to merge in place of fifty.
        for one, arrival in zip(saved, arrivals, strict=True):
            _index(db, one, arrival)
    return [one.change for one in saved]


class _Saved(NamedTuple):
    """An article that was written, but for the index."""

    change: Change
    id: int
    version: int
    was: tuple[str, str] | None
    """Title and body to be taken out of the index; None for none."""
    is_indexed: bool
    """Whether title and body are in it."""


def _save(db: Database, arrival: Arrival, crawl_id: int) -> _Saved:
    article, page = arrival.article, arrival.page
    capture_id = save_capture(db, arrival.capture) if arrival.capture else None
    saved = _save_text(db, article, page, _find(db, article.url), capture_id)
    save_links(db, saved.id, article.related)
    save_removals(db, saved.id, saved.version, article.removals)
    record_article_page(db, page, saved.id, capture_id=capture_id, crawl_id=crawl_id)
    save_parts(db, page, arrival.parts, saved.id, crawl_id=crawl_id)
    resolve_links(db, saved.id)
    count_change(db, crawl_id, saved.change)
    if arrival.follow:
        queue_links(db, saved.id, site=page.site, depth=page.depth + 1)
    return saved


def _index(db: Database, saved: _Saved, arrival: Arrival) -> None:
    if saved.was:
        unindex_article(db, saved.id, *saved.was)
    if not saved.is_indexed:
        article = arrival.article
        index_terms(db, saved.id, *(arrival.indexed or (to_index(article.title), to_index(article.body))))


def confirm_article(
    db: Database,
    url: str,
    *,
    crawl_id: int,
    follow: bool,
    fetched_at: datetime | None = None,
    capture: Capture | None = None,
    parts: Sequence[Capture] = (),
) -> None:
    """Note that the site answered 304 for a page: its article, and the links to follow from it, are as they
    were.

    `url` is that of the pending page; `fetched_at` is when the answer came, else now; `capture` is where the
    answer is kept; `parts` are the answers, 304 too, for the further pages of the article.
    """
    seen = utc(fetched_at or datetime.now(UTC))
    with transaction(db):
        page_id, article_id, site, depth = db.execute(
            """
            UPDATE pages SET state = 'fetched', tries = 0, status = 304, fetched_at = ?,
                capture_id = coalesce(?, capture_id),
                reason = iif(article_id IS NULL, 'not-modified: no article to confirm', NULL)
            WHERE url_key = ? RETURNING id, article_id, site, depth
            """,
            (seen, save_capture(db, capture) if capture else None, url_key(url)),
        ).fetchone()
        if article_id is None:  # a site that answers 304 without being asked for changes
            return
        db.execute("UPDATE articles SET last_seen = ?, state = 'live' WHERE id = ?", (seen, article_id))
        confirm_target(db, page_id, seen=seen, crawl_id=crawl_id)
        confirm_parts(db, page_id, parts, seen=seen, crawl_id=crawl_id)
        count_change(db, crawl_id, "unchanged")
        if follow:
            queue_links(db, article_id, site=site, depth=depth + 1)


def add_article(db: Database, article: Article, site: str, *, seen_at: str, capture_id: int | None) -> int:
    """Archive an article that a page holds by today's rules, in the caller's transaction; its id."""
    article_id = _insert(db, article, site, seen_at)
    _add_version(db, article_id, 1, article, seen_at, capture_id)
    note_text(db, article_id, 1, seen_at=seen_at, cause="reclean")
    index_article(db, article_id, article.title, article.body)
    save_links(db, article_id, article.related)
    save_removals(db, article_id, 1, article.removals)
    return article_id


def reread_article(db: Database, article_id: int, article: Article, *, seen_at: str) -> None:
    """Make an article what its page is read as by today's rules, in the caller's transaction.

    The page is the same, so that when it was seen stays. Nothing is written where nothing differs.
    """
    columns = ", ".join(READ_COLUMNS)
    row = db.execute(f"SELECT version, checksum, {columns} FROM articles WHERE id = ?", (article_id,)).fetchone()
    was = dict(zip(("version", "checksum", *READ_COLUMNS), row, strict=True))
    read = _fields(article) | _first_date(was["published"], article)
    version: int = was["version"]
    if (was["title"], was["body"]) != (article.title, article.body):
        capture_id = db.execute(
            "SELECT capture_id FROM versions WHERE article_id = ? AND number = ?", (article_id, version)
        ).fetchone()[0]
        version = _version_of(db, article_id, article, seen_at, capture_id)
        note_text(db, article_id, version, seen_at=seen_at, cause="reclean")
        unindex_article(db, article_id, was["title"], was["body"])
        index_article(db, article_id, article.title, article.body)
        read |= {"last_changed": seen_at, "version": version}
    if was["checksum"] != fields_checksum(read) or any(was[name] != read[name] for name in READ_COLUMNS):
        _set_columns(db, article_id, read)
    save_links(db, article_id, article.related)
    save_removals(db, article_id, version, article.removals)


def amend_article(db: Database, article_id: int, article: Article, *, crawl_id: int, since: str) -> None:
    """Make an article what its page is read as by what the crawl that began at `since` learned after reading it, in
    the caller's transaction: a text that came with this crawl is replaced, and is no version of its own."""
    title, body, published, version = db.execute(
        "SELECT title, body, published, version FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    digest = text_digest(article.title, article.body)
    moments = db.execute(
        "SELECT id, version, seen_at FROM history WHERE article_id = ? ORDER BY id DESC LIMIT 2", (article_id,)
    ).fetchall()
    (seen_at,) = db.execute(
        "SELECT seen_at FROM versions WHERE article_id = ? AND number = ?", (article_id, version)
    ).fetchone()
    if (title, body) != (article.title, article.body) and seen_at >= since and moments[0][1] == version:
        unindex_article(db, article_id, title, body)
        index_article(db, article_id, article.title, article.body)
        known = db.execute(
            "SELECT number FROM versions WHERE article_id = ? AND sha256 = ?", (article_id, digest)
        ).fetchone()
        if known:
            _take_back(db, article_id, version, known[0], moments, crawl_id)
            version = known[0]
        else:
            db.execute(
                "UPDATE versions SET title = ?, body = ?, sha256 = ? WHERE article_id = ? AND number = ?",
                (article.title, article.body, digest, article_id, version),
            )
        _set_columns(db, article_id, _fields(article) | _first_date(published, article) | {"version": version})
    reread_article(db, article_id, article, seen_at=now())


def _take_back(
    db: Database, article_id: int, version: int, known: int, moments: Sequence[tuple[int, int, str]], crawl_id: int
) -> None:
    """Take back a text that came with a crawl, as the page says what it said in a version that is known."""
    (capture_id,) = db.execute(
        "SELECT capture_id FROM versions WHERE article_id = ? AND number = ?", (article_id, version)
    ).fetchone()
    if len(moments) > 1 and moments[1][1] == known:  # it said so all the time
        db.execute("DELETE FROM history WHERE id = ?", (moments[0][0],))
        db.execute("UPDATE articles SET last_changed = ? WHERE id = ?", (moments[1][2], article_id))
        db.execute("UPDATE crawls SET changed = changed - 1, unchanged = unchanged + 1 WHERE id = ?", (crawl_id,))
    else:
        db.execute("UPDATE history SET version = ? WHERE id = ?", (known, moments[0][0]))
    _point_version(db, article_id, known, capture_id)
    db.execute("UPDATE articles SET version = ? WHERE id = ?", (known, article_id))
    db.execute("DELETE FROM versions WHERE article_id = ? AND number = ?", (article_id, version))


def _find(db: Database, url: str) -> _Stored | None:
    row = db.execute(
        "SELECT id, title, body, published, version FROM articles WHERE url_key = ?", (url_key(url),)
    ).fetchone()
    return _Stored(*row) if row else None


def _save_text(db: Database, article: Article, page: Page, stored: _Stored | None, capture_id: int | None) -> _Saved:
    """Write `articles`, `versions` and `history`."""
    seen = utc(page.fetched_at)
    text = (article.title, article.body)
    if stored is None:
        article_id = _insert(db, article, page.site, seen)
        _add_version(db, article_id, 1, article, seen, capture_id)
        note_text(db, article_id, 1, seen_at=seen, cause="crawl")
        return _Saved("new", article_id, 1, None, False)
    if (stored.title, stored.body) == text:
        _update(db, stored, article, seen, changes={})
        _point_version(db, stored.id, stored.version, capture_id)
        return _Saved("unchanged", stored.id, stored.version, None, True)
    version = _version_of(db, stored.id, article, seen, capture_id)
    note_text(db, stored.id, version, seen_at=seen, cause="crawl")
    _update(db, stored, article, seen, changes={"last_changed": seen, "version": version})
    return _Saved("changed", stored.id, version, (stored.title, stored.body), False)


def _insert(db: Database, article: Article, site: str, seen: str) -> int:
    row = _fields(article) | {
        "url": canonical_url(article.url),
        "url_key": url_key(article.url),
        "site": site,
        "first_seen": seen,
        "last_seen": seen,
        "last_changed": seen,
        "version": 1,
    }
    row["checksum"] = fields_checksum(row)
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO articles ({columns}) VALUES ({values}) RETURNING id"
    return int(db.execute(sql, row).fetchone()[0])


def _update(db: Database, stored: _Stored, article: Article, seen: str, *, changes: dict[str, Any]) -> None:
    seen_now = {"last_seen": seen, "state": "live"}
    _set_columns(db, stored.id, _fields(article) | _first_date(stored.published, article) | seen_now | changes)


def _set_columns(db: Database, article_id: int, row: dict[str, Any]) -> None:
    """Write columns of an article, those that reading decides among them."""
    row = row | {"checksum": fields_checksum(row)}
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", row | {"id": article_id})


def _first_date(stored: str | None, article: Article) -> dict[str, str]:
    """The date that stays: "3天前" is nearest to the truth when it is read first, and "1年前" means another year
    each month."""
    relative = article.published_raw and not _YEAR.search(article.published_raw)
    return {"published": stored} if stored and relative else {}


def _fields(article: Article) -> dict[str, Any]:
    read = {name: getattr(article, name) for name in READ_COLUMNS}
    return read | {"char_count": len(article.body) - article.body.count("\n")}


def _version_of(db: Database, article_id: int, article: Article, seen: str, capture_id: int | None) -> int:
    """The number of the version with this text, added where the article never had it before."""
    known = db.execute(
        "SELECT number FROM versions WHERE article_id = ? AND sha256 = ?",
        (article_id, text_digest(article.title, article.body)),
    ).fetchone()
    if known:
        _point_version(db, article_id, known[0], capture_id)
        return int(known[0])
    newest = db.execute("SELECT max(number) FROM versions WHERE article_id = ?", (article_id,)).fetchone()[0]
    _add_version(db, article_id, newest + 1, article, seen, capture_id)
    return int(newest + 1)


def _add_version(
    db: Database, article_id: int, number: int, article: Article, seen: str, capture_id: int | None
) -> None:
    digest = text_digest(article.title, article.body)
    db.execute(
        "INSERT INTO versions (article_id, number, seen_at, title, body, sha256, capture_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (article_id, number, seen, article.title, article.body, digest, capture_id),
    )


def _point_version(db: Database, article_id: int, version: int, capture_id: int | None) -> None:
    """Note from which stored response a text was read last."""
    db.execute(
        "UPDATE versions SET capture_id = ? WHERE article_id = ? AND number = ?", (capture_id, article_id, version)
    )


def text_digest(title: str, body: str) -> str:
    """What `versions.sha256` is of an article's text."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


def count_change(db: Database, crawl_id: int, change: Change) -> None:
    """Count an article among those of a crawl, in the caller's transaction."""
    db.execute(f"UPDATE crawls SET {change} = {change} + 1 WHERE id = ?", (crawl_id,))

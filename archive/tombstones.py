"""The tombstones table: pages that are never to be archived again, without saying which."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from archive.database import transaction
from archive.times import now
from archive.urls import url_key


def bury(db: Database, keys: Iterable[str]) -> None:
    """Have the pages with these `url_key`s never fetched again. What the archive holds of them is still there:
    `archive/erasing.py` takes it out."""
    bury_hashes(db, map(hash_key, keys))


def bury_hashes(db: Database, hashes: Iterable[str]) -> None:
    """The same by the hashes of another archive's tombstones."""
    with transaction(db):
        for hashed in hashes:
            db.execute("INSERT INTO tombstones (url_sha256) VALUES (?) ON CONFLICT DO NOTHING", (hashed,))


def is_forgotten(db: Database, url: str) -> bool:
    """Whether the page at a URL is never to be archived again."""
    row = db.execute("SELECT 1 FROM tombstones WHERE url_sha256 = ?", (hash_key(url_key(url)),)).fetchone()
    return row is not None


def not_forgotten(db: Database, urls: Sequence[str]) -> list[str]:
    """Those URLs whose pages may be archived, in their order."""
    if db.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is None:  # as a rule nothing is ever forgotten
        return list(urls)
    hashes = [hash_key(url_key(url)) for url in urls]
    query = "SELECT url_sha256 FROM tombstones WHERE url_sha256 IN (SELECT value FROM json_each(?))"
    forgotten = {row[0] for row in db.execute(query, (json.dumps(hashes),))}
    return [url for url, hashed in zip(urls, hashes, strict=True) if hashed not in forgotten]


def forgotten_hashes(db: Database) -> frozenset[str]:
    """The hashes of all pages that are never to be archived again."""
    return frozenset(row[0] for row in db.execute("SELECT url_sha256 FROM tombstones"))


def has_unfinished(db: Database) -> bool:
    """Whether something was to be forgotten and a kill came in between."""
    return db.execute("SELECT 1 FROM tombstones WHERE forgotten_at IS NULL").fetchone() is not None


def finish_tombstones(db: Database) -> None:
    """Note that nothing is left of the pages."""
    with transaction(db):
        db.execute("UPDATE tombstones SET forgotten_at = ? WHERE forgotten_at IS NULL", (now(),))


def hash_key(key: str) -> str:
    """What stands for a page's `url_key` in `tombstones`: the same in every archive, so that a merge can tell."""
    return hashlib.sha256(key.encode()).hexdigest()

"""Taking out of a data folder whatever has a tombstone: rows, index, evidence, logs, backups.

Every step can be taken again, and the rows go last, so that a run after a kill knows what there is to do.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlite_utils import Database

from archive.backup import backup_lock, clear_workshop, pack, registered, workshop
from archive.database import FILE_NAME, open_archive, transaction
from archive.evidence import recover_evidence
from archive.evidence.erasing import erase_evidence
from archive.files import remove_leftovers, replacing
from archive.health.findings import end_findings_but_of
from archive.refresh import known_sites
from archive.search import unindex_article
from archive.tombstones import bury_hashes, finish_tombstones, forgotten_hashes, has_unfinished, hash_key
from archive.urls import url_key

KEYED_TABLES = ("articles", "pages", "links", "captures")
"""Tables whose rows are about the page that their `url_key` names."""


SHORTEST_TITLE = 4
"""Characters of a title that is looked for in what was taken out of other pages: 公告 stands in many a block."""

_ADDRESS = re.compile(r"https?://[^\s\"<>]*[^\s\"<>.,:;)]")


class CannotErase(Exception):
    """Something could not be taken out. The message says what, in one line for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was taken out."""

    articles: int
    """Articles, with everything that belongs to them."""
    records: int
    """Records of the evidence: those of the pages, and of others that link to them."""
    backups: int
    """Backups that were changed."""
    lost_backups: tuple[Path, ...]
    """Backups that are not where they were made: they may hold what was to be forgotten."""


def erase_forgotten(db: Database, data: Path) -> Erased:
    """Take everything out of the data folder that has a tombstone; grep finds nothing of it any more.

    To be called by whoever holds the data folder's lock. Raises CannotErase, OSError, sqlite3.Error; another
    call goes on from there.
    """
    hashes = forgotten_hashes(db)
    with backup_lock(data):
        changed, lost = _erase_from_backups(data, hashes)
        articles, records = _erase_from_folder(db, data, hashes)
    finish_tombstones(db)
    end_findings_but_of(db, set(known_sites(db)))
    return Erased(articles=articles, records=records, backups=changed, lost_backups=lost)


def _erase_from_folder(db: Database, data: Path, hashes: frozenset[str]) -> tuple[int, int]:
    recover_evidence(db, data)  # what a killed crawl kept has no row yet
    keys = keys_of(db, hashes)
    _erase_from_logs(data, keys)
    remove_leftovers(data)
    records = erase_evidence(db, data, keys)
    articles = _delete_rows(db, keys)
    _leave_no_trace(db)
    return articles, records


def keys_of(db: Database, hashes: frozenset[str]) -> list[str]:
    """The `url_key`s in the archive that have a tombstone."""
    union = " UNION ".join(f"SELECT url_key FROM {table}" for table in KEYED_TABLES)
    return [key for (key,) in db.execute(union) if hash_key(key) in hashes]


def _erase_from_logs(data: Path, keys: list[str]) -> None:
    for file in data.glob("logs/*"):
        lines = file.read_text("utf-8", "replace").splitlines(keepends=True)
        kept = [line for line in lines if not _names(line, keys)]
        if len(kept) < len(lines):
            with replacing(file) as part:
                part.write_text("".join(kept), "utf-8")


def _names(line: str, keys: list[str]) -> bool:
    """Whether a line of a log names one of these pages, however its address is written."""
    return any(key in line for key in keys) or any(url_key(url) in keys for url in _ADDRESS.findall(line))


def _delete_rows(db: Database, keys: list[str]) -> int:
    """Delete the rows of these pages and of links to them; how many articles there were."""
    db.execute("PRAGMA secure_delete = ON")
    named = "url_key IN (SELECT value FROM json_each(?))"
    with transaction(db):
        _take_from_removals(db, _titles_of(db, named, json.dumps(keys)))
        articles = db.execute(f"SELECT id, title, body FROM articles WHERE {named}", (json.dumps(keys),)).fetchall()
        for article_id, title, body in articles:
            unindex_article(db, article_id, title, body)
        for table in KEYED_TABLES:
            db.execute(f"DELETE FROM {table} WHERE {named}", (json.dumps(keys),))
        _take_from_lists(db, keys)
    return len(articles)


def _titles_of(db: Database, named: str, keys: str) -> set[str]:
    """What these pages are called: by their articles, now and before, and by those that link to them."""
    rows = db.execute(
        f"""
        SELECT title FROM articles WHERE {named} UNION SELECT title FROM links WHERE {named}
        UNION SELECT title FROM versions WHERE article_id IN (SELECT id FROM articles WHERE {named})
        """,
        (keys,) * 3,
    )
    return {title for (title,) in rows if len(title) >= SHORTEST_TITLE}


def _take_from_removals(db: Database, titles: set[str]) -> None:
    """What was taken out of other pages may name them: 上一篇 and the title."""
    for title in titles:
        db.execute("DELETE FROM removals WHERE instr(text, ?)", (title,))


def _take_from_lists(db: Database, keys: list[str]) -> None:
    """Findings name pages that show what is wrong, and what was learned of a site those that it was learned from."""
    for table, column in (("findings", "samples"), ("learned", "record")):
        for id_, text in db.execute(f"SELECT id, {column} FROM {table}").fetchall():
            stored = json.loads(text)
            kept = _without(stored, frozenset(keys))
            if kept != stored:
                values = (json.dumps(kept, ensure_ascii=False, sort_keys=True), id_)
                db.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", values)


def _without(value: Any, keys: frozenset[str]) -> Any:
    """The value without these pages' addresses in any list of it."""
    if isinstance(value, dict):
        return {name: _without(part, keys) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, keys) for part in value if not (isinstance(part, str) and url_key(part) in keys)]
    return value


def _leave_no_trace(db: Database) -> None:
    """Have the files forget what the rows no longer say.

    The index keeps what was taken out of it until its parts are merged, the file keeps deleted rows until it is
    written anew, and the log beside it keeps them until it is emptied.
    """
    with transaction(db):
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
    db.execute("VACUUM")
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise CannotErase("another program is reading the archive: end it, and give the same command again")


def _erase_from_backups(data: Path, hashes: frozenset[str]) -> tuple[int, tuple[Path, ...]]:
    changed = 0
    lost = []
    for file in registered(data):
        clear_workshop(file)
        if not file.exists():
            lost.append(file)
            continue
        try:
            changed += _erase_from_backup(file, hashes)
        except (BadZipFile, sqlite3.DatabaseError, OSError) as error:
            raise CannotErase(f"cannot change the backup {file} ({error}): delete it, or put it right") from error
    return changed, tuple(lost)


def _erase_from_backup(file: Path, hashes: frozenset[str]) -> bool:
    """Unpack a backup, take out what has a tombstone, pack it again; whether there was anything."""
    with workshop(file) as folder:
        with ZipFile(file) as packed:
            packed.extractall(folder)
        db = open_archive(folder)
        try:
            if forgotten_hashes(db) >= hashes and not has_unfinished(db):
                return False
            bury_hashes(db, hashes)
            _erase_from_folder(db, folder, hashes)
            finish_tombstones(db)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            db.close()
        pack(folder, folder / FILE_NAME, file)
    return True

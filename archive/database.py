"""Opening the archive file: the connection settings that everything else relies on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from filelock import FileLock
from sqlite_utils import Database

from archive.contacts import has_key, make_key
from archive.migrations import MIGRATIONS

FILE_NAME = "archive.db"

BUSY_SECONDS = 30.0
"""How long a statement waits for another process's write before it fails. One article takes milliseconds;
the rest is for a slow disk, and for long writes such as an import."""

CHECKPOINT_PAGES = 4_000
"""Pages that the log beside the file holds before they go into it, in place of 1,000: an article changes some 75, in
all its indexes, and each time the disk is waited for. Half the time of a commit; the log takes 16 MB."""


class ArchiveError(Exception):
    """The archive cannot be opened. The message says why, in one line for the user."""


class ArchiveMissing(ArchiveError):
    """There is no archive in the data folder yet."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"no archive in {data}: run `jianbao crawl URL` first, or name its folder with --data")


def open_archive(data: Path) -> Database:
    """The archive in folder `data` for writing, created or brought up to date where needed.

    Raises ArchiveError where the folder cannot be written to or the file is no archive.
    """
    file = data / FILE_NAME
    try:
        data.mkdir(parents=True, exist_ok=True)
        db = _connect(file, "rwc")
        _refuse_newer(db, file)
        _bring_up_to_date(db, data)
        return db
    except (OSError, sqlite3.DatabaseError) as error:
        raise ArchiveError(f"cannot open {file}: {error}{_advice(error)}") from error


def read_archive(data: Path) -> Database:
    """The archive in folder `data`, read-only, usable while a crawl writes.

    Raises ArchiveMissing where there is none, ArchiveError where the file is damaged or no archive. One
    written by an older version is brought up to date first.
    """
    file = data / FILE_NAME
    if not file.is_file():
        raise ArchiveMissing(data)
    try:
        db = _connect(file, "ro&immutable=1" if is_at_rest(data) else "ro")
        _refuse_newer(db, file)
        if MIGRATIONS.pending(db):
            db.close()
            open_archive(data).close()
            db = _connect(file, "ro")
        return db
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"cannot read {file}: {error}{_advice(error)}") from error


def is_at_rest(data: Path) -> bool:
    """Whether nobody may write to folder `data`, so that its archive is read without the files that SQLite has beside it,
    which cannot be made there. Where only this user may not, another's crawl may be writing."""
    return not data.stat().st_mode & 0o222 and not (data / f"{FILE_NAME}-wal").exists()


def damage_of(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a database's file, the first of it in one line; None where it is sound."""
    try:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    return None if said == "ok" else " ".join(said.split())


def _refuse_newer(db: Database, file: Path) -> None:
    """Raise ArchiveError for an archive that a newer version has changed: its tables may mean something else now."""
    if {migration.name for migration in MIGRATIONS.applied(db)} - _known_migrations():
        db.close()
        raise ArchiveError(f"{file} was written by a newer jianbao: upgrade this one, or give another --data")


@cache
def _known_migrations() -> frozenset[str]:
    with Database(memory=True) as empty:
        return frozenset(migration.name for migration in MIGRATIONS.pending(empty))


def _advice(error: Exception) -> str:
    """What to do about an error that comes from damage; nothing is known of the others."""
    damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
    return "; put a backup in its place" if damaged else ""


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All writes of the block, or none of them.

    IMMEDIATE, because a transaction that begins by reading and then writes fails with "database is locked",
    at once and whatever the busy timeout, when another process wrote in between.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _connect(file: Path, mode: str) -> Database:
    # isolation_level None: no transaction begins but by `transaction`.
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.execute("PRAGMA foreign_keys = ON")
    # A power cut may take the last commits, never the file's integrity; their pages are then still pending.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return Database(connection)


def _bring_up_to_date(db: Database, data: Path) -> None:
    if db.journal_mode == "wal" and not MIGRATIONS.pending(db) and has_key(data):
        return
    # Four connections that met a new file without this lock: one in 600 failed, "database is locked", as the
    # change to WAL does not always wait.
    with FileLock(data / "archive.lock"):
        make_key(data)
        db.enable_wal()
        with transaction(db):
            MIGRATIONS.apply(db)

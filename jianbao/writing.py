"""Opening the archive for a command that writes to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlite_utils import Database

from archive import ArchiveError, open_archive
from archive.database import FILE_NAME, ArchiveMissing
from archive.lock import AlreadyInUse, lock_data


@contextmanager
def writing(data: Path, command: str) -> Iterator[Database]:
    """The archive in folder `data`, with no crawl at it nor anything else that writes. Whatever is wrong ends the
    command with one line."""
    try:
        if not (data / FILE_NAME).is_file():
            raise ArchiveMissing(data)
        with lock_data(data, command):
            db = open_archive(data)
            try:
                yield db
            finally:
                db.close()
    except (ArchiveError, AlreadyInUse) as error:
        raise click.ClickException(str(error)) from error
    except (sqlite3.DatabaseError, OSError) as error:
        raise click.ClickException(f"cannot write to the archive in {data}: {error}") from error

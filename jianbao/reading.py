"""Opening the archive for a command that only reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlite_utils import Database

from archive import ArchiveError, read_archive


@contextmanager
def reading(data: Path) -> Iterator[Database]:
    """The archive in folder `data`. Whatever is wrong with it ends the command with one line."""
    try:
        db = read_archive(data)
        try:
            yield db
        finally:
            db.close()
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.DatabaseError as error:
        # Damage inside a file shows only when the damaged part is read.
        raise click.ClickException(f"cannot read the archive in {data}: {error}") from error


def on_one_line(text: str) -> str:
    """Text of a page for a terminal, without the control characters that could command it."""
    return "".join(char if char.isprintable() else " " for char in text)

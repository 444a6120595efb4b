"""`jianbao merge`: what others have archived, brought in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from archive import ArchiveError, open_archive, read_archive
from archive.database import ArchiveMissing
from archive.erasing import CannotErase
from archive.evidence import EvidenceError
from archive.lock import AlreadyInUse, lock_data
from archive.merging import CannotMerge, merge_folder
from jianbao.commands.forget import tell_lost_backups
from jianbao.options import data_option
from jianbao.steps import show_steps


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@data_option
def merge(folders: tuple[Path, ...], data: Path) -> None:
    """Bring in what other data folders hold: articles with every version, pages, raw pages.

    Versions are put in order by time, and what a page said last is what it says now. What was forgotten in any
    of the folders is forgotten. The others are only read; neither their order nor merging one again makes a
    difference. The log of crawls stays with the folder that ran them.

    Example: jianbao merge ../colleague/data
    """
    missing: list[str] = []
    other_keys = False
    try:
        for folder in folders:  # before anything is changed
            try:
                read_archive(folder).close()
            except ArchiveMissing as error:
                raise click.ClickException(f"no archive in {folder}: name folders that hold an archive.db") from error
        with lock_data(data, "merge"), closing(open_archive(data)) as db:
            for folder in folders:
                with show_steps(f"merging {folder}") as watch:
                    merged = merge_folder(db, data, folder, watch=watch)
                missing += merged.missing
                other_keys = other_keys or (merged.other_key and bool(merged.new + merged.changed))
                click.echo(
                    f"{folder}: {merged.new:,} new, {merged.changed:,} changed, {merged.unchanged:,} unchanged articles,"
                    f" {merged.captures:,} raw pages"
                )
                tell_lost_backups(merged.lost_backups)
    except (AlreadyInUse, ArchiveError, CannotErase, CannotMerge, EvidenceError) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, sqlite3.DatabaseError) as error:
        raise click.ClickException(f"not all is merged ({error}): give the same command again") from error
    if missing:
        raise click.ClickException(f"raw pages are missing: {', '.join(missing)}")
    if other_keys:
        click.echo(
            "contact details are hashed under the key of the folder they came from: `jianbao reclean` links equal ones",
            err=True,
        )

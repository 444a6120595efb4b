"""`jianbao forget`: remove articles, so that nothing of them is left, and never archive them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import click
from sqlite_utils import Database

from archive import ArchiveError, ArchiveMissing, open_archive
from archive.database import FILE_NAME
from archive.erasing import CannotErase, Erased, erase_forgotten
from archive.evidence import EvidenceError
from archive.forgetting import Target, find_by_contact, find_by_url, is_known, squeeze
from archive.lock import AlreadyInUse, lock_data
from archive.tombstones import bury, has_unfinished, is_forgotten
from jianbao.options import data_option
from jianbao.reading import on_one_line

SHOWN = 20
"""Articles listed before the question; the others are counted."""

SHORTEST = 5
"""Letters and digits of a contact detail; what is shorter is not masked as a number either."""


@click.command()
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--contact", metavar="TEXT", help="Forget every page on which this number, id or address stands.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
def forget(urls: tuple[str, ...], contact: str | None, yes: bool, data: Path) -> None:
    """Remove articles with all that is kept of them, and never archive them again.

    Texts and their versions, links from and to them, what was taken out, raw pages, lines of the log, and the
    same in backups made by `jianbao backup`. Raw pages that link to them go too, as their titles stand there;
    their articles stay. What remains is a hash of the address. There is no way back. A run that was killed is
    ended by the same command.

    Example: jianbao forget https://news.example.com/a/1.html
    """
    if bool(urls) == bool(contact):
        raise click.UsageError("name what to forget: either URLs, or --contact TEXT")
    if contact and len(squeeze(contact)) < SHORTEST:
        raise click.UsageError(f"--contact takes {SHORTEST} letters or digits at least: less stands on many a page")
    if not (data / FILE_NAME).is_file():
        raise click.ClickException(str(ArchiveMissing(data)))
    try:
        with lock_data(data, "forget"):
            db = open_archive(data)
            try:
                _forget(db, data, urls, contact, yes=yes)
            finally:
                db.close()
    except (AlreadyInUse, ArchiveError, CannotErase, EvidenceError) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, sqlite3.DatabaseError) as error:
        raise click.ClickException(f"not all is forgotten yet ({error}): give the same command again") from error


def _forget(db: Database, data: Path, urls: tuple[str, ...], contact: str | None, *, yes: bool) -> None:
    target = find_by_url(db, urls) if contact is None else find_by_contact(db, data, contact)
    unknown = [url for url in urls if not is_known(db, url) and not is_forgotten(db, url)]
    if unknown:
        raise click.ClickException(f"the archive knows no such page: {', '.join(unknown)}")
    if not target.keys and not has_unfinished(db):
        raise click.ClickException("that stands on no page of the archive")
    _show(target)
    if not yes:
        click.confirm("Forget them? There is no way back.", abort=True)
    bury(db, target.keys)
    _tell(erase_forgotten(db, data))


def _show(target: Target) -> None:
    for url, title in target.articles[:SHOWN]:
        click.echo(f"{on_one_line(title)}  {on_one_line(url)}")
    if len(target.articles) > SHOWN:
        click.echo(f"… and {len(target.articles) - SHOWN:,} more")
    click.echo(f"{_count(len(target.articles), 'article')} at {_count(len(target.keys), 'address', 'addresses')}")


def _tell(erased: Erased) -> None:
    changed = f"; {_count(erased.backups, 'backup')} changed" if erased.backups else ""
    click.echo(f"forgotten: {_count(erased.articles, 'article')}, {_count(erased.records, 'raw page')}{changed}")
    tell_lost_backups(erased.lost_backups)


def tell_lost_backups(files: Iterable[Path]) -> None:
    """Name backups that are to be deleted by hand."""
    for file in files:
        click.echo(f"the backup made at {file} is not there: delete it where it is now", err=True)


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"

"""`jianbao backup`: the whole data folder in one file."""

from __future__ import annotations

from pathlib import Path

import click

from archive import BackupError, back_up
from jianbao.options import data_option
from jianbao.reading import reading


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def backup(file: Path, data: Path) -> None:
    """Copy everything you own to FILE, a .zip, also while a crawl goes on.

    To restore it, unpack it: `python -m zipfile -e FILE data` makes a data folder, `chmod -R go-rwx data` keeps it
    to you, and `sha256sum -c SHA256SUMS` in there checks it. Raw pages are in it, contact details and all: keep it to yourself. An existing FILE is
    replaced when the new one is complete.

    Example: jianbao backup jianbao-2025-03-01.zip
    """
    with reading(data) as db:
        try:
            made = back_up(db, data, file)
        except BackupError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            where = f"to {data}" if _is_in(data, error.filename) and not _is_in(data, file) else file
            raise click.ClickException(f"cannot write {where}: {error.strerror or error}") from error
    click.echo(f"{made.files:,} {'file' if made.files == 1 else 'files'}, {made.bytes / 1e6:,.1f} MB in {file}")
    if made.missing:
        raise click.ClickException(f"not all of the evidence is there: {', '.join(made.missing)}; see `jianbao verify`")


def _is_in(folder: Path, file: str | Path | None) -> bool:
    return file is not None and folder.resolve() in Path(file).resolve().parents

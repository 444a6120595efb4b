"""`jianbao export`: articles as a file for Excel or another program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from archive import ExportError, export_articles
from jianbao.options import data_option
from jianbao.reading import reading
from jianbao.steps import show_steps


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--since",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only articles published on that day or later (first archived, where they show no date).",
)
@click.option("--site", metavar="NAME", help="Only articles of this site, as `jianbao status` lists it.")
@click.option("--match", metavar="WORDS", help="Only articles that `jianbao search WORDS` finds.")
@data_option
def export(file: Path, since: datetime | None, site: str | None, match: str | None, data: Path) -> None:
    """Write articles to FILE: .csv and .xlsx for Excel, .jsonl for programs.

    An existing FILE is replaced when the new one is complete. In the .csv, a cell that Excel would run as a
    formula (it begins with = + - @ tab or CR) has an apostrophe before it.

    Example: jianbao export luoyang.xlsx --since 2024-01-01 --match 洛阳
    """
    with reading(data) as db:
        try:
            total = None if since or site or match else db.table("articles").count
            with show_steps("exporting", total) as watch:
                rows = export_articles(
                    db, file, since=since.date() if since else None, site=site, match=match, watch=watch
                )
        except ExportError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"cannot write {file}: {error.strerror or error}") from error
    click.echo(f"{rows:,} {'row' if rows == 1 else 'rows'} in {file}")

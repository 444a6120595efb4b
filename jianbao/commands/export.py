"""`jianbao export`: articles as a file for Excel or another program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from archive import ExportError, archived_sites, export_articles
from crawler.configuration import FILE_NAME, Configuration
from jianbao.configured import config_option, no_such_site
from jianbao.options import data_option, day
from jianbao.reading import reading
from jianbao.steps import show_steps


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    callback=day,
    help="Only articles published on that day or later (first archived, where they show no date).",
)
@click.option("--site", metavar="NAME", help="Only articles of this site, as `jianbao status` lists it.")
@click.option("--match", metavar="WORDS", help="Only articles that `jianbao search WORDS` finds.")
@config_option
@data_option
def export(
    file: Path, since: date | None, site: str | None, match: str | None, configuration: Configuration, data: Path
) -> None:
    """Write articles to FILE: .csv and .xlsx for Excel, .jsonl for programs.

    An existing FILE is replaced when the new one is complete. In the .csv, a cell that Excel would run as a
    formula (it begins with = + - @ tab or CR) has an apostrophe before it.

    Example: jianbao export luoyang.xlsx --since 2024-01-01 --match 洛阳
    """
    with reading(data) as db:
        if site is not None:
            # A configured site may have no article yet: that is an empty file, and no slip of the finger.
            known = sorted({*archived_sites(db), *(named.name for named in configuration.sites)})
            if site not in known:
                raise click.ClickException(no_such_site(site, f"the archive or {FILE_NAME}", known))
        try:
            total = None if since or site or match else db.table("articles").count
            with show_steps("exporting", total) as watch:
                rows = export_articles(db, file, since=since, site=site, match=match, watch=watch)
        except ExportError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"cannot write {file}: {error.strerror or error}") from error
    click.echo(f"{rows:,} {'row' if rows == 1 else 'rows'} in {file}")

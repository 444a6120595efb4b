"""`jianbao verify`: check that nothing in the archive or its evidence has changed by itself."""

from __future__ import annotations

from pathlib import Path

import click

from archive.verification import count_unproven, repair_archive, verify_archive
from jianbao.options import data_option
from jianbao.reading import on_one_line
from jianbao.steps import show_steps
from jianbao.writing import writing


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be made anew from something else, then check again.")
@data_option
def verify(repair: bool, data: Path) -> None:
    """Check everything against everything: tables, hashes of texts, search index, evidence files.

    A line for each row or place in a file that is not as it was written. Ends with status 1 when there is one.
    --repair makes the search index, pointers into the evidence and counts anew, cuts off a torn record at the
    end of a file, and takes a damaged text from its other copy.

    Example: jianbao verify --repair
    """
    with writing(data, "verify") as db, show_steps("verifying") as watch:
        if repair:
            for done in repair_archive(db, data):
                click.echo(f"repaired: {done}")
        problems = 0
        for problem in verify_archive(db, data, watch=watch):
            click.echo(on_one_line(str(problem)))
            problems += 1
        unproven = count_unproven(db)
    if unproven.pages or unproven.versions:
        click.echo(f"no raw page is kept for {unproven.pages:,} pages and {unproven.versions:,} texts")
    if problems:
        raise click.ClickException(f"{problems:,} {'problem' if problems == 1 else 'problems'} found in {data}")
    click.echo(f"nothing is wrong with {data}")

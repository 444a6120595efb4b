"""`jianbao notify`: tell somebody what is not as usual."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from archive import ArchiveError
from crawler.configuration import FILE_NAME, Configuration
from jianbao.configured import config_option
from jianbao.notify.channels import send, ways_of
from jianbao.notify.messages import message_for_test
from jianbao.notify.telling import tell
from jianbao.options import data_option


@click.command()
@click.option("--test", is_flag=True, help="Send a message that says it is a test.")
@config_option
@data_option
def notify(test: bool, configuration: Configuration, data: Path) -> None:
    """Tell what is not as usual, to whom [notify] in jianbao.toml names: a webhook, mail addresses, a command.

    Each finding is told once, and once when it is over. `jianbao schedule` does so after every run.

    Example: jianbao notify --test
    """
    settings = configuration.notify
    if not ways_of(settings):
        raise click.ClickException(f"{FILE_NAME}: [notify] names nobody; set webhook, mail_to or command")
    try:
        outcome = send(message_for_test(), settings) if test else tell(data, settings)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.Error as error:
        raise click.ClickException(f"the archive in {data} cannot be used: {error}") from error
    for way, trouble in outcome.items():
        if trouble is None:
            click.echo(f"{way}: sent")
    if not outcome:
        click.echo("nothing to tell")
    failed = [f"{way}: {trouble}" for way, trouble in outcome.items() if trouble]
    if failed:
        raise click.ClickException("; ".join(failed))

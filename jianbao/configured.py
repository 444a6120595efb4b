"""The options that name the configuration file, apart from the others: reading the file needs the crawler's imports.
And what is said of a site that is in none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from crawler.configuration import FILE_NAME, Configuration, ConfigurationError, read_configuration
from jianbao.reading import on_one_line

SHOWN = 10
"""Names of sites in one message, so that it stays a line."""


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config FILE`; the command gets `configuration: Configuration`."""

    def settle(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Configuration:
        path = value or Path(FILE_NAME)
        if value is None and not path.exists():
            return Configuration()
        try:
            return read_configuration(path)
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from error

    return click.option(
        "--config",
        "configuration",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        callback=settle,
        help=f"Configuration file (default: {FILE_NAME} in this folder, where there is one).",
    )(command)


config_file_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(FILE_NAME),
    show_default=True,
    help="The configuration file.",
)
"""Adds `--config FILE`; the command gets `config: Path`, to read or write itself."""


def no_such_site(name: str, where: str, known: Collection[str]) -> str:
    """What to tell whoever named a site that is not there: which are, those like it where they are many."""
    if not known:
        return f"no site {on_one_line(name)} in {where}; there is none"
    named = list(known)
    if len(named) > SHOWN:
        named = get_close_matches(name, named, SHOWN) or named[:SHOWN]
    more = f" and {len(known) - len(named)} more" if len(known) > len(named) else ""
    return f"no site {on_one_line(name)} in {where}; there is {', '.join(map(on_one_line, named))}{more}"

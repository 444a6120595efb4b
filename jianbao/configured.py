"""The option that names the configuration file, apart from the others: reading the file needs the crawler's imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crawler.configuration import FILE_NAME, Configuration, ConfigurationError, read_configuration


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

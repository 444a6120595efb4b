"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast

import click


def day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """The callback of an option that takes a day: click's own type answers with a list of formats in code."""
    try:
        return None if value is None else datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day; write it as YYYY-MM-DD, such as 2024-01-31") from None


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data DIR` after the command name too; the command gets `data: Path`."""

    def settle(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
        return value if value is not None else ctx.ensure_object(Path)

    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        callback=settle,
        help="Folder that holds everything you own (default: JIANBAO_DATA, else data/).",
    )(command)


def log_format() -> Literal["human", "json"]:
    """How the user wants events logged: `--log-format`, which stands before the command's name; else for a person."""
    context = click.get_current_context(silent=True)
    return cast(Literal["human", "json"], context.find_root().params.get("log_format", "human") if context else "human")

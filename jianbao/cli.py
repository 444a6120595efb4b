"""The command line. Each command is a module of its own in `jianbao/commands/`; this gathers them."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path

import click

COMMANDS = tuple(sorted(path.stem for path in (Path(__file__).parent / "commands").glob("[a-z]*.py")))
"""Command names: each module `NAME` in `jianbao/commands/` holds a click command `NAME`, imported only when asked
for. Scrapy alone takes half a second, which `jianbao search` need not wait for."""


class LazyGroup(click.Group):
    """A click group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"jianbao.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        # What was imported stays. Without this, garbage collections go through it, the last one a quarter of a second
        # at the end of every command.
        gc.freeze()
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jianbao")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="JIANBAO_DATA",
    default=Path("data"),
    show_default=True,
    help="Folder that holds everything you own: archive, evidence, logs.",
)
@click.option(
    "--log-format",
    type=click.Choice(["human", "json"]),
    envvar="JIANBAO_LOG_FORMAT",
    default="human",
    show_default=True,
    help="How events are logged, one line for each.",
)
@click.pass_context
def main(ctx: click.Context, data: Path, log_format: str) -> None:
    """jianbao 剪报: crawl Chinese article pages, clean them, archive them, browse and download them.

    Example: jianbao crawl https://news.example.com/a/1.html && jianbao serve
    """
    ctx.obj = data

"""`jianbao serve`: browse the archive."""

from __future__ import annotations

from pathlib import Path

import click

from jianbao import serving
from jianbao.options import data_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@data_option
def serve(host: str, port: int, data: Path) -> None:
    """Browse the archive: read, search, download. Ctrl-C stops it.

    Example: jianbao serve --port 8080
    """
    serving.serve(data, host, port, announce=lambda url: click.echo(f"The archive is at {url} (Ctrl-C stops)"))

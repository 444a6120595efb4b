"""`jianbao serve`: browse the archive."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from jianbao import serving
from jianbao.options import data_option

PASSWORD_VARIABLE = "JIANBAO_PASSWORD"


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add where to serve and to whom; the command gets `host`, `port`, `public` and `no_sql`."""
    for option in (
        click.option("--no-sql", is_flag=True, help="No SQL of the readers' own; ready-made queries stay."),
        click.option("--public", is_flag=True, help="Let anybody read who can reach the address, without a password."),
        click.option(
            "--port",
            type=click.IntRange(0, 65535),
            default=8001,
            show_default=True,
            help="Port to listen on; 0 takes any free one.",
        ),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    ):
        command = option(command)
    return command


@click.command()
@serve_options
@data_option
def serve(host: str, port: int, public: bool, no_sql: bool, data: Path) -> None:
    """Browse the archive: read, search, download. Ctrl-C stops it.

    On an address that others can reach it asks for a password, which readers then need; JIANBAO_PASSWORD
    answers in your place, and is asked for on this machine too.

    Example: jianbao serve --port 8080
    """
    serving.serve(
        data,
        host,
        port,
        sql=not no_sql,
        password=choose_password(host, public=public),
        announce=lambda url: click.echo(f"The archive is at {url} (Ctrl-C stops)"),
    )


def choose_password(host: str, *, public: bool) -> str | None:
    """The password that readers need; None where none is needed. Raises UsageError where one is missing."""
    password = os.environ.get(PASSWORD_VARIABLE)
    if public and password:
        raise click.UsageError(f"--public and {PASSWORD_VARIABLE} contradict each other")
    if password or public or is_loopback(host):
        return password or None
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"others can reach {host}: set {PASSWORD_VARIABLE}, or pass --public to let anybody read"
        )
    answer: str = click.prompt("Password for readers", hide_input=True, confirmation_prompt=True)
    return answer


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

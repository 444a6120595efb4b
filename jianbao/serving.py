"""Serving an archive: Datasette over `archive.db`, opened read-only, on a socket that we bind ourselves."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import uvicorn
from datasette.app import Datasette
from datasette.utils import parse_metadata
from datasette_auth_passwords.utils import hash_password

from archive.database import FILE_NAME, ArchiveError, is_at_rest, read_archive
from jianbao.assets import datasette_folder

READER = "reader"
"""Name of the one account; `password_login.html` sends it along, so that readers type a password only."""

_SHUTDOWN_SECONDS = 3
"""How long Ctrl-C waits for running answers; a browser's idle connection would otherwise hold it for ever."""


class CannotServe(click.ClickException):
    """The archive cannot be served; the message says why in one line."""


def serve(
    data: Path,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    sql: bool = True,
    password: str | None = None,
    announce: Callable[[str], object] = click.echo,
) -> None:
    """Serve the archive in folder `data` until Ctrl-C; port 0 takes any free one.

    Without `sql` nobody can type SQL of his own; with a `password` nobody reads without it. `announce` gets the address as soon as the port is ours. Raises CannotServe when there is no archive or
    the address cannot be bound.
    """
    application = build_datasette(data, sql=sql, password=password).app()
    with _bind(host, port) as listener:
        announce(_address(listener))
        config = uvicorn.Config(
            application,
            lifespan="on",
            log_level="warning",
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
        # uvicorn shuts down cleanly and then raises the signal anew
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def build_datasette(data: Path, *, sql: bool = True, password: str | None = None) -> Datasette:
    """Datasette as the folder `datasette/` configures it, over the archive in folder `data`.

    Not immutable, where it can be written to: a crawl may be writing. Datasette opens a mutable file with `mode=ro`, so
    that no request can write, whatever it asks for. Raises CannotServe when there is no archive or it cannot be read.
    """
    try:
        read_archive(data).close()
    except ArchiveError as error:
        raise CannotServe(str(error)) from error
    folder = datasette_folder()
    metadata = parse_metadata((folder / "metadata.yaml").read_text(encoding="utf-8"))
    if password is not None:
        metadata |= _readers_with(password)
    file, at_rest = str(data / FILE_NAME), is_at_rest(data)
    return Datasette(
        [] if at_rest else [file],
        immutables=[file] if at_rest else [],
        metadata=metadata,
        settings=json.loads((folder / "settings.json").read_text(encoding="utf-8")) | {"default_allow_sql": sql},
        template_dir=str(folder / "templates"),
        plugins_dir=str(folder / "plugins"),
        static_mounts=[("static", str(folder / "static"))],
    )


def _readers_with(password: str) -> dict[str, Any]:
    """What datasette-auth-passwords reads: one account, and that it alone may see anything."""
    account = {f"{READER}_password_hash": hash_password(password)}
    return {"allow": {"id": READER}, "plugins": {"datasette-auth-passwords": account}}


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket; bound here because uvicorn reports a taken port with a log and exits by itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python adds "(while attempting to bind on address …)", which repeats ours.
        reason = str(error.strerror).partition(" (while")[0]
        # `demo` has a --port alone, and there it is never the host's fault.
        option = "--port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "--host"
        raise CannotServe(f"cannot listen on {host}:{port}: {reason}; give another {option}") from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

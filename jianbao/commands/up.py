"""`jianbao up`: schedule and serve in one process tree, for a small server."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType

import click

from archive import ArchiveError, open_archive
from crawler.configuration import ConfigurationError
from jianbao import serving
from jianbao.commands.schedule import require_schedule
from jianbao.commands.serve import choose_password, serve_options
from jianbao.configured import config_file_option
from jianbao.options import data_option, log_format
from jianbao.schedule.beside import ScheduleBeside
from jianbao.schedule.timing import read_schedule


class _Stopped(Exception):
    """SIGTERM came."""


@click.command()
@serve_options
@config_file_option
@data_option
def up(host: str, port: int, public: bool, no_sql: bool, config: Path, data: Path) -> None:
    """Crawl when it is due, and serve the archive meanwhile: `schedule` and `serve` in one. Ctrl-C stops both.

    Where the schedule dies, serving ends too, with one line and status 1: whoever started it (systemd, Docker) starts
    both anew.

    Example: jianbao up --host 0.0.0.0 --public
    """
    try:
        require_schedule(read_schedule(config), config)
        open_archive(data).close()  # what is to be served has to be there
    except (ConfigurationError, ArchiveError) as error:
        raise click.ClickException(str(error)) from error
    password = choose_password(host, public=public)
    schedule = ScheduleBeside(
        config.resolve(), data.resolve(), log_format(), when_it_ends=lambda: os.kill(os.getpid(), signal.SIGTERM)
    )

    def begin(url: str) -> None:
        click.echo(f"The archive is at {url} (Ctrl-C stops)")
        schedule.start()

    signal.signal(signal.SIGTERM, _stop)
    try:
        serving.serve(data, host, port, sql=not no_sql, password=password, announce=begin)
    except _Stopped:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        status = schedule.stop()
    if schedule.died:
        raise click.ClickException(f"the schedule ended with status {status}: serving has ended too; see above")


def _stop(_number: int, _frame: FrameType | None) -> None:
    """uvicorn has a handler of its own while it serves, shuts down, and raises the signal anew."""
    raise _Stopped

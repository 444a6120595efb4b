"""`jianbao schedule`: crawl the sites of jianbao.toml when they are due."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import ArchiveError, ArchiveMissing, read_archive
from archive.schedule import planned_runs
from crawler.configuration import Configuration, ConfigurationError, SiteSettings
from jianbao.configured import config_file_option
from jianbao.options import data_option, log_format
from jianbao.schedule.service import Service
from jianbao.schedule.timing import first_run, read_schedule
from jianbao.schedule.units import MANAGERS, InstallError, Place
from jianbao.schedule.units import install as install_service
from jianbao.schedule.units import uninstall as uninstall_service

manager_option = [
    click.option(f"--{name}", "manager", flag_value=name, help=what)
    for name, what in (
        ("systemd", "As a service of your systemd (Linux)."),
        ("cron", "As a line of your crontab."),
        ("launchd", "As an agent of launchd (macOS)."),
    )
]


@click.group(invoke_without_command=True)
@click.option("--list", "as_list", is_flag=True, help="Show when each site is due, and begin nothing.")
@config_file_option
@data_option
@click.pass_context
def schedule(ctx: click.Context, as_list: bool, config: Path, data: Path) -> None:
    """Crawl the sites of jianbao.toml when they are due, until stopped.

    Each site says how often: every = "6h", or cron as in every = "0 6 * * *". One crawl runs at a time. A run that
    was missed is made up once; Ctrl-C or SIGTERM lets the crawl under way finish its pages. A change of
    jianbao.toml counts at once.

    Example: jianbao schedule --list
    """
    if ctx.invoked_subcommand is not None:
        return
    try:
        configuration = read_schedule(config)
        if as_list:
            Console().print(_table(configuration, data))
            return
        require_schedule(configuration, config)
        Service(config.resolve(), data.resolve(), log_format()).run()
    except (ConfigurationError, ArchiveError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise _cannot_write(data, error) from error
    except sqlite3.Error as error:
        raise click.ClickException(f"the archive in {data} cannot be used: {error}") from error


def _cannot_write(data: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"cannot write to {data}: {error.strerror or error}; give another --data")


def require_schedule(configuration: Configuration, file: Path) -> None:
    """Raise ConfigurationError where no site says when it is due."""
    if not any(site.every for site in configuration.sites):
        raise ConfigurationError(f'{file}: no site says when it is due; add every = "6h" to a [[site]]')


@schedule.command()
@click.option("--print", "only_print", is_flag=True, help="Print it, and install nothing.")
@config_file_option
@data_option
@click.pass_context
def install(ctx: click.Context, manager: str | None, only_print: bool, config: Path, data: Path) -> None:
    """Have the schedule run with this machine.

    Example: jianbao schedule install --systemd --print
    """
    try:
        require_schedule(read_schedule(config), config)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    place = Place(configuration=config.resolve(), data=data.resolve())
    name = _named(manager)
    if only_print:
        click.echo(MANAGERS[name].text(place), nl=False)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        click.echo(f"installed in {install_service(MANAGERS[name], place)}")
    except InstallError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise _cannot_write(data, error) from error


@schedule.command()
def uninstall(manager: str | None) -> None:
    """Take it away again.

    Example: jianbao schedule uninstall --systemd
    """
    try:
        click.echo(f"taken out of {uninstall_service(MANAGERS[_named(manager)])}")
    except InstallError as error:
        raise click.ClickException(str(error)) from error


for option in reversed(manager_option):
    install = option(install)
    uninstall = option(uninstall)


def _named(manager: str | None) -> str:
    if manager is None:
        raise click.UsageError("say which: --systemd, --cron or --launchd")
    return manager


def _table(configuration: Configuration, data: Path) -> Table:
    try:
        with read_archive(data) as db:
            planned = planned_runs(db)
    except ArchiveMissing:
        planned = {}
    table = Table(box=None)
    for column in ("site", "every", "next run"):
        table.add_column(column)
    for site in configuration.sites:
        table.add_row(Text(site.name), site.every or "–", _next(site, planned.get(site.name)))
    return table


def _next(site: SiteSettings, planned: datetime | None) -> str:
    if site.every is None:
        return "never; only by jianbao crawl"
    now = datetime.now(UTC)
    first = first_run(site.every, site.timezone, planned, now)
    return "at once" if first <= now else first.astimezone().strftime("%Y-%m-%d %H:%M %Z")

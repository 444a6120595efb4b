"""`jianbao doctor`: look at everything that a crawl needs, and say how to mend what is wrong."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from crawler.configuration import Configuration, ConfigurationError, NotifySettings
from jianbao.configured import config_file_option
from jianbao.doctor import folder, machine
from jianbao.doctor.network import check_address, check_sites
from jianbao.doctor.results import Result, note, ok, wrong
from jianbao.notify.channels import NotSent, read_secret
from jianbao.options import data_option
from jianbao.reading import on_one_line
from jianbao.schedule.timing import read_schedule

ADDRESS = "http://127.0.0.1:8001/"
_SIGNS = {"ok": ("✓", "green"), "note": ("–", "yellow"), "wrong": ("✗", "bold red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--url", help=f"Where the archive is browsed, such as your own domain (default: {ADDRESS}).")
@config_file_option
@data_option
def doctor(as_json: bool, url: str | None, config: Path, data: Path) -> None:
    """Look at everything that a crawl needs, and say how to mend what is wrong.

    Python, SQLite, disk, clock, write rights, archive, lock, schedule, who is told, each site, and the address in the
    browser. A site is asked for its robots.txt, once. Nothing is changed. Ends with status 1 when something is wrong.

    Example: jianbao doctor --url https://archive.example.com/
    """
    results = list(examine(config, data, url))
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in results], ensure_ascii=False, indent=2))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for one in results:
            _show(console, one)
    count = sum(one.state == "wrong" for one in results)
    if count:
        raise click.ClickException(f"{count} {'thing is' if count == 1 else 'things are'} to be mended")


def examine(config: Path, data: Path, url: str | None) -> Iterator[Result]:
    """Every check, in the order in which to mend."""
    yield machine.check_python()
    yield machine.check_sqlite()
    yield machine.check_disk(data)
    configured, configuration = _check_configuration(config)
    hosts = check_sites(configuration.sites)
    yield machine.check_clock(data, [host.offset for host in hosts if host.offset is not None])
    yield folder.check_rights(data)
    yield folder.check_archive(data)
    yield folder.check_lock(data)
    yield configured
    yield folder.check_schedule(data)
    yield from (host.result for host in hosts)
    yield _check_notify(configuration.notify)
    yield check_address(url or ADDRESS, expected=url is not None)


def _check_configuration(file: Path) -> tuple[Result, Configuration]:
    if not file.exists():
        return note("configuration", f"There is no {file} here.", "`jianbao init` writes one."), Configuration()
    try:
        configuration = read_schedule(file)
    except ConfigurationError as error:
        return wrong(
            "configuration", f"{error}.", "Set the line right: docs/configuration.md has every key."
        ), Configuration()
    sites = len(configuration.sites)
    return ok("configuration", f"{file}: {sites} {'site' if sites == 1 else 'sites'}."), configuration


def _check_notify(settings: NotifySettings) -> Result:
    ways = [name for name in ("webhook", "mail_to", "command") if getattr(settings, name)]
    if not ways:
        advice = "Set webhook, mail_to or command under [notify] in jianbao.toml."
        return note("told", "Nobody is told when something is not as usual.", advice)
    try:
        for secret in filter(None, (settings.webhook, settings.webhook_secret, settings.smtp_password)):
            read_secret(secret)
    except NotSent as error:
        return wrong("told", f"{error}.", "Put it where jianbao.toml says, for the user that runs the schedule.")
    return ok("told", f"By {', '.join(ways)}; `jianbao notify --test` tries it.")


def _show(console: Console, one: Result) -> None:
    sign, style = _SIGNS[one.state]
    console.print(
        Text(f"{sign} {on_one_line(one.name)}: ", style=style) + Text(on_one_line(one.sentence), style="default")
    )
    if one.advice:
        console.print(Text(f"    {one.advice}"))

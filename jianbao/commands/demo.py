"""`jianbao demo`: the whole of it at once, on a sample site that comes along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from archive import ArchiveError, ArchiveMissing, read_archive, start_urls
from crawler.plan import Plan
from jianbao import serving
from jianbao.commands.crawl import carry_out
from jianbao.demo.server import HOST
from jianbao.demo.site import DemoSite

DEMO_DATA = Path("demo-data")
"""Where the demo keeps its archive, so that sample articles never come to stand among the user's own."""

SITE_PORTS = (8811, 8812)
"""Where the sample sites are, if nobody else is there. An article's URL holds the port: a second demo on the same
archive uses those of the first, as otherwise every article would be a new one."""

DEFAULT_PORT = 8001
"""Where the archive is browsed, if nobody else is there: Datasette's own default."""

AT_ONCE = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_START_DELAY": 0}
"""Scrapy settings for a site that is on this machine and nobody else's."""


class DemoFailed(click.ClickException):
    """The demo cannot run; the message says why in one line."""


def demo_data(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
    """Where the user wants it, by option or JIANBAO_DATA, else apart from everything else."""
    told = ctx.parent and ctx.parent.get_parameter_source("data") is not ParameterSource.DEFAULT
    return value or (ctx.ensure_object(Path) if told else DEMO_DATA)


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the crawl.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port to browse the archive at (default: {DEFAULT_PORT}, or any free one where that is taken).",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    callback=demo_data,
    help=f"Folder for the demo's archive (default: JIANBAO_DATA, else {DEMO_DATA}/).",
)
def demo(no_serve: bool, port: int | None, data: Path) -> None:
    """Crawl a sample site that comes along, and browse the result. Ctrl-C stops it.

    Nothing leaves this machine. A second run asks the sample site again, and finds nothing changed.

    Example: jianbao demo --no-serve
    """
    with sample_site(data) as site:
        carry_out(Plan(starts=tuple(site.start_urls), data=data, depth=3), settings=AT_ONCE)
        if not no_serve:
            click.echo(f"The sample sites are at {site.url}/ and {site.twin_url}/")
            browse(data, port)


@contextmanager
def sample_site(data: Path) -> Iterator[DemoSite]:
    """The sample sites, at the ports that the archive in `data` knows them by. Raises DemoFailed."""
    starts = known_starts(data)
    ports = [urlsplit(url).port or 0 for url in starts] or SITE_PORTS
    foreign = DemoFailed(f"{data} holds an archive of other sites: give the demo a --data of its own")
    if len(ports) != len(SITE_PORTS) or any(urlsplit(url).hostname != HOST for url in starts):
        raise foreign
    main, twin = ports
    with ExitStack() as stack:
        try:
            site = stack.enter_context(DemoSite(main, twin))
        except OSError as error:
            if starts:
                raise DemoFailed(f"port {main} or {twin}, where the articles in {data} come from, is in use") from error
            site = stack.enter_context(DemoSite())
        if starts and starts != site.start_urls:
            raise foreign
        yield site


def known_starts(data: Path) -> list[str]:
    """The starts that the archive in `data` was made from; none where there is no archive yet."""
    try:
        archive = read_archive(data)
    except ArchiveMissing:
        return []
    except ArchiveError as error:
        raise DemoFailed(str(error)) from error
    try:
        return start_urls(archive)
    finally:
        archive.close()


def browse(data: Path, port: int | None) -> None:
    """Serve the archive until Ctrl-C."""

    def announce(url: str) -> None:
        click.echo(f"Open {url} (Ctrl-C stops)")

    try:
        serving.serve(data, HOST, DEFAULT_PORT if port is None else port, announce=announce)
    except serving.CannotServe:
        if port is not None:
            raise
        serving.serve(data, HOST, 0, announce=announce)

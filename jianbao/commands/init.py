"""`jianbao init`: the first minutes with a site of one's own."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import click

from archive.files import replacing
from crawler.configuration import ConfigurationError, read_configuration
from crawler.named_sites import NamedSites
from crawler.sites import site_of
from jianbao.commands.check import fetch_page, reason_of, show_article
from jianbao.commands.crawl import web_address
from jianbao.configured import config_file_option
from pipelines import Article, Listing, NotAnArticle, read_start

SHOWN = 10
"""Addresses of a listing that are shown: enough to see whether they are the right ones."""

NEXT = """
{done} {file}. Next:

  jianbao crawl     archive what you have just seen
  jianbao serve     browse it
  jianbao schedule  crawl it again when it is due: set `every` in {file}"""


@click.command()
@click.option("--url", prompt="Address of an article, a listing or a feed", help="What to archive.")
@config_file_option
@click.option("--force", is_flag=True, help="Write the file anew, where there is one already.")
def init(url: str, config: Path, force: bool) -> None:
    """Look at one address, show what would be archived of it, and write a jianbao.toml for its site.

    The address may be that of an article, a listing, an RSS or Atom feed or a sitemap. Nothing is archived yet. Where
    there is a file already, the site is added to it.

    Example: jianbao init --url https://news.example.com/list/
    """
    address = web_address(url)
    known = _read_known(config, address) if config.exists() and not force else None
    content = _read(address)
    if isinstance(content, Listing):
        _show_listing(content)
    else:
        show_article(content)
    _write(config, example(address) if known is None else f"{known.rstrip()}\n\n{another(address)}")
    click.echo(NEXT.format(done="Wrote" if known is None else "Added it to", file=config))


def _read_known(file: Path, url: str) -> str:
    """The text of a configuration that a site is to be added to. Refuses one that has it already, or cannot be read."""
    try:
        sites = read_configuration(file).sites
    except ConfigurationError as error:
        raise click.ClickException(f"{error}; with --force it is written anew") from error
    name = NamedSites((), sites).name_of(url)
    if name or site_of(url) in (site.name for site in sites):
        what = f"is on the site {name or site_of(url)!r} of {file} already"
        raise click.ClickException(f"{url} {what}: add it to `start` there, or write the file anew with --force")
    return file.read_text("utf-8-sig")


def _write(file: Path, text: str) -> None:
    """Write a configuration that can be read, or leave what is there as it is."""
    try:
        with replacing(file) as part:
            part.touch()
            if file.exists():
                shutil.copymode(file, part)
            part.write_text(text, "utf-8")
            read_configuration(part)
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error
    except ConfigurationError as error:
        why = str(error).replace(str(part), str(file))
        raise click.ClickException(f"cannot add the site: {why}; nothing is changed, add it by hand") from error


def example(url: str) -> str:
    """A configuration for the site of a URL, every other key in it as a comment."""
    template = files("jianbao").joinpath("example.toml").read_text("utf-8")
    name, start = _named(url)
    return template.replace("name = NAME", f"name = {name}").replace("start = [START]", f"start = [{start}]")


def another(url: str) -> str:
    """The table of one more site, that of a URL."""
    name, start = _named(url)
    return f"[[site]]\nname = {name}\nstart = [{start}]\n"


def _named(url: str) -> tuple[str, str]:
    """Name and start, as they stand in the file."""
    return json.dumps(site_of(url), ensure_ascii=False), json.dumps(url, ensure_ascii=False)


def _read(url: str) -> Article | Listing:
    try:
        return read_start(*fetch_page(url), fetched_at=datetime.now(UTC))
    except (NotAnArticle, OSError, ValueError) as error:
        raise click.ClickException(f"{url}: {reason_of(error)}") from error


def _show_listing(listing: Listing) -> None:
    """What a listing names, and the first article that it names as it would be archived."""
    named = listing.articles or listing.more
    what = "articles" if listing.articles else "sitemaps"
    click.echo(f"A {listing.kind} that names {len(named):,} {what}:\n")
    for number, url in enumerate(named[:SHOWN], 1):
        click.echo(f"{number}. {url}")
    if len(named) > SHOWN:
        click.echo("…")
    if not listing.articles:
        return
    click.echo("\nThe first of them:\n")
    try:
        article = _read(listing.articles[0])
    except click.ClickException as error:
        click.echo(error.message)  # the others may be better: no reason to write no configuration
        return
    if isinstance(article, Article):
        show_article(article)
    else:
        click.echo(f"{listing.articles[0]}: names articles itself")

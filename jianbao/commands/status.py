"""`jianbao status`: what the archive holds, how the last crawl went, and what is not as usual."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import Crawl, Overview, SiteOverview, overview
from archive.health import OpenFinding, open_findings
from jianbao.options import data_option
from jianbao.reading import on_one_line, reading


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@data_option
def status(as_json: bool, data: Path) -> None:
    """Show what the archive holds, how the last crawl went, and what is not as usual.

    The exit status is 1 when something is not.

    Example: jianbao status --json
    """
    with reading(data) as db:
        holdings = overview(db)
        findings = open_findings(db)
    if as_json:
        facts = dataclasses.asdict(holdings) | {"findings": [dataclasses.asdict(one) for one in findings]}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _show(holdings, findings)
    if findings:
        raise click.exceptions.Exit(1)


def _show(holdings: Overview, findings: Sequence[OpenFinding]) -> None:
    console = Console()
    console.print(_facts("archive", archive_facts(holdings)))
    if holdings.sites:
        console.print(_sites(holdings.sites))
    if holdings.last_crawl:
        console.print(_facts("last crawl", crawl_facts(holdings.last_crawl)))
    else:
        console.print("no crawl yet")
    for one in findings:
        _print_finding(console, one)


def _print_finding(console: Console, one: OpenFinding) -> None:
    finding = one.finding
    console.print(Text(f"\n{on_one_line(finding.site)}: {finding.sentence}", style="bold red"))
    console.print(Text(f"since {one.opened}. {finding.advice}"))
    for url in one.samples:
        console.print(Text(f"  {on_one_line(url)}"))


def archive_facts(holdings: Overview) -> list[tuple[str, str]]:
    """Name and value of each line of the first table."""
    return [
        ("articles", _with(holdings.articles, gone=holdings.gone)),
        ("versions", f"{holdings.versions:,}"),
        ("related links", _with(holdings.links, archived=holdings.links_archived)),
        ("removals", _with(sum(holdings.removals.values()), **holdings.removals)),
        ("pages", _with(sum(holdings.pages.values()), **holdings.pages)),
    ]


def crawl_facts(crawl: Crawl) -> list[tuple[str, str]]:
    """Name and value of each line of the last table."""
    counts = {
        "new": crawl.new,
        "changed": crawl.changed,
        "unchanged": crawl.unchanged,
        "listings": crawl.listings,
        "part of another": crawl.joined,
        "no article": crawl.no_article,
        "failed": crawl.failed,
        "refused": crawl.refused,
        "gone": crawl.gone,
    }
    return [
        ("started", crawl.started),
        ("finished", crawl.finished or "–"),
        ("outcome", crawl.outcome or "running, or killed"),
        ("pages", _with(sum(counts.values()), **counts)),
    ]


def _with(total: int, **parts: int) -> str:
    """`24 (3 contact, 21 share)`: the total, and those of its parts that are not zero."""
    named = ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)
    return f"{total:,} ({named})" if named else f"{total:,}"


def _facts(title: str, facts: list[tuple[str, str]]) -> Table:
    table = Table(title=title, show_header=False, title_justify="left", box=None)
    table.add_column(style="bold")
    table.add_column()
    for name, value in facts:
        table.add_row(name, Text(value))
    return table


def _sites(sites: tuple[SiteOverview, ...]) -> Table:
    table = Table(title="sites", title_justify="left", box=None)
    table.add_column("site")
    table.add_column("articles", justify="right")
    table.add_column("published")
    table.add_column("last seen")
    for site in sites:
        span = f"{site.first_published} – {site.last_published}" if site.first_published else "–"
        table.add_row(Text(on_one_line(site.site)), f"{site.articles:,}", span, site.last_seen)
    return table

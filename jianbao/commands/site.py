"""`jianbao site`: what was learned of a site, and how its pages are read by it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from sqlite_utils import Database

from archive.contacts import key_of
from archive.evidence import DamagedEvidence
from archive.learned import SiteRecord, all_records, count_readings, find_record, forget_record, pin_record
from archive.rereading import load_page, stored_pages_where
from archive.urls import url_key
from jianbao.options import data_option
from jianbao.reading import on_one_line, reading
from jianbao.writing import writing
from pipelines.learning import Learned
from pipelines.learning.examples import Examples, find_examples, show_path
from pipelines.learning.record import Template, Window

SHOWN_CHARS = 70
"""Characters of an example."""


@click.command()
@click.argument("name")
@click.option("--forget", is_flag=True, help="Throw away what was learned; the next crawl learns it anew.")
@click.option("--pin/--unpin", "pin", default=None, help="Have it stay as it is, whatever the pages look like; or not.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@data_option
def site(name: str, forget: bool, pin: bool | None, as_json: bool, data: Path) -> None:
    """Show what was learned of a site: where its templates have headline, text and the rest, and which lines are on
    all of their pages, with examples in which contact details are masked.

    NAME is that of a configured site, else the host name.

    Example: jianbao site news.example.com
    """
    if forget and (pin is not None or as_json):
        raise click.UsageError("--forget goes with no other option")
    if forget:
        _change(data, name, forget_record)
        click.echo(f"forgotten: what was learned of {name}")
        return
    if pin is not None:
        _change(data, name, lambda db, site: pin_record(db, site, pinned=pin))
    with reading(data) as db:
        record = find_record(db, name)
        if record is None:
            raise _nothing_learned(db, name)
        learned = Learned.from_archive(record.record)
        examples = [find_examples(one, _sample_pages(db, data, one), key_of(data)) for one in learned.templates]
        counts = count_readings(db, name)
    if as_json:
        click.echo(json.dumps(_as_facts(record, learned, examples, counts), ensure_ascii=False, indent=2))
    else:
        _show(record, learned, examples, counts)


def _change(data: Path, name: str, change: Callable[[Database, str], bool]) -> None:
    with writing(data, "site") as db:
        if not change(db, name):
            raise _nothing_learned(db, name)


def _nothing_learned(db: Database, name: str) -> click.ClickException:
    known = ", ".join(record.site for record in all_records(db))
    hint = f"; something was of {known}" if known else ": a crawl learns a site from its first eight articles or more"
    return click.ClickException(f"nothing was learned of {on_one_line(name)}{hint}")


def _sample_pages(db: Database, data: Path, template: Template) -> Iterator[bytes]:
    for url in template.pages:
        for stored in stored_pages_where(db, "pages.url_key = :key", {"key": url_key(url)}):
            try:
                yield load_page(data, stored).body
            except DamagedEvidence:
                continue


_Counts = list[tuple[int | None, str | None, bool | None, int]]


def _as_facts(record: SiteRecord, learned: Learned, examples: list[Examples], counts: _Counts) -> dict[str, Any]:
    templates = []
    for template, found in zip(learned.templates, examples, strict=True):
        facts = dataclasses.asdict(template)
        for number, row in enumerate(facts["rows"]):
            row["example"] = found.rows.get(number)
        for repeat in facts["repeats"]:
            repeat["example"] = found.lines.get(repeat["text"])
        templates.append(facts)
    return {
        "site": record.site,
        "learned_at": record.learned_at,
        "pinned": record.pinned,
        "digest": record.digest,
        "templates": templates,
        "readings": [
            {"template": template, "reason": reason, "agrees": agrees, "pages": pages}
            for template, reason, agrees, pages in counts
        ],
    }


def _show(record: SiteRecord, learned: Learned, examples: list[Examples], counts: _Counts) -> None:
    console = Console(highlight=False, soft_wrap=True)
    pinned = ", pinned" if record.pinned else ""
    console.print(Text(f"{on_one_line(record.site)}: learned {record.learned_at}{pinned}", style="bold"))
    for number, (template, found) in enumerate(zip(learned.templates, examples, strict=True), start=1):
        for line in _template_lines(number, template, found, counts):
            console.print(Text(on_one_line(line)))
    step_by_step = sum(pages for template, _, _, pages in counts if template is None)
    reasons = ", ".join(f"{pages:,} {reason}" for template, reason, _, pages in counts if template is None)
    console.print(Text(f"\nread step by step: {step_by_step:,}{f' ({reasons})' if reasons else ''}"))


def _template_lines(number: int, template: Template, found: Examples, counts: _Counts) -> Iterator[str]:
    mine = [(agrees, pages) for known, _, agrees, pages in counts if known == number]
    read = sum(pages for _, pages in mine)
    compared = sum(pages for agrees, pages in mine if agrees is not None)
    differ = sum(pages for agrees, pages in mine if agrees is False)
    yield ""
    since = f" fetched since {template.since}" if template.since else ""
    yield f"template {number}, from {len(template.pages)} pages{since}"
    if template.reads:
        yield f"  pages read   {read:,}; {compared:,} of them step by step as well, {differ:,} otherwise"
    else:
        yield "  no page is read by it, as that would not be exact; its repeated lines are taken out"
    yield f"  text         {show_path(template.container.path)}"
    if template.steps:
        yield "  all else     is read step by step"
    if template.window:
        yield f"  parsed       {_bounds(template.window)}"
    for place, row in enumerate(template.rows):
        which = f" [{row.index + 1}]" if row.index else ""
        yield f"  {_fields(row.patterns):12} {show_path(row.path)}{which}: {_cut(found.rows.get(place, ''))}"
    if template.related:
        yield f"  related      {show_path(template.related.path)}"
    for repeat in template.repeats:
        example = _cut(found.lines.get(repeat.text, "(on no page at hand)"))
        yield f"  repeats      {repeat.pages} pages, {repeat.place}, {repeat.kind}, {repeat.rule}: {example}"
    for url in template.pages:
        yield f"  learned from {url}"


def _bounds(window: Window) -> str:
    """What of a page is parsed, beside its head."""
    return f"from {window.starts or '<body'} to {window.ends or 'the end'}"


def _fields(patterns: tuple[str, ...]) -> str:
    names = ("title", "published_raw", "category", "source", "reporter", "posted_by", "views", "who")
    found = [name for name in names if any(f"?P<{name}>" in pattern for pattern in patterns)]
    return ", ".join(name.removesuffix("_raw") for name in found)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"

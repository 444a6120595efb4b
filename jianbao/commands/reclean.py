"""`jianbao reclean`: read the stored pages again by today's rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from archive.rereading import Difference
from crawler.configuration import Configuration
from jianbao.configured import config_option
from jianbao.options import data_option
from jianbao.reading import on_one_line
from jianbao.writing import writing
from pipelines.processes import ReadersLost
from pipelines.reclean import Recleaner, Report

SHOWN_CHARS = 60
"""Characters of an example, so that old and new stand below each other in a terminal."""

_ROWS = {
    "unchanged": "unchanged",
    "changed": "changed",
    "new": "articles that were none",
    "not-an-article": "no article, as before",
    "no-longer": "no article any longer",
    "damaged": "damaged",
    "failed": "not readable",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@config_option
@data_option
def reclean(dry_run: bool, configuration: Configuration, data: Path) -> None:
    """Read every stored page again by today's rules, without asking any site.

    Articles, links and what was taken out become what they are read as now; another title or text is a new
    version, its cause `reclean`. A page that holds no article any longer is reported, and its article stays.
    A run that was stopped goes on when the command is given again.

    Example: jianbao reclean --dry-run
    """
    with writing(data, "reclean") as db:
        recleaner = Recleaner(db, data, dry_run=dry_run, selectors=configuration.selectors)
        try:
            with _progress(recleaner.report):
                asyncio.run(recleaner.read_all())
        except KeyboardInterrupt:
            again = "nothing was changed" if dry_run else "the same command goes on from here"
            raise click.ClickException(f"stopped; {again}") from None
        except ReadersLost as error:
            raise click.ClickException(str(error)) from error
    report = recleaner.report
    _show(report)
    unread = report.counts["damaged"] + report.counts["failed"]
    if unread:
        raise click.ClickException(f"{unread:,} stored {'page' if unread == 1 else 'pages'} could not be read")


class _RecleanProgress(Progress):
    """Asks the report at every refresh, so that the run need not know that anyone is looking."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report = report  # first, as the constructor renders already
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[changed]} changed"))
        times = (TimeElapsedColumn(), TimeRemainingColumn())
        super().__init__(TextColumn("reading"), *columns, *times, console=console, transient=True, refresh_per_second=4)
        self.add_task("reclean", total=report.total, changed=0)

    def get_renderables(self) -> Iterable[RenderableType]:
        for bar in self.task_ids:
            self.update(bar, completed=self._report.done, changed=self._report.counts["changed"])
        yield from super().get_renderables()


def _progress(report: Report) -> AbstractContextManager[object]:
    console = Console(stderr=True)
    return _RecleanProgress(report, console) if console.is_terminal else nullcontext()


def _show(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_row("stored pages", f"{report.done:,}")
    for name, title in _ROWS.items():
        if report.counts[name] or name in ("unchanged", "changed"):
            table.add_row(title, f"{report.counts[name]:,}")
    console.print(table)
    for name, count in sorted(report.counts.items()):
        if name.startswith("field: "):
            field = name.removeprefix("field: ")
            console.print(f"\n{field}: differs in {count:,}", style="bold")
            for url, difference in report.examples[field]:
                before, after = _around_the_difference(difference)
                console.print(Text(f"  {on_one_line(url)}\n  - {before}\n  + {after}"))
    for note in report.notes:
        console.print(Text(on_one_line(note)))


def _around_the_difference(difference: Difference) -> tuple[str, str]:
    """Both values, from shortly before the place where they part."""
    before, after = _as_text(difference.before), _as_text(difference.after)
    same = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    start = max(0, same - SHOWN_CHARS // 3)
    return _cut(before, start), _cut(after, start)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        value = " · ".join(" ".join(str(cell) for cell in row if cell is not None) for row in value)
    return "–" if value is None else on_one_line(str(value))


def _cut(text: str, start: int) -> str:
    piece = text[start : start + SHOWN_CHARS]
    return f"{'…' if start else ''}{piece}{'…' if start + SHOWN_CHARS < len(text) else ''}" or "–"

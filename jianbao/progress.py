"""How a crawl shows itself: a bar while it runs on a terminal, a table when it has ended."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from crawler.tally import Tally


class _CrawlProgress(Progress):
    """Asks the crawl at every refresh, so that the crawl need not know that anyone is looking."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self._tally = tally  # first, as the constructor renders already
        super().__init__(
            TextColumn("crawling"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[archived]} archived"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            refresh_per_second=4,
        )
        self.add_task("crawl", total=None, archived=0)

    def get_renderables(self) -> Iterable[RenderableType]:
        tally = self._tally
        for bar in self.task_ids:
            ended = sum(tally.counts.values())
            self.update(bar, completed=ended, total=tally.taken or None, archived=tally.in_archive)
        yield from super().get_renderables()


def show_progress(tally: Tally, *, quiet: bool = False) -> AbstractContextManager[object]:
    """A progress bar on stderr while the crawl runs; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return nullcontext()
    return _CrawlProgress(tally, console)


def summary_table(tally: Tally) -> Table:
    """What became of the pages. The rows below the first add up to it."""
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, pages in summary_rows(tally):
        table.add_row(name, str(pages))
    return table


def summary_rows(tally: Tally) -> list[tuple[str, int]]:
    """Names and page counts, `found` first."""
    counts = tally.counts
    rows = [
        ("archived", counts["new"]),
        ("changed", counts["changed"]),
        ("unchanged", counts["unchanged"]),
        ("listings", counts["listing"]),
        ("part of another", counts["joined"]),
        ("no article", counts["fetched"]),
        ("gone", counts["gone"]),
        ("refused", counts["refused"]),
        ("failed", counts["failed"]),
    ]
    rows.append(("left for next run", tally.left))
    return [("found", sum(pages for _, pages in rows)), *rows]

"""How long work with steps shows itself: a bar while it runs on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from archive.watching import Watch, unwatched


@contextmanager
def show_steps(title: str, total: int | None = None) -> Iterator[Watch]:
    """A bar on stderr for work whose steps go through the function that the block is given.

    `total` is how many there are; None is their length, or unknown where they have none.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield unwatched
        return
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # What is printed meanwhile goes above the bar, but not where stdout is a file.
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        yield lambda steps: progress.track(steps, total=total)

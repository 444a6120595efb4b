"""`jianbao history`: every text an article has had, and what changed between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import History, Line, Version, count_changes, diff_texts, read_history
from jianbao.options import data_option
from jianbao.reading import on_one_line, reading

_STYLES = {"same": "", "removed": "red strike", "added": "green", "changed": ""}
_SIGNS = {"same": " ", "removed": "-", "added": "+", "changed": "~"}


@click.command()
@click.argument("url")
@click.option("--diff", type=int, nargs=2, metavar="A B", help="Show what changed from version A to version B.")
@click.option("--version", "number", type=int, metavar="N", help="Print the text of version N.")
@data_option
def history(url: str, diff: tuple[int, int] | None, number: int | None, data: Path) -> None:
    """Show every text an article has had: when it was seen, why it changed, and by how many characters.

    A text that comes back is the version it was before. In a diff, a line that is only in A begins with -,
    one only in B with +, and an edited one with ~, what was taken out of it in [-…-], what was put in in
    {+…+}.

    Example: jianbao history https://news.example.com/a/1.html --diff 1 2
    """
    with reading(data) as db:
        found = read_history(db, url)
    if found is None:
        raise click.ClickException(f"no such article: {url}")
    console = Console(highlight=False, soft_wrap=True)
    if number is not None:
        version = _version(found, number)
        click.echo(f"{on_one_line(version.title)}\n\n{_printable(version.body)}")
    elif diff:
        for line in _compare(*(_version(found, at) for at in diff)):
            console.print(_as_text(line))
    else:
        console.print(_table(found))


def _version(found: History, number: int) -> Version:
    if number not in found.versions:
        known = ", ".join(map(str, sorted(found.versions)))
        raise click.BadParameter(f"no version {number}: there is {known}")
    return found.versions[number]


def _compare(before: Version, after: Version) -> Iterator[Line]:
    return chain(diff_texts(before.title, after.title), diff_texts(before.body, after.body))


def _table(found: History) -> Table:
    table = Table(title=Text(on_one_line(found.url)), title_justify="left", box=None)
    for name in ("version", "added", "removed"):
        table.add_column(name, justify="right")
    for name in ("seen", "cause", "title"):
        table.add_column(name, overflow="fold")
    before: Version | None = None
    for moment in found.moments:
        version = found.versions[moment.version]
        empty = Version(number=0, title="", body="")
        added, removed = count_changes(tuple(_compare(before or empty, version)))
        title = version.title if before is None or before.title != version.title else ""
        table.add_row(
            str(moment.version),
            f"{added:,}",
            f"{removed:,}",
            moment.seen_at,
            moment.cause,
            Text(on_one_line(title)),
        )
        before = version
    table.caption = Text(f"version {found.version} when last seen, {found.last_seen}")
    table.caption_justify = "left"
    return table


def _as_text(line: Line) -> Text:
    """The line with its sign; its pieces in colour, and in brackets too, as colours are lost in a pipe."""
    text = Text(f"{_SIGNS[line.kind]} ")
    for piece in line.pieces:
        shown = _printable(piece.text)
        if line.kind == "changed" and piece.kind != "same":
            shown = f"[-{shown}-]" if piece.kind == "removed" else f"{{+{shown}+}}"
        text.append(shown, _STYLES[piece.kind])
    return text


def _printable(text: str) -> str:
    return "\n".join(map(on_one_line, text.split("\n")))

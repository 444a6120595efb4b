"""`jianbao search`: find articles from the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from archive import Hit, find_matches
from archive import search as search_archive
from jianbao.options import data_option
from jianbao.reading import on_one_line, reading

SHOWN = 20


# `-word` leaves a word out, so what click does not know is a word; and no option has a short form, or
# `-news` would be taken for `-n ews`.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True, help="Show so many at most.")
@data_option
def search(words: tuple[str, ...], limit: int, data: Path) -> None:
    """Find articles by words of their title or body, best first.

    One character is enough. Several words must all be there, "words in quotes" side by side (quote them for
    the shell too), -word must not be there. Small and capital letters, full and half width are alike.
    Ends with status 1 when nothing matches.

    Example: jianbao search 洛阳 '"产业 园区"' -招聘
    """
    query = " ".join(words)
    with reading(data) as db:
        hits = search_archive(db, query, limit=limit)
    if not hits:
        raise click.ClickException(f"nothing matches {query}")
    for hit in hits:
        show(hit, query)


def show(hit: Hit, query: str) -> None:
    """Print one article: title, date and source, the place that matched, address."""
    facts = " · ".join(on_one_line(fact) for fact in (hit.published, hit.source) if fact)
    click.echo(f"{mark(hit.title, query)}{f'  {facts}' if facts else ''}")
    click.echo(f"  {mark(hit.snippet, query)}")
    click.echo(f"  {on_one_line(hit.url)}")
    click.echo()


def mark(text: str, query: str) -> str:
    """The text with what was searched for in bold."""
    text = on_one_line(text)
    marked = ""
    done = 0
    for start, end in find_matches(text, query):
        marked += text[done:start] + click.style(text[start:end], fg="red", bold=True)
        done = end
    return marked + text[done:]

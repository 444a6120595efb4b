"""`jianbao check`: try the reader on a page of one's own."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from archive import canonical_url
from jianbao.account import FIELDS, list_entries, to_html, to_json
from pipelines import Article, NotAnArticle, read_article

MAX_BYTES = 10_000_000
"""Bytes of a page that are fetched; the crawler's own bound."""
TIMEOUT = 30
"""Seconds to wait for a server."""


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--json", "as_json", is_flag=True, help="Print each article as one line of JSON.")
@click.option(
    "--html",
    "html_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with what was taken out struck through, the rule beside it.",
)
def check(pages: tuple[str, ...], as_json: bool, html_file: Path | None) -> None:
    """Show what is read from a page: what is kept and, line by line, what is taken out by which rule.

    Nothing is archived, and nothing is used of what crawls have learned of a site: the archive may leave out more lines
    and name other related articles. A saved file needs its charset only if the page states none.
    Ends with status 1 when a page holds no article.

    Example: jianbao check saved-page.html --html account.html
    """
    articles, failures = [], []
    for page in pages:
        try:
            articles.append(_read(page))
        except (NotAnArticle, OSError, ValueError) as error:
            failures.append(f"{page}: {reason_of(error)}")
    for article in articles:
        click.echo(to_json(article)) if as_json else show_article(article)
    if html_file is not None:
        _write(html_file, articles)
    if failures:
        raise click.ClickException("\n".join(failures))


def _read(page: str) -> Article:
    if page.startswith(("http://", "https://")):
        return read_article(*fetch_page(page), fetched_at=datetime.now(UTC))
    path = Path(page)
    return read_article(path.read_bytes(), path.resolve().as_uri(), fetched_at=datetime.now(UTC))


def fetch_page(url: str) -> tuple[bytes, str]:
    """The body at a URL, asked for in the form that a crawl uses, and where it stands after all redirects.

    Raises OSError, or ValueError where it is too large or the answer is no HTTP.
    """
    request = urllib.request.Request(canonical_url(url), headers={"User-Agent": "jianbao-check"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            body: bytes = response.read(MAX_BYTES + 1)
    except HTTPException as error:
        raise ValueError(f"cannot be fetched: {type(error).__name__}") from error
    if len(body) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES:,} bytes")
    return body, response.url


def reason_of(error: Exception) -> str:
    """What went wrong with a page, for the end of a sentence that begins with its address."""
    if isinstance(error, NotAnArticle):
        return f"holds no article: {error.reason}"
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code}"
    if isinstance(error, urllib.error.URLError):
        return f"cannot be fetched: {getattr(error.reason, 'strerror', None) or error.reason}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


def _write(file: Path, articles: list[Article]) -> None:
    try:
        file.write_text(to_html(articles), "utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error


def show_article(article: Article) -> None:
    """Fields, then the text with what was taken out struck through, then the related articles."""
    console = Console(highlight=False, soft_wrap=True)
    for name in FIELDS:
        console.print(Text(f"{name:14}", style="dim") + Text(str(getattr(article, name) or "–")))
    console.print()
    for entry in list_entries(article):
        if entry.removal is None:
            console.print(Text(entry.text))
        else:
            rule = Text(f"  ← {entry.removal.rule} ({entry.removal.kind})", style="dim")
            console.print(Text(f"- {entry.text}", style="red strike") + rule)
    console.print()
    for link in article.related:
        console.print(Text(f"{link.position}. {link.title}"), Text(link.url, style="dim"))

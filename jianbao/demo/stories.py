"""What the sample sites print, before any theme is put around it.

A story is a TOML file; its `body` has one block per line, told apart by how the line begins:
`# ` heading, `> ` quote, `- ` list item, `| ` table row, `![caption](picture)` picture, `!!` an advert,
`@@` an editor line, anything else a paragraph. `⟦…⟧` at the end of a paragraph is an advert glued to it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

ARTICLES = Path(__file__).parent / "articles"

BlockKind = Literal["paragraph", "heading", "quote", "list", "table", "picture", "advert", "editor"]
Markup = Literal["p", "span", "div", "br", "nbsp"]

GLUED_ADVERT = re.compile(r"⟦(?P<advert>.+)⟧$")
PICTURE = re.compile(r"!\[(?P<caption>.+)\]\((?P<picture>\w+)\)")
KIND_BY_PREFIX: dict[str, BlockKind] = {
    "# ": "heading",
    "> ": "quote",
    "- ": "list",
    "| ": "table",
    "![": "picture",
    "!!": "advert",
    "@@": "editor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of an article's text: a paragraph, a whole list, a whole table, a picture…"""

    kind: BlockKind
    lines: tuple[str, ...] = ()
    """What a clean reading keeps, one body line each; a table row has its cells joined with ` | `."""
    removed: str = ""
    """What a clean reading takes out: an advert or an editor line; empty when there is none."""
    picture: str = ""
    """Name of the picture in `static/`, for kind `picture`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as its author wrote it, with what each site prints about it."""

    title: str
    category: str
    published: date
    blocks: tuple[Block, ...]
    views: int
    """Where the view counter starts."""
    path: str | None = None
    """A path of its own; None for the site's usual pattern."""
    posted_by: str | None = None
    """The byline account; None for the theme's default."""
    source: str | None = None
    reporter: str | None = None
    """One name or several, separated by a space."""
    source_in_byline: bool = False
    """Whether the main theme prints 来源 in its byline (the twin always does)."""
    author_in_byline: bool = False
    """Whether the main theme prints 作者 there too."""
    tags: tuple[str, ...] = ()
    picture: str = "factory"
    """Name of the thumbnail in `static/`."""
    doubled: bool = True
    """Whether the main theme prints the first paragraph twice."""
    markup: Markup = "p"
    """How paragraphs are written in HTML."""
    comments: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The first paragraph."""
        return self.blocks[0].lines[0]


def load_stories(site: str) -> list[Story]:
    """The stories of one site that were written one by one, in the order of their file names."""
    return [load_story(file) for file in sorted((ARTICLES / site).glob("*.toml"))]


def load_story(file: Path) -> Story:
    """One story from its TOML file, whose keys are the fields of `Story`, with `body` for `blocks`."""
    table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    blocks = tuple(parse_body(table.pop("body")))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Story(blocks=blocks, **values)


def parse_body(body: str) -> Iterator[Block]:
    """The blocks of a body in the notation of this module; neighbouring list items or rows are one block."""
    for kind, group in groupby(body.strip().splitlines(), key=kind_of):
        lines = list(group)
        if kind in ("list", "table"):
            yield Block(kind=kind, lines=tuple(line.strip("-| ") for line in lines))
        else:
            yield from (parse_line(kind, line) for line in lines)


def kind_of(line: str) -> BlockKind:
    """The kind of block that a line of the notation belongs to."""
    return KIND_BY_PREFIX.get(line[:2], "paragraph")


def parse_line(kind: BlockKind, line: str) -> Block:
    """A block that is a single line of the notation."""
    if kind == "paragraph":
        return parse_paragraph(line)
    if kind == "picture" and (match := PICTURE.match(line)):
        return Block(kind=kind, lines=(match["caption"],), picture=match["picture"])
    text = line[2:].strip()
    if kind in ("advert", "editor"):
        return Block(kind=kind, removed=text)
    return Block(kind=kind, lines=(text,))


def parse_paragraph(line: str) -> Block:
    """A paragraph, with the advert glued to its end taken apart."""
    match = GLUED_ADVERT.search(line)
    advert = match["advert"] if match else ""
    return Block(kind="paragraph", lines=(GLUED_ADVERT.sub("", line),), removed=advert)

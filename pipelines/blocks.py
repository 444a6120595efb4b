"""Tree to blocks: the page as a reader sees it, line by line, each line knowing where it stands."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from lxml import etree, html

from pipelines.errors import NotAnArticle
from pipelines.tables import Columns, Row, write_rows
from pipelines.text import CELL, key

BLOCK_TAGS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dir", "div"}
    | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody"}
    | {"td", "tfoot", "th", "thead", "tr", "ul"}
)
"""Elements that begin and end a line."""

SILENT_TAGS = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "audio", "video", "canvas"}
    | {"select", "button", "textarea", "input", "map", "applet", "math", "dialog", "head", "title", "img", "option"}
)
"""Elements whose content nobody reads as text."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}
MAX_LINES = 20_000
"""Lines a page may have. The longest real article met has 900."""
MIN_ROWS = 2
"""Rows of two cells or more that make a table one of data."""
MAX_CELLS = 5_000
"""Cells up to which a table is looked at."""
LONGEST_CELL = 200
"""Characters in a cell of data; layout tables put whole articles into one."""
LONGEST_ROW = 200
"""Characters up to which a line can be a byline row and gets its spaced form."""
SAMPLE, PIECES = 2_000, 100
"""Characters of preformatted text, and pieces of text between elements, by which verse is told from a program."""

_HAN = re.compile("[\u3400-\u9fff]")
_NO_WORDS = re.compile(
    r"(?:gutter(?: gl)?|rouge-gutter gl|lineno|linenos|linenodiv|line-number|line-numbers-wrapper|lnt"
    r"|(?:hljs-ln-line )?hljs-ln-numbers)$|material-(?:icons|symbols)"
)
"""Classes of line numbers beside a listing, and of icons that are drawn from a name: arrow_forward."""
_CREDIT = re.compile(
    r"(?:\s|(?=[（(【\[]))[（(【\[]?\s?(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s(?:\d{1,2}:\d{2}(?::\d{2})?\s)?)?"
    r"(?:(?:来\s?源|稿源|作\s?者|记者|通讯员|编\s?辑|发布(?:时间|日期|人))\s?[:：]\s?\S|文\s?[/／|｜丨]\s?[\u4e00-\u9fff·]{2,6}(?:\W|$))"
)
"""How a credit begins that stands behind the headline in the heading itself."""
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


@dataclass(slots=True, eq=False)
class Block:
    """One line of the page."""

    text: str
    """Its words, white space folded to single spaces."""
    node: html.HtmlElement
    """The block-level element that it stands directly in."""
    spaced: str
    """The same with a space at the edges of inline elements: byline rows part their fields by markup alone."""
    links: int
    """Characters of the text that are inside links."""
    index: int = 0
    """Place in the page's list of blocks."""
    heading: int = 0
    """1 to 6 inside h1 to h6, else 0."""


@dataclass(slots=True, eq=False)
class Blocks:
    """A page's lines and, for each element, which of them it holds."""

    lines: list[Block]
    spans: dict[html.HtmlElement, tuple[int, int]]
    """Element to the half-open range of its lines. Holding the elements also keeps lxml from renewing them."""


def fold(text: str) -> str:
    """White space of every kind, the ideographic and the zero-width too, as single spaces."""
    # A regular expression takes four times as long.
    return " ".join(text.replace("\u200b", " ").replace("\ufeff", " ").split())


class _Collector:
    """Gathers inline text until a block element begins or ends."""

    def __init__(self, root: html.HtmlElement) -> None:
        self.lines: list[Block] = []
        self.spans: dict[html.HtmlElement, tuple[int, int]] = {}
        self._parts: list[str] = []
        self._links = 0
        self._in_link = 0
        self._heading = 0
        self._verses = 0
        self._open = [root]
        self._tables = _data_tables(root)
        self._table: html.HtmlElement | None = None
        self._columns = Columns()
        self._cells: list[tuple[int, int]] = []
        """Column of each cell of the row, and the place of the mark before it among the parts."""
        self._rows: list[tuple[Block, Row]] = []

    def start(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if self._table is not None and tag != "tr":
            self._start_in_row(element)
        elif tag in BLOCK_TAGS:
            if self._parts:
                self._flush()
            self._open.append(element)
            self.spans[element] = (len(self.lines), len(self.lines))
            if tag in HEADINGS:
                self._heading = HEADINGS[tag]
            elif tag == "pre":
                self._verses += _is_verse(element)
            elif tag == "tr":
                self._columns.start_row()
        elif tag == "a":
            self._in_link += 1
        if tag == "table" and element in self._tables:
            self._table, self._columns = element, Columns()
        if text := element.text:
            self.add(text)

    def _start_in_row(self, element: html.HtmlElement) -> None:
        """Within a data table only rows are lines: a cell, or whatever is in one, parts words."""
        cell = element.tag in ("td", "th")
        if cell:
            self._cells.append((self._columns.place(element), len(self._parts)))
        self._parts.append(CELL if cell and element.getprevious() is not None else " ")

    def end(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if element is self._table:
            self._end_table()
        if self._table is not None and tag != "tr":
            self._parts.append(" ")
        elif tag in BLOCK_TAGS:
            if self._parts:
                self._flush()
            self._open.pop()
            self.spans[element] = (self.spans[element][0], len(self.lines))
            if tag in HEADINGS:
                self._heading = 0
            elif tag == "pre":
                self._verses -= _is_verse(element)
        elif tag == "a":
            self._in_link -= 1
        if text := element.tail:
            self.add(text)

    def add(self, text: str) -> None:
        """Take up a piece of text; in verse each of its lines is a line."""
        if not self._verses or self._table is not None:
            self._add_piece(text)
            return
        first, *others = text.split("\n")
        self._add_piece(first)
        for line in others:
            self._flush()
            self._add_piece(line)

    def _add_piece(self, text: str) -> None:
        self._parts.append(text)
        if self._in_link:
            self._links += len(text.strip())

    def _flush(self) -> None:
        """The words gathered are a line."""
        text = fold("".join(self._parts))
        if text and (self._table is None or key(text)):
            links = min(self._links, len(text))
            spaced = fold(" ".join(self._parts)) if len(self._parts) > 1 and len(text) <= LONGEST_ROW else text
            credit = _CREDIT.search(spaced, 1) if self._heading and not self._cells else None
            if credit:
                end = _same_place(text, spaced, credit.start())
                self._append(text[:end].rstrip(), spaced[: credit.start()], links, self._heading)
                text, spaced = text[end:].lstrip(), spaced[credit.start() :].lstrip()
            self._append(text, spaced, links, 0 if credit else self._heading)
            if self._cells:
                self._rows.append((self.lines[-1], self._columns.row(self._row_cells())))
        self._cells.clear()
        self._parts.clear()
        self._links = 0

    def _row_cells(self) -> dict[int, str]:
        """The words of each cell of the row, by its column. What stands before the first is taken for a part of it."""
        ends = [mark for _, mark in self._cells[1:]] + [len(self._parts)]
        cells = {
            column: fold("".join(self._parts[mark + 1 : end]))
            for (column, mark), end in zip(self._cells, ends, strict=True)
        }
        first, mark = self._cells[0]
        cells[first] = fold("".join([*self._parts[:mark], " ", cells[first]]))
        return cells

    def _end_table(self) -> None:
        """All rows of the table are there: which columns it has is known."""
        for (line, _), text in zip(self._rows, write_rows([row for _, row in self._rows]), strict=True):
            line.text, line.links = text, min(line.links, len(text))
        self._rows.clear()
        self._table = None

    def _append(self, text: str, spaced: str, links: int, heading: int) -> None:
        if len(self.lines) == MAX_LINES:
            raise NotAnArticle("too-many-lines")
        self.lines.append(Block(text, self._open[-1], spaced, links, len(self.lines), heading))


def split_blocks(root: html.HtmlElement) -> Blocks:
    """The lines of everything below `root`, in document order. Raises NotAnArticle for too many."""
    collector = _Collector(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: html.HtmlElement | None = None
    for event, element in walker:
        if event == "end" and skipped is not None and element is skipped:
            collector.add(element.tail or "")
        elif event == "end":
            collector.end(element)
        elif element.tag in SILENT_TAGS or _is_hidden(element):
            walker.skip_subtree()
            skipped = element
        else:
            collector.start(element)
    return Blocks(collector.lines, collector.spans)


def _data_tables(root: html.HtmlElement) -> set[html.HtmlElement]:
    """The tables that hold data and not the page's layout: rows of short cells, no table within."""
    found = set()
    for table in root.iter("table"):
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        cells = [cell for row in rows for cell in row]
        wide = sum(len(row) >= 2 for row in rows)
        if (
            wide < MIN_ROWS
            or wide < 0.7 * len(rows)
            or len(cells) > MAX_CELLS
            or next(table.iterdescendants("table"), None) is not None
        ):
            continue
        texts = [len(fold("".join(cell.itertext()))) for cell in cells]
        linked = sum(1 for _ in table.iter("a"))
        if max(texts, default=0) <= LONGEST_CELL and sum(texts) <= 40 * len(texts) and linked <= 0.1 * len(cells):
            found.add(table)
    return found


def _same_place(text: str, spaced: str, end: int) -> int:
    """Where a text is as far as its spaced form is at `end`."""
    wanted, seen = len("".join(spaced[:end].split())), 0
    for place, char in enumerate(text):
        if seen == wanted:
            return place
        seen += not char.isspace()
    return len(text)


def _is_verse(element: html.HtmlElement) -> bool:
    """Whether a <pre> holds preformatted Chinese: verse and typed letters, not the listing of a program."""
    text = "".join(itertools.islice(element.itertext(), PIECES))[:SAMPLE]
    return 2 * len(_HAN.findall(text)) > len(fold(text))


def _is_hidden(element: html.HtmlElement) -> bool:
    """Whether an element is not shown, or shows no words."""
    for name, value in element.items():  # most have none or one: to ask for each by its name takes longer
        if name == "hidden":
            return True
        if (name == "class" and _NO_WORDS.match(value)) or (name == "style" and _HIDDEN.search(value)):
            return True
    return False

"""Tree to blocks: the page as a reader sees it, line by line, each line knowing where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree, html

BLOCK_TAGS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody"
    " td tfoot th thead tr ul".split()
)
"""Elements that begin and end a line."""

SILENT_TAGS = frozenset(
    "script style noscript template svg iframe object embed audio video canvas select button textarea input"
    " map applet math dialog head title img option".split()
)
"""Elements whose content nobody reads as text."""

_SPACE = re.compile(r"[\s\u3000\xa0\u200b\ufeff\u2028\u2029]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


@dataclass(slots=True, eq=False)
class Block:
    """One line of the page."""

    text: str
    """Its words, white space folded to single spaces."""
    node: html.HtmlElement
    """The block-level element that it stands directly in."""
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
    return _SPACE.sub(" ", text).strip()


class _Collector:
    """Gathers inline text until a block element begins or ends."""

    def __init__(self) -> None:
        self.lines: list[Block] = []
        self.spans: dict[html.HtmlElement, tuple[int, int]] = {}
        self.parts: list[str] = []
        self.links = 0
        self.in_link = 0
        self.heading = 0

    def add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            if self.in_link:
                self.links += len(text.strip())

    def flush(self, node: html.HtmlElement) -> None:
        if self.parts:
            text = fold("".join(self.parts))
            if text:
                block = Block(text, node, min(self.links, len(text)), len(self.lines), self.heading)
                self.lines.append(block)
            self.parts.clear()
        self.links = 0


def split_blocks(root: html.HtmlElement) -> Blocks:
    """The lines of everything below `root`, in document order."""
    c = _Collector()
    enclosing = [root]
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, el in walker:
        tag = el.tag
        if event == "start":
            if tag in SILENT_TAGS or (el.get("style") and _HIDDEN.search(el.get("style"))) or "hidden" in el.attrib:
                walker.skip_subtree()
                continue
            if tag in BLOCK_TAGS:
                c.flush(enclosing[-1])
                enclosing.append(el)
                c.spans[el] = (len(c.lines), len(c.lines))
                if tag[0] == "h" and tag[1:].isdigit():
                    c.heading = int(tag[1])
            elif tag == "a":
                c.in_link += 1
            c.add(el.text)
        else:
            if el is enclosing[-1] and tag in BLOCK_TAGS:
                c.flush(enclosing[-1])
                if len(enclosing) > 1:
                    enclosing.pop()
                c.spans[el] = (c.spans[el][0], len(c.lines))
                if tag[0] == "h" and tag[1:].isdigit():
                    c.heading = 0
            elif tag == "a":
                c.in_link = max(0, c.in_link - 1)
            if el is not root:
                c.add(el.tail)
    return Blocks(c.lines, c.spans)

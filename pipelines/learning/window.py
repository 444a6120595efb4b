"""The part of a page's source in which all stands that it is read by: the rest need not be parsed.

Menus, side bars and scripts are most of a page, and to parse them most of what it costs to read it by what was learned.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from lxml import html

from pipelines.decode import decode
from pipelines.learning.paths import Step, find_all, path_of
from pipelines.learning.record import Template, Window
from pipelines.tree import parse, parse_page

ENDS = 60
"""Elements behind the last one that is read among which the end of a window is looked for."""
TRIED = 3
"""Starts, and ends of each, that are tried: on other pages what is read may begin earlier and end later."""
LARGEST = 0.8
"""Share of the pages' source from which on a window is not worth its looking for."""

_HEAD_ENDS = "</head>"


class Source:
    """A page that is parsed as far as it is asked for."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._shown: str | None = None
        self._whole: html.HtmlElement | None = None

    @cached_property
    def _text(self) -> str:
        return decode(self._body)

    @property
    def parsed(self) -> str:
        """The source of what was parsed last."""
        return self._shown or self._text

    def parse(self, window: Window | None) -> html.HtmlElement:
        """The tree of what a window shows; of the whole page without one, or where its bounds are not on the page.

        Raises NotAnArticle.
        """
        self._shown = cut(self._text, window) if window is not None else None
        if self._shown:
            return parse(self._shown)
        if self._whole is None:
            self._whole = parse_page(self._body)
        return self._whole


def cut(text: str, window: Window) -> str | None:
    """The head of a page and what a window shows of the rest, in elements as on the page; None where the bounds of
    the window are not there once each."""
    head = text.find(_HEAD_ENDS)
    start = _place_of(window.starts, text, head) if window.starts else head
    end = _place_of(window.ends, text, head) if window.ends else len(text)
    if not 0 <= head <= start < end:
        return None
    return f"{text[:head]}{_HEAD_ENDS if window.starts else ''}{''.join(map(_tag, window.inside))}{text[start:end]}"


def _place_of(tag: str, text: str, head: int) -> int:
    """Where the only such tag behind the head stands, -1 where there is none or another."""
    place = text.find(tag, head)
    return place if place < 0 or text.find(tag, place + 1) < 0 else -1


def _tag(step: Step) -> str:
    id_ = f' id="{step.id}"' if step.id else ""
    classes = f' class="{step.classes}"' if step.classes else ""
    return f"<{step.tag}{id_}{classes}>"


def find_windows(template: Template, pages: Sequence[tuple[bytes, html.HtmlElement]]) -> Iterator[Window]:
    """Windows that each of the pages has, given with their trees, around what one of them is read by: the smallest
    first."""
    sources = [decode(body) for body, _ in pages]
    root, read = max(((root, _read_by(template, root)) for _, root in pages), key=lambda found: len(found[1]))
    if not read:
        return
    elements = list(root.iter())
    place = {element: index for index, element in enumerate(elements)}
    first = min(read, key=place.__getitem__)
    behind = max(place[element] + sum(1 for _ in element.iter()) for element in read)
    starts = _with_tags([first, *first.iterancestors()], sources)[:TRIED]
    ends = _with_tags(elements[behind : behind + ENDS], sources)[:TRIED]
    begins = [(path_of(element)[:-1], tag) for element, tag in starts]
    for (inside, start), end in itertools.product([*begins, ((), None)], [*(tag for _, tag in ends), None]):
        window = Window(inside=inside, starts=start, ends=end)
        shown = [cut(text, window) for text in sources]
        if all(shown) and sum(map(len, filter(None, shown))) <= LARGEST * sum(map(len, sources)):
            yield window


def _read_by(template: Template, root: html.HtmlElement) -> list[html.HtmlElement]:
    """The elements below the body that a page is read by."""
    found = [place.find(root) for place in (template.container, template.related) if place]
    for row in template.rows:
        found += find_all(root, row.path)[row.index : row.index + 1]
    return [
        element for element in found if element is not None and next(element.iterancestors("body"), None) is not None
    ]


def _with_tags(elements: Iterable[html.HtmlElement], sources: Sequence[str]) -> list[tuple[html.HtmlElement, str]]:
    """Those of the elements with a tag that begins alike in all of the sources, and no other one does."""
    tags = ((element, _tag_of(element, sources[0])) for element in elements)
    return [(element, tag) for element, tag in tags if tag and all(text.count(tag) == 1 for text in sources)]


def _tag_of(element: html.HtmlElement, source: str) -> str | None:
    """How an element's tag begins in the source, up to its id or class; None where that is not what it begins with."""
    step = path_of(element)[-1:]
    values = [re.escape(value) for value in (step[0].id, step[0].classes) if value] if step else []
    begins = rf"""<{step[0].tag}\s+(?:id|class)\s*=\s*(["'])(?:{"|".join(values)})\1""" if values else "(?!)"
    found = re.search(begins, source)
    return found[0] if found else None

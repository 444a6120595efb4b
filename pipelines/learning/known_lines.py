"""The repeated lines that were learned, to be looked up on a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from lxml import html

from archive.records import RemovalKind
from pipelines.blocks import Block
from pipelines.body import KnownText
from pipelines.learning.endings import split_ending
from pipelines.learning.lines import RULE, digest, form, node_of, rules_by_name, wording
from pipelines.learning.paths import Path, find_all
from pipelines.learning.record import Repeat, Template
from pipelines.rules import Rule

SLACK = 2
"""Lines by which its distance from the end may be larger than was seen: pages have one more or one fewer."""
KEPT = 1_000
"""Lines whose hashes are kept: those that repeat are asked for on every page."""


class Repeats:
    """The repeated lines of a site or of one of its templates, to be looked up."""

    def __init__(self, repeats: Iterable[Repeat], key: bytes) -> None:
        self._key = key
        self._by_text: dict[str, list[Repeat]] = defaultdict(list)
        for repeat in repeats:
            self._by_text[repeat.text].append(repeat)
        places = [repeat for found in self._by_text.values() for repeat in found]
        self._above = max((r.within + SLACK for r in places if r.place == "above"), default=-1)
        self._below = max((r.within + SLACK for r in places if r.place in ("below", "ending")), default=-1)
        self._ending = max((r.within + SLACK for r in places if r.place == "ending"), default=-1)
        self._nodes = {r.node for r in places if r.place == "apart"}
        self._digest = lru_cache(maxsize=KEPT)(lambda text: digest(text, key))

    def known_in(self, lines: Sequence[Block], title: str | None) -> list[KnownText | None]:
        """For each line of a container the end of it, mostly all, that is not text; None for a line of text."""
        known: list[KnownText | None] = [None] * len(lines)
        if not self._by_text:
            return known
        for index, line in enumerate(lines):
            # Most lines are in no place that a repeated one was seen in, and need not be hashed.
            outside = index > self._above and len(lines) - 1 - index > self._below
            if outside and not (self._nodes and node_of(line) in self._nodes):
                continue
            if repeat := self._find(line, wording(line.text, title), index, len(lines)):
                known[index] = KnownText(line.text, _rule(repeat))
            elif len(lines) - 1 - index <= self._ending:
                known[index] = self._end_of(line.text)
        return known

    def _end_of(self, text: str) -> KnownText | None:
        """The sentences at the end of a line that articles do not end with of themselves."""
        rest, rule = text, None
        for sentence in reversed(split_ending(text)):
            found = [r for r in self._by_text.get(self._digest(sentence.strip()), ()) if r.place == "ending"]
            if not found:
                break
            rest, rule = rest[: -len(sentence)], _rule(found[0])
        return KnownText(text[len(rest) :], rule) if rule else None

    def _find(self, block: Block, words: str, index: int, lines: int) -> Repeat | None:
        """The repeat that line `index` of a container of so many lines is, None for a line of text."""
        counted = form(words)
        names = [words] if counted == words else [words, counted]
        for repeat in (repeat for name in names for repeat in self._by_text.get(self._digest(name), ())):
            if repeat.place == "apart":
                if node_of(block) == repeat.node:
                    return repeat
            elif (
                repeat.place != "ending"
                and (index if repeat.place == "above" else lines - 1 - index) <= repeat.within + SLACK
            ):
                return repeat
        return None


class SiteRepeats:
    """What the full reader is to know of a site: where its texts stand, and the repeated lines of all templates."""

    def __init__(self, templates: Sequence[Template], key: bytes) -> None:
        self._containers = [template.container for template in templates]
        everywhere: list[Repeat] = []
        by_container: dict[Path, list[Repeat]] = defaultdict(list)
        for template in templates:
            everywhere += template.repeats
            by_container[template.container.path] += template.repeats
        self._everywhere = Repeats(everywhere, key)
        self._by_container = {path: Repeats(found, key) for path, found in by_container.items()}

    def containers_on(self, root: html.HtmlElement) -> list[html.HtmlElement]:
        """The elements that hold the text on pages of the templates, the first template's first."""
        return [found for place in self._containers if (found := place.find(root)) is not None]

    def known_in(
        self, container: html.HtmlElement, lines: Sequence[Block], title: str | None
    ) -> list[KnownText | None]:
        """For each line of an element what of it is not text: by the templates with their text in such an element, else
        by all."""
        root = container.getroottree().getroot()
        of_templates = (found for path, found in self._by_container.items() if container in find_all(root, path))
        return next(of_templates, self._everywhere).known_in(lines, title)


def _rule(repeat: Repeat) -> Rule:
    return rules_by_name().get(repeat.rule) or _own_rule(repeat.kind)


@cache
def _own_rule(kind: RemovalKind) -> Rule:
    return Rule(
        name=RULE,
        kind=kind,
        unit="line",
        needs=(),
        pattern=re.compile(""),
        ends=False,
        unless=(),
        notices=True,
        why="different articles of the site have it in the same place",
        removes=(),
        keeps=(),
    )

"""The container's lines to the article's text, with a record of all that was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.records import Removal, RemovalKind
from pipelines.blocks import Block
from pipelines.clean import Cut, clean_line, cut_text
from pipelines.frame import abstract_of, find_end, find_start
from pipelines.regions import Region
from pipelines.rules import Rule
from pipelines.text import key

MIN_LEAD = 15
"""Characters of a line printed twice in a row that make it a doubled lead and not a refrain."""


@dataclass(slots=True)
class Body:
    """The text of an article and what stood around and between it."""

    lines: list[str] = field(default_factory=list)
    """Paragraphs, in order."""
    removals: list[Removal] = field(default_factory=list)
    """Everything else that the container holds, in page order."""
    head: list[Block] = field(default_factory=list)
    """The lines above the text: headline, byline, tools."""
    tail: list[Block] = field(default_factory=list)
    """The lines below it."""
    doubled: bool = False
    """Whether the page prints the first paragraph twice."""

    @property
    def abstract(self) -> str | None:
        """The abstract that the page prints above the text."""
        return abstract_of(self.head)

    def remove(self, text: str, rule: str, kind: RemovalKind) -> None:
        """Record a text that is left out at this place."""
        self.removals.append(Removal(text=text, rule=rule, kind=kind, position=len(self.lines)))


def read_body(lines: Sequence[Block], regions: Sequence[Region | None], title: str | None) -> Body:
    """The text among a container's lines. `regions` names the lines that other parts of the page reach into."""
    inside = [line for line, region in zip(lines, regions, strict=True) if region is None]
    start = find_start(inside, title)
    cuts = [clean_line(line.text) for line in inside]
    whole = [_whole(line, cut) for line, cut in zip(inside, cuts, strict=True)]
    end = start + find_end(inside[start:], whole[start:])
    body = Body(head=inside[:start], tail=inside[end:])
    place = {line.index: i for i, line in enumerate(inside)}
    for line, region in zip(lines, regions, strict=True):
        i = place.get(line.index)
        if i is None:
            rule = _whole(line, clean_line(line.text))
            body.remove(line.text, rule.name if rule else f"region-{region}", rule.kind if rule else "chrome")
        elif (rule := whole[i]) is not None:
            body.remove(line.text, rule.name, rule.kind)
        elif i < start:
            body.remove(line.text, "above-the-text", "chrome")
        elif i >= end:
            body.remove(line.text, "below-the-text", "chrome")
        else:
            _keep(body, line.text, cuts[i])
    return body


def _whole(line: Block, cuts: list[Cut]) -> Rule | None:
    """The rule that takes the whole line."""
    if cuts and not key(cut_text(line.text, cuts)[0]):
        return cuts[0].rule
    return None


def _keep(body: Body, text: str, cuts: list[Cut]) -> None:
    kept, taken = cut_text(text, cuts)
    for piece, rule in taken:
        body.remove(piece, rule.name, rule.kind)
    if not body.doubled and len(body.lines) == 1 and len(key(kept)) >= MIN_LEAD and key(kept) == key(body.lines[0]):
        body.doubled = True
        body.remove(kept, "doubled-lead", "repeat")
    elif kept:
        body.lines.append(kept)

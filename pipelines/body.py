"""The container's lines to the article's text, with a record of all that was left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archive.records import Removal, RemovalKind
from pipelines.blocks import Block
from pipelines.clean import take_out
from pipelines.frame import abstract_of, find_end, find_start, link_lists
from pipelines.notice import number_lines
from pipelines.regions import Region
from pipelines.reveal import reveal
from pipelines.rules import Rule, placed_rules, that_may_fit
from pipelines.text import is_prose, key

_CUT_SHORT = re.compile(r"(?:…|\.{2,}|。。。)\s*$")
LEAD_LINES = 3
"""Lines at the top among which a doubled lead is looked for: a subheading may stand above it."""
LONGEST_BESIDE = 100
"""Characters of a line that can go for the sake of a contact line next to it."""
ENDS_PARAGRAPH = re.compile(r"[。！？!?…：；”’」』）)]\W{0,3}$")
"""How a paragraph ends, and a slogan with a comma in it does not."""
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
    lead: str | None = None
    """The first paragraph where the page prints it twice in a row."""
    excerpt: str | None = None
    """The beginning of the text as the page prints it above the text, cut short."""

    @property
    def abstract(self) -> str | None:
        """The abstract that the page prints above the text."""
        return abstract_of(self.head)

    def remove_at(self, position: int, text: str, rule: str, kind: RemovalKind) -> None:
        """Record a text that is left out before body line `position`, in its place among the others."""
        place = sum(removal.position <= position for removal in self.removals)
        self.removals.insert(place, Removal(text=text, rule=rule, kind=kind, position=position))

    def remove(self, text: str, rule: str, kind: RemovalKind) -> None:
        """Record a text that is left out at this place."""
        self.removals.append(Removal(text=text, rule=rule, kind=kind, position=len(self.lines)))


class KnownText(NamedTuple):
    """The end of a line, mostly all of it, that is known not to be text."""

    text: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the container with what the rules leave of it."""

    block: Block
    kept: str
    """The text that stays, empty when all of it goes."""
    taken: list[tuple[str, Rule]]
    """The pieces that go, each with its rule."""

    @property
    def rule(self) -> Rule | None:
        """The rule that takes the whole line, None when some of it stays."""
        return self.taken[0][1] if self.taken and not self.kept else None


def read_body(
    blocks: Sequence[Block],
    regions: Sequence[Region | None],
    title: str | None,
    known: Sequence[KnownText | None] | None = None,
    *,
    headed: bool = False,
) -> Body:
    """The text among a container's lines. `regions` names the lines that other parts of the page reach into, `known`
    has what of them is known not to be text, whatever it says. `headed` tells that the headline stands above the
    container."""
    inside = [block for block, region in zip(blocks, regions, strict=True) if region is None]
    ends = [end for end, region in zip(known or [None] * len(blocks), regions, strict=True) if region is None]
    notices = number_lines([block.text for block in inside], title)
    lines = [_apply_rules(block, notice, end) for block, notice, end in zip(inside, notices, ends, strict=True)]
    lines = _drop_last(_join_contact_blocks(lines), placed_rules("last", any(notices)))
    taken = [line.rule for line in lines]
    start = find_start(inside, title, taken, headed=headed)
    end = start + find_end(inside[start:], [line.kept for line in lines[start:]], taken[start:])
    lists = link_lists(inside)
    body = Body(head=inside[:start], tail=inside[end:])
    numbered = iter(enumerate(lines))
    for block, region in zip(blocks, regions, strict=True):
        if region is not None:
            _remove_region(body, block, region)
            continue
        i, line = next(numbered)
        if line.rule is not None:
            body.remove(block.text, line.rule.name, line.rule.kind)
        elif i < start:
            body.remove(block.text, "above-the-text", "chrome")
        elif i >= end:
            body.remove(block.text, "below-the-text", "chrome")
        elif i in lists:
            body.remove(block.text, "link-list", "chrome")
        else:
            _keep(body, line)
    _drop_excerpt(body)
    return body


def _apply_rules(block: Block, notice: bool = False, end: KnownText | None = None) -> Line:
    if end is None:
        return Line(block, *take_out(block.text, notice=notice))
    kept, taken = take_out(block.text.removesuffix(end.text).rstrip(), notice=notice)
    return Line(block, kept, [*taken, end])


def _join_contact_blocks(lines: list[Line]) -> list[Line]:
    """Take out lines that are spam only by their company: `…顾问微信号` above a number, `请备注面积` below it."""
    joined = list(lines)
    for order in (range(len(lines)), reversed(range(len(lines)))):
        for i in order:
            line = joined[i]
            if line.rule is None and len(line.kept) <= LONGEST_BESIDE and (rule := _beside(joined, i)):
                joined[i] = Line(line.block, "", [*line.taken, (line.kept, rule)])
    return joined


def _beside(lines: list[Line], i: int) -> Rule | None:
    """The rule that takes line `i` out for a neighbour's sake."""
    neighbours = {rule.kind for j in (i - 1, i + 1) if 0 <= j < len(lines) and (rule := lines[j].rule)}
    if not neighbours:
        return None
    return covering_rule(tuple(rule for rule in placed_rules("beside") if rule.kind in neighbours), lines[i].kept)


def _drop_last(lines: list[Line], rules: tuple[Rule, ...]) -> list[Line]:
    """Take out lines that are the page's because they stand behind the last paragraph: `打赏`, `限时特惠，仅剩三天`."""
    paragraphs = [i for i, line in enumerate(lines) if is_prose(line.kept) and ENDS_PARAGRAPH.search(line.kept)]
    if not paragraphs:
        return lines
    last = paragraphs[-1] + 1
    return [*lines[:last], *(_drop_placed(line, rules) for line in lines[last:])]


def _drop_placed(line: Line, rules: tuple[Rule, ...]) -> Line:
    short = line.rule is None and len(line.kept) <= LONGEST_BESIDE
    rule = covering_rule(rules, line.kept) if short else None
    return Line(line.block, "", [*line.taken, (line.kept, rule)]) if rule else line


def covering_rule(rules: tuple[Rule, ...], line: str) -> Rule | None:
    """The one of the rules that covers a line, unless the line speaks against it."""
    text = reveal(line).text.strip()
    for rule in that_may_fit(rules, text):
        if rule.pattern.fullmatch(text):
            return None if rule.is_excepted(text) else rule
    return None


def _remove_region(body: Body, block: Block, region: Region) -> None:
    rule = _apply_rules(block).rule
    body.remove(block.text, rule.name if rule else f"region-{region}", rule.kind if rule else "chrome")


def _keep(body: Body, line: Line) -> None:
    for piece, rule in line.taken:
        body.remove(piece, rule.name, rule.kind)
    doubled = 1 <= len(body.lines) <= LEAD_LINES and len(key(line.kept)) >= MIN_LEAD
    if doubled and body.lead is None and key(line.kept) == key(body.lines[-1]):
        body.lead = body.lines[-1]
        body.remove(line.kept, "doubled-lead", "repeat")
    elif line.kept:
        body.lines.append(line.kept)


def _drop_excerpt(body: Body) -> None:
    """Take out an excerpt of the text that is printed above it: cut short with dots, or after so many characters."""
    if len(body.lines) < 2:
        return
    excerpt, first, cut = key(body.lines[0]), key(body.lines[1]), _CUT_SHORT.search(body.lines[0])
    if len(excerpt) < MIN_LEAD or not (cut or excerpt.startswith(first) or first.startswith(excerpt)):
        return
    text = key("".join(body.lines[1:]))[: len(excerpt) + 40]
    again = text.find(excerpt[:-2]) in range(40) if cut else text.startswith(excerpt)
    if again or (cut and key("".join(body.lines[2:])).startswith(excerpt[:-2])):  # a summary may stand between
        body.excerpt = body.lines.pop(0)
        body.removals = [replace(r, position=max(0, r.position - 1)) for r in body.removals]
        body.remove_at(0, body.excerpt, "excerpt-above", "repeat")

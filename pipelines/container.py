"""Where on the page the article stands: trafilatura's answer, put to the page's own lines, and a second opinion.

trafilatura finds the text but gives it back without the short lines and with paragraphs run together. So its
answer only weighs the lines of the page; the element whose lines weigh most is the article, read in full.
"""

from __future__ import annotations

import copy
from typing import cast

import trafilatura
from lxml import etree, html

from pipelines.blocks import Block, Blocks
from pipelines.frame import reads_like_text
from pipelines.regions import Region
from pipelines.text import is_prose, key

MAX_LINES = 8_000
"""Lines up to which trafilatura is asked; it takes ten seconds for 50,000. Beyond, the second opinion decides."""

MIN_KEY = 6
"""Characters a line needs for its presence in trafilatura's answer to say anything."""

MIN_PARAGRAPHS = 3
"""Different paragraphs of a text that is looked for twice: one or two may be a doubled lead."""
MOST = 0.7
"""Share of the prose that each copy of a text holds: the other may have a paragraph more."""

UNSEEN = 0.3
"""Weight per character of prose that trafilatura left out; tried 0.1 to 0.6 on labelled pages, flat between .2 and .4."""
_MARKED = etree.XPath("descendant::*[@jianbao]")


def find_container(root: html.HtmlElement, blocks: Blocks, regions: list[Region | None]) -> html.HtmlElement | None:
    """The element that holds the article, or None when nothing on the page reads like one."""
    found = _main_text(root, blocks, regions) if len(blocks.lines) <= MAX_LINES else ""
    total = [0.0]
    for line, region in zip(blocks.lines, regions, strict=True):
        total.append(total[-1] + _weigh(line, region, found))
    best, best_weight, best_size = None, 0.0, 0
    for element, (start, end) in blocks.spans.items():
        weight, size = total[end] - total[start], end - start
        if weight > best_weight or (best is not None and weight == best_weight and size < best_size):
            best, best_weight, best_size = element, weight, size
    if best is None:
        return None
    return _first_copy(_narrow(best, blocks, regions) if best.tag in ("html", "body") else best, blocks)


def _narrow(page: html.HtmlElement, blocks: Blocks, regions: list[Region | None]) -> html.HtmlElement:
    """The element with all that a page says, where it has so little beside it that the whole of it was found: pages of
    every template have a body."""
    start, end = blocks.spans[page]
    said = [
        i for i in range(start, end) if regions[i] is None and blocks.lines[i].links <= 0.5 * len(blocks.lines[i].text)
    ]
    around = [e for e, (first, last) in blocks.spans.items() if said and first <= said[0] and said[-1] < last]
    return around[-1] if around else page


def hold_same_text(
    one: html.HtmlElement, other: html.HtmlElement, blocks: Blocks, regions: list[Region | None], title: str | None
) -> bool:
    """Whether of two elements one is in the other and has all of its text."""
    inner, outer = sorted((blocks.spans[one], blocks.spans[other]), key=lambda span: span[1] - span[0])
    return outer[0] <= inner[0] <= inner[1] <= outer[1] and not any(
        regions[i] is None and _is_text(blocks.lines[i], title)
        for i in (*range(outer[0], inner[0]), *range(inner[1], outer[1]))
    )


def _is_text(line: Block, title: str | None) -> bool:
    return not line.heading and reads_like_text(line, title)


def _first_copy(container: html.HtmlElement, blocks: Blocks) -> html.HtmlElement:
    """The first of several elements that each hold the text, for wide and narrow screens; else the container itself."""
    start, end = blocks.spans[container]
    prose = {i: key(blocks.lines[i].text) for i in range(start, end) if is_prose(blocks.lines[i].text)}
    sizes = {text: len(text) for text in prose.values()}
    most = MOST * sum(sizes.values())
    if len(sizes) < MIN_PARAGRAPHS or sum(map(len, prose.values())) < 2 * most:
        return container
    copies: list[html.HtmlElement] = []
    upto = [0]
    for i in range(start, end):
        upto.append(upto[-1] + len(prose.get(i, "")))
    for element, (first, last) in blocks.spans.items():
        if element is container or not start <= first <= last <= end:
            continue
        if upto[last - start] - upto[first - start] >= most:
            held = {prose[i] for i in range(first, last) if i in prose}
            if sum(map(sizes.__getitem__, held)) >= most:
                if copies and last <= blocks.spans[copies[-1]][1]:
                    copies.pop()  # the element around this one
                copies.append(element)
    if len(copies) < 2:
        return container
    second = blocks.spans[copies[1]][0]
    around = [e for e in copies[0].iterancestors() if e in blocks.spans and blocks.spans[e][1] <= second]
    return around[-1] if around else copies[0]


def _weigh(line: Block, region: Region | None, found: str) -> float:
    """What a line says for (positive) or against the element around it being the article."""
    size = len(line.text)
    if region is not None:
        return 0.0 if line.links <= 0.5 * size else -float(min(size, 40))
    if line.links > 0.5 * size:
        return 0.0 if "://" in line.text else -float(min(size, 40))  # menus name pages, texts print addresses
    own = size if is_prose(line.text) else 0.2 * size
    known = key(line.text)
    if not found:
        return own
    return float(size) if len(known) >= MIN_KEY and known in found else UNSEEN * own


def _main_text(root: html.HtmlElement, blocks: Blocks, regions: list[Region | None]) -> str:
    """What trafilatura takes for the main text, as one key; empty when it finds none."""
    document = trafilatura.bare_extraction(
        _without_regions(root, blocks, regions),
        with_metadata=False,
        include_comments=False,
        fast=True,
        # The answer weighs lines, so the sure ones suffice; its rescue of short pages brings the site's own words in.
        favor_precision=True,
    )
    text = getattr(document, "text", None)
    return key(text) if isinstance(text, str) else ""


def _without_regions(root: html.HtmlElement, blocks: Blocks, regions: list[Region | None]) -> html.HtmlElement:
    """A copy of the page without the elements that lie wholly in a region: they lead trafilatura astray."""
    covered = [0]
    for region in regions:
        covered.append(covered[-1] + (region is not None))
    doomed = []
    for element, (start, end) in blocks.spans.items():
        if start < end and covered[end] - covered[start] == end - start and element.tag not in ("html", "body"):
            element.set("jianbao", "")
            doomed.append(element)
    pruned = copy.deepcopy(root)
    for element in doomed:
        del element.attrib["jianbao"]
    for element in cast(list[html.HtmlElement], _MARKED(pruned)):
        if element.getparent() is not None:
            element.drop_tree()
    return pruned

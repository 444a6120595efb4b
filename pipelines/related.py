"""The related articles that a page names, in its order, with title and excerpt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import html

from archive.records import Link
from archive.urls import VARYING, canonical_url, url_key
from pipelines.blocks import Blocks, fold
from pipelines.clean import clean_line, cut_text
from pipelines.regions import RELATED_HEADING, Region, related_by_heading
from pipelines.text import key

MAX_LINKS = 60
"""Related articles taken from one page. Real pages name 4 to 20; a page that names more is a link farm's."""
MAX_URL = 2083
"""Characters of an address. The crawler asks for none that is longer, so the rest of it is not kept: a <base> of
megabytes would be stored with every link below it."""
_ACTION = re.compile(r"(?:javascript|vbscript|mailto|tel|sms|about|blob):", re.I)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MIN_TITLE = 4
"""Characters of a title: shorter link texts are 更多 and 详情."""

_STRONG = re.compile(r"相关|相關|延伸|猜你|推荐阅读|推荐文章|推薦閱讀|可能|看了|更多|大家都在看|本类|同类|关联")
LONGEST_IN_SOURCE = 80
"""Characters between two tags in which a heading may stand, white space included."""
_OF_ALL = re.compile("最新|热门|熱門|热点|热文|排行|今日|本周|本月|随机")
_COMMENTS = re.compile("评论|点评")
_MORE = re.compile(r"[\W_]*(?:更多|more|查看|详[情细]|阅读全文|全文|点击|返回|换一[批换])\W*", re.I)
_READ_ON = re.compile(r"\s*[\[【(（]?(?:阅读全文|查看全文|详细|详情|查看详情|更多)[\]】)）]?\s*[>»]*\s*$")
_COUNTER = re.compile(
    r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|[(（\[]?\d{1,6}\s*(?:次|人)?(?:阅读?|评论?|浏览|点击|赞)[)）\]]?)\s*$"
)
_COUNTER_ENDS = frozenset("阅读评论览击赞)）]")
"""What a counter ends with that ends with no digit: most titles are not searched for one."""
_DATE_ONLY = re.compile(r"[\d\s:：/.年月日()\[\]（）-]+(?:阅读|浏览|次|评论)?\d*")


@dataclass(slots=True)
class _Found:
    url: str
    titles: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Related:
    """The related block of a page."""

    links: tuple[Link, ...] = ()
    """What it names, in its order."""
    spans: tuple[tuple[int, int], ...] = ()
    """The half-open ranges of lines that it takes up."""


def find_related(
    root: html.HtmlElement, blocks: Blocks, regions: Sequence[Region | None], url: str, body_end: int
) -> Related:
    """The related blocks: by heading where a page has one, else by class, else by shape."""
    base = base_url(root, url)
    for spans in (_headed(blocks), _classed(blocks, regions, body_end), _shaped(blocks, regions, base, url, body_end)):
        links = read_links(blocks, spans, base, url_key(url))
        if links:
            return Related(links, tuple(spans))
    return Related()


def read_links(blocks: Blocks, spans: Sequence[tuple[int, int]], base: str, own: str) -> tuple[Link, ...]:
    """The links in ranges of lines. `base` is what addresses are relative to, `own` the key of the page's own."""
    found: dict[str, _Found] = {}
    for start, end in spans:
        _collect(blocks, start, end, base, found)
    return _links(found, own)


def base_url(root: html.HtmlElement, url: str) -> str:
    """What the links of a page are relative to."""
    named = next((element.get("href") for element in root.iter("base")), None)
    return _join(url, named) if named else url


def _headed(blocks: Blocks) -> list[tuple[int, int]]:
    """Ranges announced by a heading that says related, not merely newest or hottest."""
    return [span for span in related_by_heading(blocks) if _STRONG.search(blocks.lines[span[0]].text)]


def count_headings(source: str) -> int:
    """How many headings in the source of a page say related, whatever follows them. Nothing is parsed for it: where tags
    part the words of a heading it is not seen, on any page of the site."""
    found: set[int] = set()
    for word in _STRONG.pattern.split("|"):
        at = source.find(word)
        while at >= 0:
            end = source.find("<", at)
            start = source.rfind(">", max(0, end - LONGEST_IN_SOURCE), at)
            if start >= 0 and end - start <= LONGEST_IN_SOURCE and _heads(source[start + 1 : end]):
                found.add(start)
            at = source.find(word, max(at + 1, end - LONGEST_IN_SOURCE)) if end >= 0 else -1
    return len(found)


def _heads(text: str) -> bool:
    return RELATED_HEADING.fullmatch(fold(text)) is not None


def _classed(blocks: Blocks, regions: Sequence[Region | None], body_end: int) -> list[tuple[int, int]]:
    """Ranges that the markup calls related, unless their heading says that they are the newest or hottest."""
    spans: list[tuple[int, int]] = []
    for index, region in enumerate(regions):
        if region == "related":
            if spans and spans[-1][1] == index:
                spans[-1] = (spans[-1][0], index + 1)
            else:
                spans.append((index, index + 1))
    return [span for span in spans if not _is_of_all(blocks.lines[span[0]].text, below=span[0] >= body_end)]


def _is_of_all(heading: str, *, below: bool) -> bool:
    """Whether what a heading announces is the same beside every article, as the newest in a side bar are, or no
    article at all."""
    if RELATED_HEADING.fullmatch(heading) is None or _STRONG.search(heading):
        return False
    return _COMMENTS.search(heading) is not None or (not below and _OF_ALL.search(heading) is not None)


def _shaped(
    blocks: Blocks, regions: Sequence[Region | None], base: str, url: str, body_end: int
) -> list[tuple[int, int]]:
    """Runs of three links or more below the article that look like its own address but for the numbers."""
    own = _shape(url)
    spans: list[tuple[int, int]] = []
    start = None
    for index in range(body_end, len(blocks.lines) + 1):
        line = blocks.lines[index] if index < len(blocks.lines) else None
        fits = (
            line is not None
            and regions[index] is None
            and line.links >= 8
            and any(_shape(_join(base, a.get("href"))) == own for a in line.node.iter("a") if a.get("href"))
        )
        if fits and start is None:
            start = index
        elif not fits and start is not None:
            if index - start >= 3:
                spans.append((start, index))
            start = None
    return spans[:1]


_USUAL_PATH = re.compile(r"/(?:[\w-]+/)*(?:[\w-]+(?:\.[a-z]{3,5})?)?", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9.:-]+(?=/)")


def _shape(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{VARYING.sub('0', parts.path)}"


def _join(base: str, href: str) -> str:
    """The absolute address of a link; of one that cannot be parsed (`http://[::1/`), the link as it stands."""
    if _USUAL_PATH.fullmatch(href):
        origin = _ORIGIN.match(base)
        if origin:
            return origin[0] + href
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _collect(blocks: Blocks, start: int, end: int, base: str, found: dict[str, _Found]) -> None:
    """Gather the links of a range of lines in document order, and the plain lines below each."""
    last: _Found | None = None
    targets: dict[str, str | None] = {}
    for element, line_index in _elements(blocks, start, end):
        if element.tag == "a":
            href = element.get("href") or ""
            if href not in targets:
                targets[href] = link_target(href, base)
            target = targets[href]
            if target is None:
                continue
            last = found.setdefault(url_key(target), _Found(target))
            last.titles += [text for text in link_titles(element) if text not in last.titles]
        elif line_index is not None and last is not None:
            line = blocks.lines[line_index]
            if line.links <= 0.5 * len(line.text):
                last.lines.append(line.text)


def _elements(blocks: Blocks, start: int, end: int) -> Iterator[tuple[html.HtmlElement, int | None]]:
    """The links of the lines, and after each line's links the line itself."""
    if start >= end:
        return
    cover = next(
        element
        for element in [blocks.lines[start].node, *blocks.lines[start].node.iterancestors()]
        if element in blocks.spans and blocks.spans[element][1] >= end
    )
    inside = False
    by_node: dict[html.HtmlElement, list[int]] = {}
    for index in range(start, end):
        by_node.setdefault(blocks.lines[index].node, []).append(index)
    first, stop = blocks.lines[start].node, blocks.lines[end].node if end < len(blocks.lines) else None
    pending: list[int] = []
    for element in cover.iter():
        inside = inside or element is first
        if element is stop and element not in by_node:
            break
        if not inside:
            continue
        if element.tag == "a":
            yield element, None
        elif element in by_node:
            pending = by_node.pop(element)
            texts = [i for i in pending if blocks.lines[i].links <= 0.5 * len(blocks.lines[i].text)]
            for index in texts:
                yield element, index


def link_target(href: str, base: str) -> str | None:
    """The address a link names, or None where it is no address but an action of the page.

    An address that nobody may ask for (file:, data:, one that cannot be parsed) is named too: it is the crawler
    that refuses it, on record.
    """
    href = href.strip()
    if not href or href.startswith("#") or _ACTION.match(href):
        return None
    target = _join(base, href)
    return canonical_url(target) if len(target) <= MAX_URL else target[:MAX_URL] + "…"


def link_titles(link: html.HtmlElement) -> list[str]:
    """What the link calls its target: its text, its title attribute, the alt text of its picture."""
    texts = [_headline(link), fold(link.get("title") or "")]
    if len(link):
        texts += [fold(image.get("alt") or "") for image in link.iter("img")]
    return [text for text in texts if len(text) >= MIN_TITLE and not _MORE.fullmatch(text)]


def _headline(link: html.HtmlElement) -> str:
    """The link's text; of a card (title, excerpt, date in one link) only the title."""
    if not len(link):  # most of them: to look into one takes ten times as long
        return _without_counter(fold(link.text or ""))
    named = next((e for e in link.iter(*_HEADINGS)), None)
    if named is not None:
        return fold("".join(named.itertext()))
    parts = [fold(text) for text in link.itertext() if fold(text)]
    if len(parts) > 1 and len(parts[0]) >= 2 * MIN_TITLE and _DATE_ONLY.fullmatch(parts[-1]):
        return parts[0]
    return _without_counter(fold("".join(link.itertext())))


def _without_counter(text: str) -> str:
    """A title without the date or the number of readers behind it."""
    last = text[-1:]
    return _COUNTER.sub("", text) if last.isdigit() or last in _COUNTER_ENDS else text


def _links(found: dict[str, _Found], own: str) -> tuple[Link, ...]:
    links: list[Link] = []
    below = any(one.lines for one in found.values())
    every = {key(title) for one in found.values() for title in one.titles} if below else set()
    for target, one in found.items():
        if target == own or not one.titles or len(links) == MAX_LINKS:
            continue
        title = _best_title(one.titles)
        links.append(Link(url=one.url, title=title, snippet=_snippet(one.lines, every), position=len(links) + 1))
    return tuple(links)


def _best_title(titles: list[str]) -> str:
    """The first title; where it is cut short (…), the one that goes on."""
    first = titles[0].rstrip(".…· ")
    if first != titles[0]:
        return next((t for t in titles[1:] if t.startswith(first) and len(t) > len(first)), titles[0])
    return titles[0]


def _snippet(lines: list[str], titles: set[str]) -> str | None:
    """The lines below a related title that are neither titles (with a date behind them) nor dates."""
    if not lines:
        return None
    kept = [
        _READ_ON.sub("", line)
        for line in lines
        if len(line) > 8 and not _DATE_ONLY.fullmatch(line) and re.sub(r"\d+$", "", key(line)) not in titles
    ]
    text = " ".join(kept)
    return cut_text(text, clean_line(text))[0] or None

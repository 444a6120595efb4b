"""Which parts of a page are not the article: navigation, side bars, comments, the related block.

Found by element, by the words of class and id, and by headings. A word is only believed when the region it
names does not hold most of the page's prose: `hot`, `share` and `pages` name article bodies on real sites too.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Literal

from lxml import html

from pipelines.blocks import Block, Blocks
from pipelines.dates import strip_dates
from pipelines.plain import plain
from pipelines.text import is_prose, key

Region = Literal["chrome", "comments", "related"]

RELATED_HEADING = re.compile(
    r"[\W_]{0,6}(?:您?可能(?:还|也)?(?:感兴趣|喜欢|想看)(?:的)?|猜你(?:喜欢|感兴趣|想看)|看了(?:又看|还看|本文的[\u4e00-\u9fff]{2,4})|为[您你]推荐|大家(?:都在|还)看|往期[\u4e00-\u9fff]{2,4}"
    r"|(?:(?:与本文)?相关|相關|延伸|推荐|推薦|热门|熱門|最新|精彩|精选|热点|关联|本类|同类|随机|图文|栏目|今日|本周|本月|小编|编辑|网友|其[他它]|更多|上下)"
    r"(?:的?(?:热点|热门|推荐|相关|精彩|最新|类似|图文|精选|[\u4e00-\u9fff]{2}))?的?"
    r"(?:文章|閱讀|阅读|點閱|点阅|新闻|新聞|资讯|推荐|推薦|内容|报道|報導|链接|连接|鏈接|专题|导读|信息|话题|视频|图片|热文|排行榜?|帖子|日志|博文|动态|解读|文件|文档|政策|稿件|作品|评论|点评|主题|公告|要闻|看点|篇)"
    r"(?:推荐|阅读|列表|排行|链接)?)"
    r"[\W_]{0,6}(?:more|更多|查看更多|换一[换批])?[\W_]{0,6}",
    re.I,
)
"""A whole line that announces a list of other articles; it is believed where links follow."""

_RELATED_WORDS = re.compile(
    r"relat(?!ive$|ionship)|xiangguan|^xg(?!\d)|recommend|tuijian|guess|^like(?:s|list)|maylike|readmore|more-?read"
)
_COMMENT_WORDS = re.compile(r"comment|pinglun|^cmt|respond|^reply|liuyan|disqus|duoshuo|changyan|feedback")
_COMMENT_HEADING = re.compile(
    r"\W{0,3}(?:网友|最新|精彩|热门|全部|用户|读者|发表)(?:评论|留言|跟帖)\W{0,3}(?:共?\d{1,6}\W{0,2}条?\W{0,2})?"
)
_CHROME_WORDS = re.compile(
    r"^(?:side|aside|right|left)-?(?:bar|nav|box|col)|sidebar|^side$|foot(?!ball|print)|copyright|^copy$|^(?:sub|top|site|main)?-?_?nav|menu|breadcrumb|crumb|^path$"
    r"|^(?:bd|b|jia)?-?share|jiathis|fenxiang|toolbar|^tools?$|^tags?$|^tag-?(?:list|box|cloud)|pagination|^pager|prev-?next|^(?:pre|prev|next)$|qrcode|ewm|erweima|weixin|wechat"
    r"|^ads?$|^ad[-_]|advert|guanggao|(?<!b)login|(?<!re)search|^social|gotop|backtop|^banner|swiper|carousel|dropdown|^rank|paihang|hot-?(?:list|news|art)|(?<!elementor-)widget|statement|shengming|^(?:page|site)?-?bottom$|^dibu$|^zan$|dashang|reward|popup|modal|cookie"
)
_FOOT_WORDS = re.compile(r"[\s_-](?:page-?|site-?|main-?)?(?:foot(?:er)?|copyright|bottom|dibu|bqxx)(?![a-z])", re.I)
LONGEST_FOOT = 800
"""Characters from the beginning of a foot to the end of the page."""
_POST = re.compile(r"(?P<form>post|postmessage|floor)[_-]?\d+")
"""The ids that forums give the posts of a thread."""
_CHROME_TAGS = frozenset({"nav", "footer", "aside", "form"})
_LISTS = frozenset({"ul", "ol", "dl"})
_WORDS = re.compile(r"[\s_]+|(?<=[a-z])(?=[A-Z])")

MOST_PROSE = 0.4
"""Share of the page's prose above which a class word is not believed: the region is the article itself."""


MAX_EXCERPT_LINES = 4
"""Lines that an excerpt below a related title may have."""
KEPT = 4_000
"""Classes with ids whose meaning is kept: most elements of a page share a few, and the pages of a site all."""
LEAST_LINK, LEAST_TITLE = 4, 8
"""Characters of a link in a list of titles; of one that is a title where it stands alone."""
MOST_ALIKE = 30
"""Lines that may go on with the list that one with a heading in it begins."""
LONGEST_HEADING = 24
"""Characters of what announces other articles."""
REACH = 300
"""Lines behind a heading among which its list is looked for; a page of nothing but headings would take minutes."""


def find_regions(blocks: Blocks) -> list[Region | None]:
    """For each line of the page the region that it belongs to, or None where it may be the article."""
    regions: list[Region | None] = [None] * len(blocks.lines)
    prose = [0]
    for line in blocks.lines:
        prose.append(prose[-1] + (len(line.text) - line.links if is_prose(line.text) else 0))
    bound = MOST_PROSE * prose[-1]
    posts: set[str] = set()
    for element, (start, end) in blocks.spans.items():
        region = name_region(element) if start < end else None
        post = _POST.fullmatch(element.get("id") or "")
        if post and post["form"] in posts:
            region = "comments"  # the first post of a thread is the article, the others answer it
        elif post:
            posts.add(post["form"])
        if region and (prose[end] - prose[start] <= bound or _is_foot(element, start, end, blocks)):
            _mark(regions, start, end, region)
    for box, start, end in _below_comment_headings(blocks):
        # Behind some text, heading and name together are believed of comments that are longer than the text.
        if prose[end] - prose[start] <= bound or (prose[start] and name_region(box) == "comments"):
            _mark(regions, start, end, "comments")
    for start, end in related_by_heading(blocks):
        if regions[start] == "chrome" and blocks.lines[start].links:
            continue  # 热点专题 as an entry of the menu: what follows is the page
        regions[start:end] = ["related"] * (end - start)
    return regions


def _mark(regions: list[Region | None], start: int, end: int, region: Region) -> None:
    regions[start:end] = [known or region for known in regions[start:end]]


def _is_foot(element: html.HtmlElement, start: int, end: int, blocks: Blocks) -> bool:
    """Whether an element is the page's foot though it holds most of the prose: that of a page whose text is a picture.

    It says so, is short, and nothing but other parts of the foot follows a headline and it.
    """
    if element.tag != "footer" and not _FOOT_WORDS.search(f" {element.get('class') or ''} {element.get('id') or ''}"):
        return False
    size = sum(len(line.text) for line in blocks.lines[start:])
    return (
        size <= LONGEST_FOOT
        and any(line.heading for line in blocks.lines[:start])
        and not any(line.heading for line in blocks.lines[start:end])
    )


def name_region(element: html.HtmlElement) -> Region | None:
    """What element name, class and id say that an element is."""
    if element.tag in _CHROME_TAGS:
        return "chrome"
    if element.tag in ("body", "html"):
        return None
    return _name_label(f"{element.get('class') or ''} {element.get('id') or ''}".strip())


@lru_cache(maxsize=KEPT)
def _name_label(label: str) -> Region | None:
    for word in _WORDS.split(label):
        low = word.lower()
        if _RELATED_WORDS.search(low):
            return "related"
        if _COMMENT_WORDS.search(low):
            return "comments"
        if _CHROME_WORDS.search(low):
            return "chrome"
    return None


def _below_comment_headings(blocks: Blocks) -> list[tuple[html.HtmlElement, int, int]]:
    """The elements that a heading such as 网友评论 begins, with the ranges of their lines."""
    headings = [line for line in blocks.lines if len(line.text) <= 16 and _COMMENT_HEADING.fullmatch(line.text)]
    boxes = [(box, line.index) for line in headings if (box := line.node.getparent()) in blocks.spans]
    return [(box, *blocks.spans[box]) for box, index in boxes if blocks.spans[box][0] == index]


def related_by_heading(blocks: Blocks) -> list[tuple[int, int]]:
    """The ranges of lines that a heading such as 相关文章 announces, the heading included."""
    found = []
    headings = [line for line in blocks.lines if RELATED_HEADING.fullmatch(_heading_in(line))]
    linked = [line.index for line in blocks.lines if _is_link(line)] if headings else []
    for line in headings:
        span = _announced_by(line, blocks, linked)
        if span:
            found.append(span)
    return found


def _heading_in(line: Block) -> str:
    """What may announce other articles in a line: all of it, or what stands before the links, `相关文章：`."""
    if line.links < LEAST_TITLE:
        return line.text if len(line.text) <= LONGEST_HEADING else ""
    before = line.text[: -line.links].rstrip()
    return before if before[-1:] in (":", "：") and len(before) <= LONGEST_HEADING else ""


def _is_link(line: Block) -> bool:
    """Whether a line is a link to another page, be there a date behind it."""
    if line.links > 0.5 * len(line.text):
        return True
    return line.links >= LEAST_LINK and line.links > 0.5 * len(key(strip_dates(plain(line.text))))


def _kind(element: html.HtmlElement) -> tuple[html.HtmlElement | None, str, str | None]:
    """What elements have in common that follow one another as a list's do."""
    return element.getparent(), element.tag, element.get("class")


def _announced_by(heading: Block, blocks: Blocks, linked: list[int]) -> tuple[int, int] | None:
    """The lines from a heading through its list of links, each perhaps with an excerpt of a few lines.

    `linked` are the indexes of all lines that are links.
    """
    if heading.links >= LEAST_TITLE:
        kind = _kind(heading.node)
        others = itertools.takewhile(
            lambda line: _is_link(line) and _kind(line.node) == kind,
            blocks.lines[heading.index + 1 : heading.index + 1 + MOST_ALIKE],
        )
        return heading.index, heading.index + 1 + len(list(others))
    for element in [heading.node, *heading.node.iterancestors()]:
        span = blocks.spans.get(element)
        if span is None:
            continue
        following = element.getnext()
        if span == (heading.index, heading.index + 1) and following is not None and following.tag in _LISTS:
            first, last = blocks.spans.get(following, (0, 0))
            if first == last:
                return None  # its own list is empty, or filled in by a script
        end = min(span[1], heading.index + 1 + REACH)
        below = linked[bisect_right(linked, heading.index) : bisect_left(linked, end)]
        if len(below) >= 2 or (below and blocks.lines[below[0]].links >= LEAST_TITLE):
            return heading.index, _end_of_list(heading.index, below, end)
    return None


def _end_of_list(heading: int, linked: list[int], end: int) -> int:
    """Where a list of links with excerpts ends: in a flat page the article may go on behind it."""
    last = heading
    gaps = [1]
    for index in linked:
        if index - last > MAX_EXCERPT_LINES + 1:
            break
        if last != heading:
            gaps.append(index - last)
        last = index
    return min(end, last + max(gaps))

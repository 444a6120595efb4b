"""Pages that hold no article, and why: lists, errors served with status 200, captchas, login walls, other formats."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import html

from archive.urls import url_key
from pipelines.blocks import Block, Blocks, fold
from pipelines.body import Body
from pipelines.byline import is_byline
from pipelines.lists import has_list_address, is_list
from pipelines.text import is_prose, key

MIN_BODY = 40
"""Letters and digits of text below which a page is no article; the shortest real one met has 92."""
SHORT = 400
"""Characters of text up to which words such as 页面不存在 are believed: longer texts are about such pages."""
MIN_SIGNED, SHORT_BODY = 20, 150
"""The same below a headline and a byline; and below neither, on a page with other titles."""
HEADED = 12
"""Lines at which a headline is near."""
MANY, MANY_AT_HOME = 6, 15
"""Links with titles that tell a list from an empty page; and at the address of a home page, a home page."""
WALL = 6
"""Lines behind a short text, and at its end, in which the wall stands that hides the rest."""
LONGEST_WALL = 40
"""Characters of a line of the text that is a wall; longer ones write of walls."""

_OTHER_FORMATS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"\x00\x00\x00",
)
_FEED = re.compile(
    rb"\s{0,99}(?:<\?xml[^>]{0,200}>)?\s{0,99}(?:<!--.{0,500}?-->\s{0,99})?<(?:rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b",
    re.I | re.S,
)
_WIDE = re.compile(rb"(?:\xff\xfe|\xfe\xff)?(?:\s\x00|\x00\s){0,99}(?:<\x00|\x00<)")
"""How a page in UTF-16 begins, with a byte order mark or without."""
_TAG = re.compile(rb"<(?:html|head|body|div|p|title|meta|table|article|br|span|a|h[1-6]|script|td)\b", re.I)

_SAID = {
    "captcha": "验证码|安全验证|人机验证|滑动验证|(?:访问|请求)过于频繁|(?<!禁止访问: )(?:访问|请求)被(?:拦截|阻断|拒绝)|安全威胁|网站防火墙"
    "|异常流量|异常访问|疑似(?:黑客)?攻击|不是机器人|安全检查|环境异常|captcha|access denied|checking your browser|verifying you are human",
    "login": r"(?:尚未登[录陆]|(?:账号|用户|密码|扫码)登[录陆]|统一身份认证|請(?:先)?登[入錄]|訂戶專享|(?:訂閱|付費|登入)後(?:可)?(?:繼續)?閱讀"
    r"|仅对?(?:会员|付费用户)开放|付费(?:文章|内容|专栏)|试读内容|解锁全[部文])|(?:请(?:先)?登[录陆]|登[录陆]后(?:可|才|继续|阅读|查看)|登[录陆]并)(?![^。]{0,8}(?:评论|回复|留言|发表|点赞))|会员专享|开通会员|付费阅读|(?:订阅|购买|付费|开通)后(?:即?可)?(?:继续)?(?:阅读|查看|观看)|剩余\s*\d+\s*%(?!\s*未读\W{0,3}(?:点击|点此|展开|$|\n))",
    "not-found": r"\b(?:404|403|500|502|503)\b|not found|(?:页面|网页)不存在|(?:文章|内容|信息|页面|帖子)(?:不存在|已(?:被)?删除)"
    "|(?:内容|文章|页面)(?:已下线|已失效)|不存在或已|找不到(?:您|该|此|页面|相关)|未找到|没有找到|没有搜索到"
    "|已(?:经)?被(?:作者|管理员)?(?:移除|删除|更名)|走丢了|已下架|未通过审[批核]|资源(?:可能)?[^。]{0,24}不可用|(?:网站|页面|网址)(?:暂时)?无法访问|未备案"
    r"|站点创建成功|网站(?:正在)?建设中|应用程序中的服务器错误|运行时错误|禁止访问|系统发生错误|服务器(?:内部)?错误|数据库(?:连接)?错误|(?:网站|系统)(?:正在(?:升级)?维护|(?:升级)?维护(?:中|期间|升级|[^\w]|$))|connection refused|SQLSTATE"
    "|域名(?:正在)?出售|domain is for sale|域名已过期|(?:网站|站点)已(?:关闭|暂停)",
    "redirect": "即将离开|将跳转至|正在(?:为您)?跳转|页面跳转",
}
_WALL = re.compile(
    r"(?:登[录陆]|会员|订阅|付费|购买|开通)[^。，评论]{0,12}(?:阅读|查看|观看)(?:全文|剩余|完整(?=内容|文章|版|正文|报道|\W|$)|本文|全部(?!评论|回复))"
    r"|(?:登[录陆]|订阅|付费|购买|开通)后(?:即?可)?(?:继续)(?:阅读|查看|观看)(?!评论|回复)"
    r"|支付\S{0,6}(?:后)?可?阅读全文|解锁(?:全[部文]|剩余)|付费文章|訂戶專享|(?:訂閱|付費|登入)後(?:可)?(?:繼續)?閱讀(?!評論|回覆)"
    r"|(?:剩余|余下)\S{0,6}\s*\d+\s*%(?!\s*未读\W{0,3}(?:点击|点此|展开|$))|会员专享|试读(?:内容|(?:已)?结束)"
)
"""What a wall says behind the first lines of a text."""
_PHRASES = {reason: re.compile(words, re.I) for reason, words in _SAID.items()}
"""What error, wall and warning pages say, by the reason they stand for; the first reason counts."""
_SOURCE = re.compile("来源|稿源|作者|记者|通讯员")
_FOOT = re.compile(
    r"(?:主办|承办|主管|协办|运维|维护)(?:单位)?\s?[:：]|邮\s?编\s?[:：]|地址\s?[:：]|电话\s?[:：]|传真\s?[:：]|网站标识码|备案|分辨率|浏览器|版权所有|技术支持|copyright",
    re.I,
)
"""What stands in the foot of a site."""
_PLAYER = re.compile(r"video|player|prism|jwplay", re.I)


def not_html(body: bytes) -> str | None:
    """The reason why bytes are no page to read at all, or None."""
    if _WIDE.match(body):
        body = body[:400_000].replace(b"\x00", b"")
    head = body[:2048].lstrip()
    if not head and not body.strip():
        return "empty"
    if head.startswith(_OTHER_FORMATS) or _FEED.match(head) or b"\x00\x00" in head[:512]:
        return "not-html"
    if head[:1] in (b"{", b"[") or not _TAG.search(body[:200_000]):
        return "not-html"
    return None


def why_no_article(
    title: str | None,
    title_line: Block | None,
    body: Body,
    blocks: Blocks,
    span: tuple[int, int],
    url: str,
    root: html.HtmlElement,
) -> str | None:
    """The reason why what was read is no article, or None when it is one. `span` are the lines of its container."""
    lines = blocks.lines[span[0] : span[1]]
    text = "\n".join(body.lines)
    size = len(key(text[: 10 * SHORT_BODY]))
    if size < MIN_BODY:
        text = "\n".join(line.text for line in lines if not line.links) or text
    reason = None if _is_signed(body) else _what_it_says(title, text, root)
    if reason:
        return reason
    if len(text) < SHORT and title_line and _is_foot_below_picture(body, title_line, lines, root):
        return "empty"
    behind = [*body.tail, *blocks.lines[span[1] : span[1] + WALL]]
    if len(text) < SHORT and any(_WALL.search(line.text) for line in behind[:WALL]):
        return "login"
    if len(text) < 2 * SHORT and any(_WALL.search(line) for line in body.lines[-WALL:] if len(line) <= LONGEST_WALL):
        return "login"
    home = "/" not in url_key(url).rstrip("/") and not urlsplit(url).query
    first = body.head[-1].index + 1 if body.head else span[0]
    if is_list(lines, first, blocks, root, url):
        return "home" if home else "list"
    if size < SHORT_BODY and size < _least_size(title_line, body, first, root):
        return _why_empty(root, url)
    return "home" if home and (len(text) < SHORT or _titles(root) >= MANY_AT_HOME) else None


def _is_signed(body: Body) -> bool:
    """Whether a text of several paragraphs says where it comes from: one that may write of captchas and of logging in."""
    return sum(map(is_prose, body.lines)) > 1 and any(
        _SOURCE.search(line.text) is not None and is_byline(line.spaced) for line in body.head
    )


def _is_foot_below_picture(body: Body, headline: Block, lines: list[Block], root: html.HtmlElement) -> bool:
    """Whether what was read is the foot of a page whose text is a picture below its headline."""
    if not all(_FOOT.search(line) for line in body.lines):
        return False
    first = next((line.node for line in lines if line.text in body.lines[:1]), None)
    after = False
    for element in root.iter():
        if element is first:
            return False
        after = after or element is headline.node
        if after and element.tag == "img":
            return True
    return False


def _what_it_says(title: str | None, text: str, root: html.HtmlElement) -> str | None:
    """The reason that a short text gives itself."""
    if len(text) < SHORT:
        heading = f"{title or ''} {_document_title(root)}"
        for reason, phrase in _PHRASES.items():
            said = len(phrase.findall(text))
            if phrase.search(heading) or said >= 2 or (said and len(text) < SHORT // 2):
                return reason
    return None


def _least_size(title_line: Block | None, body: Body, first: int, root: html.HtmlElement) -> int:
    """The letters that a text must have to be believed: few below headline and byline, many below neither."""
    headline = title_line is not None and first - HEADED <= title_line.index <= first
    byline = any(is_byline(line.spaced) for line in body.head)
    if headline and byline and any(is_prose(line) for line in body.lines):
        return MIN_SIGNED
    return MIN_BODY if headline or byline or _titles(root) < MANY else SHORT_BODY


def _document_title(root: html.HtmlElement) -> str:
    return fold("".join("".join(element.itertext()) for element in root.iter("title")))


def why_nothing(blocks: Blocks, root: html.HtmlElement, url: str) -> str:
    """The reason for a page on which nothing reads like running text."""
    text = "\n".join(line.text for line in blocks.lines)
    return _what_it_says(None, text, root) or ("list" if has_list_address(url) else _why_empty(root, url))


def _titles(root: html.HtmlElement) -> int:
    """The links of a page that are long enough to be titles."""
    return sum(1 for a in root.iter("a") if len(fold("".join(a.itertext()))) >= 6)


def _why_empty(root: html.HtmlElement, url: str) -> str:
    links = _titles(root)
    if links >= MANY or (links and not urlsplit(url).path.strip("/")):
        return "home" if urlsplit(url).path.strip("/") == "" else "list"
    for element in root.iter("video", "embed", "object", "iframe", "div"):
        if element.tag == "video" or _PLAYER.search(f"{element.get('class')} {element.get('id')} {element.get('src')}"):
            return "video"
    return "empty"

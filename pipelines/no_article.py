"""Pages that hold no article, and why: lists, errors served with status 200, captchas, login walls, other formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import html

from pipelines.blocks import Block, Blocks, fold
from pipelines.text import is_prose, key

MIN_BODY = 40
"""Letters and digits of text below which a page is no article; the shortest real one met has 92."""
SHORT = 400
"""Characters of text up to which words such as 页面不存在 are believed: longer texts are about such pages."""
LIST_LINKS = 3
"""Linked titles with an excerpt each that make a list of a page."""

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
_TAG = re.compile(rb"<(?:html|head|body|div|p|title|meta|table|article|br|span|a|h[1-6]|script|td)\b", re.I)

_SAID = {
    "captcha": "验证码|安全验证|人机验证|滑动验证|(?:访问|请求)过于频繁|(?:访问|请求)被(?:拦截|阻断|拒绝)|安全威胁|网站防火墙"
    "|异常流量|captcha|access denied|checking your browser",
    "login": r"请(?:先)?登[录陆]|登[录陆]后(?:可|才|继续|阅读|查看)|登[录陆]并|会员专享|开通会员|付费阅读|订阅后阅读|剩余\s*\d+\s*%",
    "not-found": r"\b(?:404|403|500|502|503)\b|not found|(?:页面|网页)不存在|(?:文章|内容|信息|页面|帖子)(?:不存在|已(?:被)?删除)"
    "|(?:内容|文章|页面)(?:已下线|已失效)|不存在或已|找不到(?:您|该|此|页面|相关)|未找到|没有找到|没有搜索到"
    "|系统发生错误|服务器(?:内部)?错误|数据库(?:连接)?错误|(?:网站|系统)(?:正在)?(?:升级)?维护|connection refused|SQLSTATE"
    "|域名(?:正在)?出售|domain is for sale|域名已过期|(?:网站|站点)已(?:关闭|暂停)",
    "redirect": "即将离开|将跳转至|正在(?:为您)?跳转|页面跳转",
}
_PHRASES = {reason: re.compile(words, re.I) for reason, words in _SAID.items()}
"""What error, wall and warning pages say, by the reason they stand for; the first reason counts."""
_COUNTERS = re.compile(
    r"[(（\[]?(?:日期|时间|发布|点击|浏览|阅读|评论|作者)?[:：]?\s*\d[\d:：./年月日\s-]*(?:次|日)?[)）\]]?"
)
_PLAYER = re.compile(r"video|player|prism|jwplay", re.I)


def not_html(body: bytes) -> str | None:
    """The reason why bytes are no page to read at all, or None."""
    head = body[:2048].lstrip()
    if not head and not body.strip():
        return "empty"
    if head.startswith(_OTHER_FORMATS) or _FEED.match(head) or b"\x00\x00" in head[:512]:
        return "not-html"
    if head[:1] in (b"{", b"[") or not _TAG.search(body[:200_000]):
        return "not-html"
    return None


def why_no_article(
    title: str | None, body: Sequence[str], lines: Sequence[Block], url: str, root: html.HtmlElement
) -> str | None:
    """The reason why what was read is no article, or None when it is one.

    `body` is the text that was found, `lines` the lines of its container.
    """
    text = "\n".join(body)
    if len(key(text)) < MIN_BODY:
        text = "\n".join(line.text for line in lines if not line.links) or text
    if len(text) < SHORT:
        heading = f"{title or ''} {_document_title(root)}"
        for reason, phrase in _PHRASES.items():
            said = len(phrase.findall(text))
            if phrase.search(heading) or said >= 2 or (said and len(text) < SHORT // 2):
                return reason
    at_root = not urlsplit(url).path.strip("/") and not urlsplit(url).query
    if _is_list(lines):
        return "home" if at_root else "list"
    if len(key("".join(body))) < MIN_BODY:
        return _why_empty(root, url)
    return "home" if at_root and len(text) < SHORT else None


def _document_title(root: html.HtmlElement) -> str:
    return fold("".join("".join(element.itertext()) for element in root.iter("title")))


def why_nothing(blocks: Blocks, root: html.HtmlElement, url: str) -> str:
    """The reason for a page on which nothing reads like running text."""
    text = [line.text for line in blocks.lines]
    return why_no_article(None, text, [], url, root) or _why_empty(root, url)


def _why_empty(root: html.HtmlElement, url: str) -> str:
    links = sum(1 for a in root.iter("a") if len(fold("".join(a.itertext()))) >= 6)
    if links >= 6 or (links and not urlsplit(url).path.strip("/")):
        return "home" if urlsplit(url).path.strip("/") == "" else "list"
    for element in root.iter("video", "embed", "object", "iframe", "div"):
        if element.tag == "video" or _PLAYER.search(f"{element.get('class')} {element.get('id')} {element.get('src')}"):
            return "video"
    return "empty"


def _is_list(lines: Sequence[Block]) -> bool:
    """Whether a container is titles that lead elsewhere, each with an excerpt, and no byline of its own."""
    shown = [line for line in lines if len(line.text) >= 6]
    titles = [i for i, line in enumerate(shown) if line.links > 0.7 * len(_COUNTERS.sub("", line.text))]
    if len(titles) < LIST_LINKS:
        return False
    prose = [i for i, line in enumerate(shown) if is_prose(line.text) and line.links <= 0.5 * len(line.text)]
    if not prose or titles[0] > prose[0]:
        return False
    announced = sum(any(p - 3 <= t < p for t in titles) for p in prose)
    return announced >= 0.8 * len(prose) and len(prose) <= 1.7 * len(titles)

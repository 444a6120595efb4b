"""Articles and pages made up for the tests of the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from archive.records import Article, Exchange, Link, Page, Removal

SITE = "news.example.com"
WHEN = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)

BODY = "园区里的第一家企业昨天投产。\n这里去年还是一片麦田,如今有了三条生产线。"


def url(number: int) -> str:
    return f"https://{SITE}/a/{number}.html"


def link(number: int, position: int, **fields: Any) -> Link:
    values = {"url": url(number), "title": f"第{number}篇", "snippet": None, "position": position}
    return Link(**(values | fields))


def removal(text: str, **fields: Any) -> Removal:
    values = {"text": text, "rule": "phone-line", "kind": "contact", "position": 2}
    return Removal(**(values | fields))


def article(number: int = 1, **fields: Any) -> Article:
    values: dict[str, Any] = {
        "url": url(number),
        "title": f"第{number}篇",
        "body": BODY,
        "summary": "园区里的第一家企业昨天投产。",
        "published": "2025-02-28",
        "published_raw": "2025-02-28",
        "source": "河畔日报",
        "reporter": "林小满",
        "category": "园区动态",
        "posted_by": "admin",
        "views": 38,
    }
    return Article(**(values | fields))


def page(number: int = 1, **fields: Any) -> Page:
    values: dict[str, Any] = {
        "url": url(number),
        "requested_url": url(number),
        "site": SITE,
        "depth": 0,
        "status": 200,
        "body": b"<html>",
        "fetched_at": WHEN,
    }
    return Page(**(values | fields))


def exchange(number: int = 1, **fields: Any) -> Exchange:
    values: dict[str, Any] = {
        "page_url": url(number),
        "url": url(number),
        "method": "GET",
        "request_headers": (("User-Agent", "jianbao"),),
        "status": 200,
        "headers": (("Content-Type", "text/html; charset=gbk"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        "body": f"<html><p>第{number}页</p></html>".encode("gbk"),
        "fetched_at": WHEN,
        "ip": "192.0.2.7",
    }
    return Exchange(**(values | fields))

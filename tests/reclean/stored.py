"""An archive whose articles were read by older rules than today's, and a run that reads them in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive import finish_crawl, open_archive, record_outcome, save_article, start_crawl
from archive.evidence import Evidence
from archive.records import Article, Exchange, Link, Page
from pipelines import read_article
from pipelines.parts import join_parts
from pipelines.reclean import Recleaner, Report
from tests.archive.samples import removal

SITE = "news.example.com"
WHEN = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
PARAGRAPHS = (
    "第{n}号园区今年引进了{n}家新材料企业，标准厂房已经全部交付使用，配套的人才公寓也将在年底前完工。",
    "园区负责人介绍，下一步将围绕主导产业补齐链条，完善仓储物流和检验检测等公共服务，让企业安心生产。",
    "目前第{n}号园区的三条生产线都已经满负荷运转，产品销往周边十几个省市，订单排到了明年春天。",
)


def url(number: int | str) -> str:
    return f"https://{SITE}/a/{number}.html"


def html(number: int, *, date: str = "3天前", pager: str = "", text: str = "") -> bytes:
    """An article with a contact line below it, and two related ones."""
    related = "".join(f'<li><a href="{url(number + i)}">相关报道{i}</a></li>' for i in (1, 2))
    paragraphs = "".join(f"<p>{paragraph.format(n=number)}</p>" for paragraph in PARAGRAPHS)
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>第{number}号园区开工 - 园区周报</title></head>
<body><div class="nav"><a href="/">首页</a></div><div class="article"><h1>第{number}号园区开工</h1>
<div class="info">来源：河畔日报 {date}</div><div class="content">{text or paragraphs}
<p>选址热线：400-000-0000，微信同号</p></div>{pager}
<div class="related"><h3>相关文章</h3><ul>{related}</ul></div></div></body></html>""".encode()


LISTING = (
    b"<html><head><title>List</title></head><body><ul>" + b"<li><a href='/a'>x</a></li>" * 30 + b"</ul></body></html>"
)

Aged = Callable[[Article], Article]


def as_read(article: Article) -> Article:
    return article


def with_contact_line(article: Article) -> Article:
    """As rules would have it that knew no such line."""
    return replace(article, body=f"{article.body}\n选址热线：400-000-0000，微信同号", removals=())


def without_source(article: Article) -> Article:
    return replace(article, source=None)


def with_other_links(article: Article) -> Article:
    link = Link(url=url(999), title="别的", snippet=None, position=1)
    return replace(article, related=(link,), removals=(removal("别的"),))


class Store:
    """Pages as a crawl stores them, their articles as older rules read them."""

    def __init__(self, data: Path) -> None:
        self.db = open_archive(data)
        self._crawl = start_crawl(self.db)
        self._evidence = Evidence(self.db, data)

    def article(self, number: int, aged: Aged = as_read, *, stored: bytes | None = None, **fields: Any) -> None:
        """An article; `stored` is the body that is kept in place of the one that it was read from."""
        body = html(number, **fields)
        article = aged(read_article(body, url(number), fetched_at=WHEN))
        self._save(number, stored or body, article)

    def parted(self, number: int) -> None:
        """An article of two pages, its first page stored as if it were the whole."""
        pager = '<div class="pages"><a href="{0}.html">1</a> <a href="{0}_2.html">2</a>{1}</div>'
        first = html(number, pager=pager.format(number, f'<a href="{number}_2.html">下一页</a>'))
        second = html(number, pager=pager.format(number, ""), text=f"<p>{'后一页说的是另一件事。' * 9}</p>")
        read = [read_article(body, url(number), fetched_at=WHEN) for body in (first, second)]
        part = self._page(f"{number}_2", second)
        whole = join_parts(read[0], [read[1]])
        self._save(number, first, whole, parts=[(part, self._keep(f"{number}_2", second))])

    def no_article(self, number: int, body: bytes, reason: str = "not-an-article: no-text") -> None:
        state: Any = "failed" if reason.startswith("read") else "fetched"
        capture = self._keep(number, body)
        record_outcome(
            self.db, url(number), state=state, reason=reason, status=200, crawl_id=self._crawl, capture=capture
        )

    def close(self) -> None:
        finish_crawl(self.db, self._crawl, outcome="finished")
        self._evidence.close()
        self.db.close()

    def _save(self, number: int, body: bytes, article: Article, **more: Any) -> None:
        capture = self._keep(number, body)
        page = self._page(number, body)
        save_article(self.db, article, page, crawl_id=self._crawl, follow=False, capture=capture, **more)

    def _keep(self, number: int | str, body: bytes) -> Any:
        exchange = Exchange(
            page_url=url(number), url=url(number), method="GET", request_headers=(), status=200,
            headers=(("ETag", '"1"'),), body=body, fetched_at=WHEN,
        )  # fmt: skip
        capture = self._evidence.keep(exchange)
        self._evidence.sync(capture)
        return capture

    def _page(self, number: int | str, body: bytes) -> Page:
        return Page(
            url=url(number), requested_url=url(number), site=SITE, depth=0, status=200, body=body, fetched_at=WHEN
        )


class InThisProcess:
    """Stands in for the pool: starting processes takes seconds."""

    def __init__(self, reader: Callable[[Any], Any], **_limits: Any) -> None:
        self._reader = reader

    async def read(self, stored: Any) -> Any:
        await asyncio.sleep(0)
        return self._reader(stored)

    def close(self) -> None:
        pass


def read_again(db: Database, data: Path, *, dry_run: bool = False) -> Report:
    recleaner = Recleaner(db, data, dry_run=dry_run)
    asyncio.run(recleaner.read_all())
    return recleaner.report

"""Data folders with articles and the evidence of them, for what works on whole folders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive import finish_crawl, open_archive, save_article, start_crawl
from archive.evidence import Evidence
from archive.records import Article
from tests.archive.samples import WHEN, article, exchange, link, page, removal

SPAM = "招商微信/手机:13000007946"


def written(number: int, **fields: Any) -> Article:
    """Article `number`: it names the next one, and its page had a contact line."""
    values: dict[str, Any] = {
        "title": f"河阳县第{number}号仓库改成了车间",
        "body": f"第{number}号仓库的大门昨天重新打开。\n看门的老人说,第{number}号钥匙他留了二十年。",
        "summary": f"第{number}号仓库的大门昨天重新打开。",
        "related": (
            link(
                number + 1,
                1,
                title=f"河阳县第{number + 1}号仓库改成了车间",
                snippet=f"第{number + 1}号仓库的大门昨天",
            ),
        ),
        "removals": (removal(SPAM, position=2),),
    }
    return article(number, **(values | fields))


def html(read: Article) -> bytes:
    """A page that says what the article says, and names the related ones."""
    paragraphs = "".join(f"<p>{line}</p>" for line in (*read.body.split("\n"), *(r.text for r in read.removals)))
    links = "".join(f'<li><a href="{link.url}">{link.title}</a><p>{link.snippet}</p></li>' for link in read.related)
    return f"<html><title>{read.title}</title><body>{paragraphs}<ul>{links}</ul></body></html>".encode("gb18030")


def fill(data: Path, articles: Iterable[Article], *, day: int = 0, site: str = "news.example.com") -> None:
    """Archive these articles as a crawl on that day does, evidence first."""
    db = open_archive(data)
    evidence = Evidence(db, data)
    crawl = start_crawl(db)
    for read in articles:
        fields = {"url": read.url, "fetched_at": WHEN + timedelta(days=day), "body": html(read)}
        capture = evidence.keep(exchange(page_url=read.url, **fields))
        evidence.sync(capture)
        save_article(
            db,
            read,
            page(requested_url=read.url, site=site, etag='"tag"', **fields),
            crawl_id=crawl,
            follow=True,
            capture=capture,
        )
    finish_crawl(db, crawl, outcome="finished")
    evidence.close()
    db.close()

"""An archive of our own writing, and the site over it, asked in-process."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive import finish_crawl, open_archive, read_archive, save_article, start_crawl
from archive.records import Article, Link, Page, Removal
from jianbao.serving import build_datasette

Get = Callable[[str], httpx.Response]

HOST = "https://park.example"
TOWNS = ("洛阳", "河阳", "青岭")
SUBJECTS = ("轴承厂搬进新园区", "牡丹深加工有了新订单", "旧仓库改成电池车间", "夜校教会工人编程序")
SOURCES = ("河阳晨报", "洛水日报", None)
CATEGORIES = ("产业动态", "园区人物")
ARTICLES = 24


def write_article(number: int) -> Article:
    """Article `number` of the test archive; no two have the same title or text."""
    town, source = TOWNS[number % 3], SOURCES[number % 3]
    lead = f"{town}的这家企业去年交出第{number}份答卷，老城区的订单占了一半。"
    return Article(
        url=f"{HOST}/post/{number}.html",
        title=f"{town}{SUBJECTS[number % 4]}（之{number}）",
        body=f"{lead}\n车间主任说：“机器换了，人也得换脑筋。”\n记者在现场看到，第{number}条生产线已经开动。",
        summary=lead,
        published=f"2024-{number % 9 + 1:02}-{number + 1:02}" if number else None,
        source=source,
        reporter="周若川" if source else None,
        category=CATEGORIES[number % 2],
        posted_by="admin",
        views=number * 7,
        related=(
            Link(url=f"{HOST}/post/{number + 1}.html", title=f"下一篇之{number}", snippet="摘一句", position=1),
            Link(url=f"{HOST}/old/{number}.html", title=f"旧闻之{number}", snippet=None, position=2),
        ),
        removals=(
            Removal(text=lead, rule="repeated-lead", kind="repeat", position=0),
            Removal(text="招商热线：400-000-1234", rule="contact-line", kind="contact", position=3),
        ),
    )


def fetched(article: Article, moment: datetime) -> Page:
    return Page(
        url=article.url,
        requested_url=article.url,
        site="园区通讯",
        depth=0,
        status=200,
        body=article.body.encode(),
        fetched_at=moment,
    )


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose archive holds ARTICLES articles, the one with id 2 in two versions."""
    folder = tmp_path_factory.mktemp("served") / "data"
    db = open_archive(folder)
    crawl = start_crawl(db)
    day = datetime(2024, 11, 1, 8, 30, tzinfo=UTC)
    for number in range(ARTICLES):
        article = write_article(number)
        save_article(db, article, fetched(article, day), crawl_id=crawl, follow=False)
    changed = dataclasses.replace(write_article(1), title="改过的标题")
    save_article(db, changed, fetched(changed, day + timedelta(days=1)), crawl_id=crawl, follow=False)
    finish_crawl(db, crawl, outcome="done")
    db.close()
    return folder


@pytest.fixture
def db(data: Path) -> Iterator[Database]:
    """The archive that is served, read-only: what the pages must agree with."""
    db = read_archive(data)
    yield db
    db.close()


@pytest.fixture(scope="session")
def site(data: Path) -> Datasette:
    return build_datasette(data)


@pytest.fixture(scope="session")
def get(site: Datasette) -> Get:
    """Ask the site for a path; redirects are not followed."""
    return lambda path: asyncio.run(site.client.get(path))


@pytest.fixture
def serve_articles(tmp_path: Path) -> Callable[..., Get]:
    """Serve an archive of other articles: hostile ones, or none at all."""

    def serve(*articles: Article) -> Get:
        db = open_archive(tmp_path)
        crawl = start_crawl(db)
        for article in articles:
            save_article(db, article, fetched(article, datetime.now(UTC)), crawl_id=crawl, follow=False)
        db.close()
        site = build_datasette(tmp_path)
        return lambda path: asyncio.run(site.client.get(path))

    return serve

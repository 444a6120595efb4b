"""A served archive of our own writing and a real Chromium that looks at it."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from archive import finish_crawl, open_archive, save_article, start_crawl
from archive.records import Article, Link, Removal
from archive.records import Page as FetchedPage

CHROMIUM = "/usr/bin/chromium"
WORDS = ("洛阳", "河阳", "青岭", "南溪")
ARTICLES = 60


def fetched(article: Article) -> FetchedPage:
    return FetchedPage(
        url=article.url,
        requested_url=article.url,
        site="园区通讯",
        depth=0,
        status=200,
        body=article.body.encode(),
        fetched_at=datetime(2024, 12, 1, tzinfo=UTC),
    )


@pytest.fixture(scope="session")
def archive_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ARTICLES articles, every fourth of which has 洛阳 in its title, each naming the next two; the first is in two
    versions."""
    folder = tmp_path_factory.mktemp("browsed") / "data"
    db = open_archive(folder)
    crawl = start_crawl(db)
    for number in range(ARTICLES):
        town = WORDS[number % len(WORDS)]
        article = Article(
            url=f"https://park.example/post/{number}.html",
            title=f"{town}新园区的第{number}个清晨",
            body=f"天刚亮，{number}号车间的灯就亮了。\n“今天要把新设备调好。”班长说。",
            summary=f"天刚亮，{number}号车间的灯就亮了。",
            published=f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            source="=河阳晨报" if number == 0 else "河阳晨报",
            category="产业动态",
            related=tuple(
                Link(
                    url=f"https://park.example/post/{number + step}.html",
                    title=f"再走{step}步",
                    snippet=None,
                    position=step,
                )
                for step in (1, 2)
            ),
            removals=(Removal(text="招商热线：400-000-1234", rule="contact-line", kind="contact", position=2),),
        )
        save_article(db, article, fetched(article), crawl_id=crawl, follow=False)
        if number == 0:
            changed = dataclasses.replace(article, body=article.body.replace("新设备", "十台新设备"))
            save_article(db, changed, fetched(changed), crawl_id=crawl, follow=False)
    finish_crawl(db, crawl, outcome="done")
    db.close()
    return folder


@pytest.fixture(scope="session")
def address(archive_folder: Path) -> Iterator[str]:
    """Where `jianbao serve` serves it, without a slash at the end."""
    start = "from jianbao.cli import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", start, "serve", "--port", "0", "--data", str(archive_folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    found = re.search(r"http://[\d.:]+", server.stdout.readline())
    assert found
    yield found[0]
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: while it runs, asyncio.run() fails in every other test of the same process.
    with sync_playwright() as playwright:
        # Containers have no user namespaces for Chromium's sandbox; it sees loopback pages only.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """A page of a fresh profile, once as wide as a desktop and once as a phone.

    Fails the test when the browser complains: of a refused script or style, of anything not found.
    """
    size = {"desktop": (1280, 900), "phone": (390, 844)}[request.param]
    context = chromium.new_context(
        base_url=address, locale="zh-CN", viewport={"width": size[0], "height": size[1]}, accept_downloads=True
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda failed: complaints.append(f"{failed.failure} {failed.url}"))
    yield page
    context.close()
    # What a download or the next click replaces is aborted, which Chromium counts as failed.
    assert [complaint for complaint in complaints if "ERR_ABORTED" not in complaint] == []

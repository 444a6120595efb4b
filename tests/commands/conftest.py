"""The command line, run in this process, and a small archive for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import finish_crawl, open_archive, record_outcome, save_article, start_crawl
from jianbao.cli import main
from tests.archive.samples import article, link, page, removal, url

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Run `jianbao` with these arguments. What it raises, other than to exit, fails the test."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three articles of two sites, and a finished crawl."""
    folder = tmp_path / "data"
    db = open_archive(folder)
    crawl = start_crawl(db)
    first = article(
        1,
        title="河阳的轴承厂",
        related=(link(2, 1), link(8, 2)),
        removals=(removal("手机 13000001234"), removal("分享", kind="share")),
    )
    save_article(db, first, page(1), crawl_id=crawl, follow=False)
    save_article(db, article(2, title="旧仓库"), page(2), crawl_id=crawl, follow=False)
    hostile = article(3, title="红\x1b[31m字", body="控制\x07字符", source=None, published=None, published_raw=None)
    save_article(db, hostile, page(3, site="other.example"), crawl_id=crawl, follow=False)
    record_outcome(db, url(8), state="gone", reason="http 404", status=404, crawl_id=crawl)
    finish_crawl(db, crawl, outcome="finished")
    db.close()
    return folder


@pytest.fixture
def damaged(data: Path) -> Path:
    """The same folder, the pages of its tables overwritten but not the file's head."""
    file = data / "archive.db"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    return data

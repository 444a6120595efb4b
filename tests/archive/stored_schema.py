"""Stores an archive as today's code writes it, for tests of the migrations to come.

`python -m tests.archive.stored_schema`, whenever a migration was added, writes `schemas/m….db.gz`.
"""

from __future__ import annotations

import gzip
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from archive import add_start, finish_crawl, open_archive, record_outcome, save_article, start_crawl
from archive.migrations import MIGRATIONS
from tests.archive.samples import SITE, WHEN, article, link, page, removal, url

FOLDER = Path(__file__).parent / "schemas"
TEXTS = ("第一稿。", "第二稿。", "第一稿。", "第一稿。", "第三稿。", "第二稿。")


def store_archive(data: Path) -> None:
    """An archive with an article in three texts, one that a redirect led to, a page that is gone, and a start."""
    with closing(open_archive(data)) as db:
        crawl = start_crawl(db)
        related, removals = (link(2, 1), link(3, 2)), (removal("微信/手机:13000001234"),)
        for day, text in enumerate(TEXTS):
            read = article(body=text, related=related, removals=removals)
            save_article(db, read, page(fetched_at=WHEN + timedelta(days=day)), crawl_id=crawl, follow=True)
        save_article(db, article(2), page(2, requested_url=url(22)), crawl_id=crawl, follow=False)
        add_start(db, url(4), site=SITE, crawl_id=crawl)
        record_outcome(db, url(3), state="gone", reason="http 404", status=404, crawl_id=crawl)
        finish_crawl(db, crawl, outcome="finished")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        name = MIGRATIONS.applied(db)[-1].name.partition("_")[0]
    content = (data / "archive.db").read_bytes()
    (FOLDER / f"{name}.db.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        store_archive(Path(folder))

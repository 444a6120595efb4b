"""A process that archives articles until it is killed: `python -m tests.archive.writer DATA FIRST [COUNT]`."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from archive import open_archive, save_article, start_crawl
from tests.archive.samples import article, link, page, removal


def main(data: Path, first: int, articles: int | None) -> None:
    db = open_archive(data)
    crawl = start_crawl(db)
    for number in count(first) if articles is None else range(first, first + articles):
        # Every third article is one that was archived before, with a new text.
        number = number if number % 3 else number // 2
        written = article(
            number,
            body=f"第{number}篇的正文。\n写它的是第{crawl}次抓取。",
            related=(link(number + 1, 1), link(number + 2, 2)),
            removals=(removal("手机 13000001234"),),
        )
        save_article(db, written, page(number), crawl_id=crawl, follow=True)
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)

"""Writing articles with index, links and removals, against `executemany` of the same rows; reading them all as CSV,
against the sqlite3 shell; and whether an article costs more in a large archive than in a small one."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from archive import export_articles, open_archive, save_articles, start_crawl, to_index
from archive.database import FILE_NAME
from archive.export import EXPORT_COLUMNS
from archive.records import Arrival, Article, Link, Page, Removal
from benchmarks.timing import Result, compare
from pipelines.saving import MOST

ARTICLES = 100_000
CHUNK = 1_000
"""Articles that are written by one side before it is the other's turn."""
SMALL = 10_000
"""Articles of the small archive that the large one is compared with."""
CSV_PAIRS = 3
RELATED = 8
CHARACTERS = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 3_000))
"""As many as are in common use; the first are used most, as in a language."""
TABLES = ("articles", "versions", "history", "links", "removals", "contacts", "pages")
WHEN = datetime(2025, 3, 1, tzinfo=UTC)


def measure(articles: int = ARTICLES) -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours", Path(name) / "theirs"
        with closing(open_archive(theirs)) as db:
            start_crawl(db)
        with closing(open_archive(ours)) as db:
            times = _write_in_turn(db, theirs / FILE_NAME, articles)
            results = [_writing(times), *_growth([mine for mine, _ in times])]
            if shutil.which("sqlite3"):
                results.append(_reading(db, ours, articles))
        return results


def _write_in_turn(db: Database, rival: Path, articles: int) -> list[tuple[float, float]]:
    """Seconds that a chunk of articles took each side. A crawl commits a group of articles, `executemany` all at once."""
    crawl_id = start_crawl(db)
    randomly = random.Random(1)
    times = []
    with closing(sqlite3.connect(rival)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        for first in range(1, articles + 1, CHUNK):
            work = [
                Arrival(article=write_article(n, randomly), page=_page(n), follow=False)
                for n in range(first, first + CHUNK)
            ]
            began = time.perf_counter()
            for group in range(0, CHUNK, MOST):
                save_articles(db, work[group : group + MOST], crawl_id=crawl_id)
            mine = time.perf_counter() - began
            times.append((mine, _insert(connection, _rows(db, connection))))
        connection.commit()
    return times


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, list[tuple[object, ...]]]]) -> float:
    began = time.perf_counter()
    for sql, values in rows:
        connection.executemany(sql, values)
    return time.perf_counter() - began


def _rows(db: Database, connection: sqlite3.Connection) -> list[tuple[str, list[tuple[object, ...]]]]:
    """The rows that the other archive does not have yet, each table's with the statement that inserts them."""
    inserts = []
    for table in TABLES:
        (last,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
        names = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})").fetchall()]
        rows = db.execute(f"SELECT {', '.join(names)} FROM {table} WHERE id > ?", (last,)).fetchall()
        inserts.append((_insert_sql(table, names), rows))
        if table == "articles":
            texts = ((row[names.index("id")], row[names.index("title")], row[names.index("body")]) for row in rows)
            terms = [(id_, to_index(title), to_index(body)) for id_, title, body in texts]
            inserts.append((_insert_sql("articles_fts", ["rowid", "title", "body"]), terms))
    return inserts


def _insert_sql(table: str, names: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _writing(times: list[tuple[float, float]]) -> Result:
    mine, rivals = (sum(side) for side in zip(*times, strict=True))
    ratios = sorted(theirs / ours for ours, theirs in times)
    articles = len(times) * CHUNK
    return Result(
        what=f"archiving {articles:,} articles",
        rival="executemany of the same rows",
        unit="articles/s",
        ours=articles / mine,
        theirs=articles / rivals,
        ratio=rivals / mine,
        spread=f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
    )


def _growth(seconds: list[float]) -> Iterable[Result]:
    """The cost of an article at the end against that of one in a small archive, by the medians of ten chunks."""
    small = seconds[: SMALL // CHUNK]
    large = seconds[-len(small) :]
    if len(seconds) < 2 * len(small):
        return
    ours, theirs = (statistics.median(chunks) / CHUNK * 1_000 for chunks in (large, small))
    yield Result(
        what=f"archiving one article after {len(seconds) * CHUNK:,}",
        rival=f"in the first {SMALL:,}",
        unit="ms",
        ours=ours,
        theirs=theirs,
        ratio=ours / theirs,
        spread=f"{min(large) / CHUNK * 1_000 / theirs:.2f}–{max(large) / CHUNK * 1_000 / theirs:.2f}",
    )


def _reading(db: Database, data: Path, articles: int) -> Result:
    mine, rivals = data / "ours.csv", data / "theirs.csv"
    sql = f"SELECT {', '.join(EXPORT_COLUMNS)} FROM articles ORDER BY id"

    def shell() -> None:
        with rivals.open("wb") as out:
            subprocess.run(["sqlite3", "-readonly", "-csv", str(data / FILE_NAME), sql], check=True, stdout=out)

    return compare(
        "all articles as CSV", "the sqlite3 shell", articles, "rows/s",
        lambda: export_articles(db, mine), shell, pairs=CSV_PAIRS,
    )  # fmt: skip


def write_article(number: int, randomly: random.Random) -> Article:
    """An article of 600 characters that names eight others, one of them archived already; three blocks were taken out."""
    weights = [1 / (rank + 10) for rank in range(len(CHARACTERS))]
    text = "".join(randomly.choices(CHARACTERS, weights, k=1_200))
    related = tuple(
        Link(
            url=_url(max(1, number - 1 + 3 * at)), title=text[at : at + 18], snippet=text[at : at + 40], position=at + 1
        )
        for at in range(RELATED)
    )
    removals = (
        Removal(text=f"选址热线：400-000-{number % 10_000:04}，微信同号", rule="phone", kind="contact", position=5),
        Removal(text=f"版权声明：{text[:60]}", rule="copyright", kind="copyright", position=5),
        Removal(text="分享给朋友：", rule="share", kind="share", position=5),
    )
    return Article(
        url=_url(number), title=text[600:620], body="\n".join(text[at : at + 120] for at in range(600, 1_200, 120)),
        summary=text[600:680], published=f"20{number % 10 + 15}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        published_raw="1年前", posted_by="admin", source=f"报{number % 40}", reporter="林小满",
        category=f"栏目{number % 11}", views=number % 1_000, related=related, removals=removals,
    )  # fmt: skip


def _page(number: int) -> Page:
    url = _url(number)
    return Page(
        url=url, requested_url=url, site=_site(number), depth=1, status=200, body=b"%d" % number,
        fetched_at=WHEN + timedelta(seconds=number), etag=f'"{number}"',
    )  # fmt: skip


def _url(number: int) -> str:
    return f"https://{_site(number)}/a/{number}.html"


def _site(number: int) -> str:
    return f"news{number % 7}.example.com"

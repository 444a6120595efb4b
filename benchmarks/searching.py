"""How long a search takes as the archive grows: the search page, whole, over articles of random text. Beside random
pieces of text these are single characters, and pieces newest first, within a site and within a month.

`python -m benchmarks.searching [COUNT...]`. Each count takes its articles to be written first (some 1,000 a second).
Random text is the worst case: every character stands in most articles, which no real archive has.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlite_utils import Database

from archive import open_archive, to_index
from archive.database import transaction
from jianbao.serving import build_datasette

COUNTS = (1_000, 10_000, 100_000, 300_000)
SEARCHES = 100
SITES = 7
LINES, LINE_CHARS = 5, 120
CHARACTERS = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 3000))
"""As many as are in common use; the first are used most, as in a language."""

INSERT = """
INSERT INTO articles (id, url, url_key, site, title, source, category, published, summary, body, char_count,
    first_seen, last_seen, last_changed, version)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
"""


def main() -> None:
    print(f"{'articles':>9}  {'median':>7}  {'p95':>7}   ms for a page of results, {SEARCHES} searches each")
    for count in [int(word) for word in sys.argv[1:]] or COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            measured = measure(Path(folder), count)
        for kind, seconds in measured.items():
            median, p95 = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
            print(f"{count:9,}  {median * 1000:7.1f}  {p95 * 1000:7.1f}   {kind}")


def measure(folder: Path, count: int) -> dict[str, list[float]]:
    """Seconds of each search, by kind."""
    randomly = random.Random(count)
    db = open_archive(folder)
    pieces = fill(db, count, randomly)
    db.close()
    site = build_datasette(folder)

    async def search(asked: list[dict[str, str]]) -> list[float]:
        await site.client.get("/search?_search=x")
        seconds = []
        for parameters in asked:
            started = time.perf_counter()
            response = await site.client.get("/search", params=parameters)
            seconds.append(time.perf_counter() - started)
            assert response.status_code == 200
        return seconds

    return {kind: asyncio.run(search(asked)) for kind, asked in searches(pieces, randomly).items()}


def searches(pieces: list[str], randomly: random.Random) -> dict[str, list[dict[str, str]]]:
    """What is asked of the search page, by kind."""
    return {
        "pieces of text": [{"_search": piece} for piece in pieces],
        "one character": [{"_search": piece[0]} for piece in pieces],
        "newest first": [{"_search": piece, "_sort_desc": "published"} for piece in pieces],
        "in a site": [{"_search": piece, "site": f"站{randomly.randrange(SITES)}"} for piece in pieces],
        "in a month": [{"_search": piece, "month": f"20{randomly.randrange(16, 25, 2)}-06"} for piece in pieces],
    }


def fill(db: Database, count: int, randomly: random.Random) -> list[str]:
    """Write the articles; pieces of one to six characters of some of them."""
    weights = [1 / (rank + 10) for rank in range(len(CHARACTERS))]
    pieces = []
    with transaction(db):
        for number in range(1, count + 1):
            text = "".join(randomly.choices(CHARACTERS, weights, k=LINES * LINE_CHARS))
            body = "\n".join(text[start : start + LINE_CHARS] for start in range(0, len(text), LINE_CHARS))
            title, day = text[7:27], f"20{number % 10 + 15}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            url, moment = f"https://a.example/{number}", f"{day}T00:00:00Z"
            row = (
                number,
                url,
                url[8:],
                f"站{number % SITES}",
                title,
                f"报{number % 40}",
                f"栏目{number % 11}",
                day,
                text[:80],
            )
            db.execute(INSERT, (*row, body, len(text), moment, moment, moment))
            db.execute(
                "INSERT INTO articles_fts (rowid, title, body) VALUES (?, ?, ?)",
                (number, to_index(title), to_index(body)),
            )
            if number % max(1, count // SEARCHES) == 0 and len(pieces) < SEARCHES:
                start = randomly.randrange(LINE_CHARS - 6)
                pieces.append(text[start : start + randomly.randint(1, 6)])
    return pieces


if __name__ == "__main__":
    main()

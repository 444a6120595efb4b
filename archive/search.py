"""Full-text search that finds what a full scan finds, in Chinese as in anything else.

**In the index** (`articles_fts`: contentless FTS5, columns `title` and `body`, rowid = `articles.id`) each
character is a token of its own. The text is folded (`archive/folding.py`: full-width and half-width, capital
and small, traditional and simplified are alike), each line ends in U+2029 so that no match runs from one paragraph into the next, and the
printable characters, punctuation too, are parted by spaces. White space itself is left out: `GDP增长` finds
it spaced too. The tokenizer takes anything but white space for a token character; each of the 138,252
printable characters that folding can give was checked to come through as one token, itself.

**A query** is a phrase of such characters for every word: `洛阳` is `"洛 阳"`. Words are joined by AND; the
words after a minus follow as `NOT (… OR …)`. There is no FTS5 syntax to get wrong: everything typed ends up
between double quotes, a double quote itself doubled. `datasette/plugins/` has its own copy of `fold`,
`to_index` and `to_match`, as its `escape_fts`, because those plugins cannot import this package.

Latin letters and digits are no exception: `2024` finds `12024`, and `GPT` finds `ChatGPT`. Whole words
would be the habit of English search, but a full scan finds the inside of words too, Chinese text does not
space them, and it costs next to nothing: measured on 30,000 articles of 600 characters (6 % of them Latin
or digits), the index is 1 % larger, a search for such a word takes 2.5 ms in place of 0.1, and the slowest
of 300 searches took 7 ms. An index that also stores its text (`content` left out) would be 2.6 times as
large: 6.6 KB an article in place of 2.5.

Being contentless, the index cannot be rebuilt or altered by accident, and must be told the old text when it
changes: always in the transaction that changes `articles`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from archive.folding import fold

LINE_END = "\u2029"
"""Stands for the end of a line in the index: Unicode's paragraph separator, which is not printable and so
comes from no text. Every article has one, which is how "all but …" is asked for."""

TITLE_WEIGHT = 8.0
"""A hit in the title counts as much as eight in a body: a body names its subject several times."""

SNIPPET_BEFORE = 20
SNIPPET_CHARS = 100
"""Characters of the body shown with a hit, and how many of them stand before the first match: two lines of
a terminal, the match in the first."""

NOTHING = '""'
"""The FTS5 query that matches no article."""

_TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?:"(?P<phrase>[^"]+)"(?!\S)|(?P<word>\S+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article that a search found."""

    id: int
    """`articles.id`."""
    url: str
    """The article's canonical URL."""
    title: str
    """The headline."""
    published: str | None
    """ISO date; None when the page shows none."""
    source: str | None
    """The paper, agency or site it was copied from; None when the page names none."""
    snippet: str
    """The part of the body around the first match, its lines joined by spaces; the body's beginning where
    only the title matches."""


def to_index(text: str) -> str:
    """The text as it stands in `articles_fts`."""
    return "".join(f"{_spaced(line)} {LINE_END} " for line in fold(text).split("\n"))


def to_match(words: str) -> str:
    """What a user typed as an FTS5 query; any text gives a valid one.

    `洛阳 产业` both words, anywhere · `"洛阳 产业"` side by side · `-产业` without it.
    A quote or a minus inside a word is the character itself, and so is a quote without its pair.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, term in _terms(words):
        (unwanted if minus else wanted).append('"' + _spaced(term).replace('"', '""') + '"')
    if not wanted and not unwanted:
        return NOTHING
    query = " AND ".join(wanted) or f'"{LINE_END}"'
    return f"{query} NOT ({' OR '.join(unwanted)})" if unwanted else query


def _terms(words: str) -> Iterator[tuple[bool, str]]:
    """The words and phrases of a query, folded, each with whether it is to be absent."""
    for term in _TERM.finditer(fold(words)):
        text = term["phrase"] or term["word"]
        if _characters(text):
            yield bool(term["minus"]), text


def _spaced(folded: str) -> str:
    return " ".join(_characters(folded))


def _characters(folded: str) -> list[str]:
    shown = folded.replace(" ", "")  # no other white space is printable
    return list(shown) if shown.isprintable() else [char for char in shown if char.isprintable()]


def index_article(db: Database, article_id: int, title: str, body: str) -> None:
    """Add an article to the index, in the caller's transaction."""
    index_terms(db, article_id, to_index(title), to_index(body))


def index_terms(db: Database, article_id: int, title: str, body: str) -> None:
    """The same of what `to_index` made of title and body."""
    db.execute("INSERT INTO articles_fts (rowid, title, body) VALUES (?, ?, ?)", (article_id, title, body))


def unindex_article(db: Database, article_id: int, title: str, body: str) -> None:
    """Take an article out of the index, in the caller's transaction. Title and body as they were indexed:
    with other text the index keeps pieces of the old one."""
    db.execute(
        "INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', ?, ?, ?)",
        (article_id, to_index(title), to_index(body)),
    )


def indexed_terms(db: Database) -> sqlite3.Cursor:
    """All that the index holds, sorted: term, article's id, whether in the body, place in the text."""
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_terms USING fts5vocab (main, articles_fts, instance)")
    # A damaged index may hold a column that there is not.
    sql = "SELECT CAST(term AS BLOB), doc, coalesce(col = 'body', -1), offset FROM temp.indexed_terms"
    return db.execute(sql)


def rebuild_index(db: Database) -> None:
    """Make the index anew from the articles, in the caller's transaction."""
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    for article_id, title, body in db.execute("SELECT id, title, body FROM articles"):
        index_article(db, article_id, title, body)


def search(db: Database, words: str, *, limit: int = 20, offset: int = 0) -> list[Hit]:
    """The articles that match, best first, of equally good ones the one archived last first."""
    # Ranked and cut before any article is read: half the time over 90,000 articles, 70 ms for a character
    # that stands in all of them.
    rows = db.execute(
        """
        SELECT id, url, title, published, source, body
        FROM (
            SELECT rowid AS hit, bm25(articles_fts, ?, 1.0) AS score
            FROM articles_fts WHERE articles_fts MATCH ?
            ORDER BY score, rowid DESC LIMIT ? OFFSET ?
        )
        JOIN articles ON articles.id = hit
        ORDER BY score, id DESC
        """,
        (TITLE_WEIGHT, to_match(words), limit, offset),
    )
    return [
        Hit(id=id_, url=url, title=title, published=published, source=source, snippet=_snippet(body, words))
        for id_, url, title, published, source, body in rows
    ]


def find_matches(text: str, words: str) -> list[tuple[int, int]]:
    """Start and end of every place in `text` that a search for `words` found, in order, not overlapping."""
    needles = ["".join(_characters(term)) for minus, term in _terms(words) if not minus]
    if not needles:
        return []
    found_in: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        for part in _folded(char):
            found_in.append(part)
            origin.append(position)
    # The longest first: of two words that begin at one place the longer one is meant.
    pattern = "|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    return [(origin[match.start()], origin[match.end() - 1] + 1) for match in re.finditer(pattern, "".join(found_in))]


@lru_cache(maxsize=20_000)
def _folded(char: str) -> str:
    """One character of a text as it stands in the index: none, one or several."""
    return LINE_END if char == "\n" else "".join(_characters(fold(char)))


def _snippet(body: str, words: str) -> str:
    matches = find_matches(body, words)
    start = max(0, matches[0][0] - SNIPPET_BEFORE) if matches else 0
    end = start + SNIPPET_CHARS
    text = body[start:end].strip().replace("\n", " ")
    return f"{'…' if start else ''}{text}{'…' if end < len(body) else ''}"

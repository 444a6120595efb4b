"""Which pages are to be forgotten: those at certain addresses, or those that hold a contact detail."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.contacts import fingerprint
from archive.erasing import KEYED_TABLES
from archive.evidence.erasing import read_responses
from archive.masking import CHINESE_DIGITS, Contact, name_contact
from archive.urls import url_key

_TAG = re.compile(r"<[^>]*>")
_NO_LETTER = re.compile(r"[\W_]+")

_DIGITS = str.maketrans(CHINESE_DIGITS)

TEXT_COLUMNS = {
    "articles": "title, summary, body, published_raw, source, reporter, posted_by",
    "versions": "title, body",
    "links": "title, snippet",
}
"""Where the words of pages stand as they were printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Pages that are to be forgotten."""

    keys: frozenset[str]
    """Their `url_key`s, those of all addresses that lead to the same article among them."""
    articles: tuple[tuple[str, str], ...]
    """URL and title of the articles among them."""


def find_by_url(db: Database, urls: Iterable[str]) -> Target:
    """The pages at these addresses."""
    return _complete(db, {url_key(url) for url in urls})


def is_known(db: Database, url: str) -> bool:
    """Whether the archive has anything about the page at a URL."""
    any_row = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE url_key = :key" for table in KEYED_TABLES)
    return db.execute(any_row, {"key": url_key(url)}).fetchone() is not None


def find_by_contact(db: Database, data: Path, text: str) -> Target:
    """The pages on which a contact detail stands, however it is written: in what was taken out of them, in what
    was kept, or in the evidence alone."""
    contacts = name_contact(text)
    keys = set(_keys_by_hash(db, contacts))
    needles = [squeeze(contact.value) for contact in contacts]
    keys.update(key for key, words in _texts(db) if _holds(words, needles))
    keys.update(key for key, response in read_responses(db, data) if _holds(_TAG.sub("", response), needles))
    return _complete(db, keys)


def squeeze(text: str) -> str:
    """The letters and digits of a text, in one form whatever their width, case and script, with nothing between."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).lower().translate(_DIGITS))


def _holds(text: str, needles: list[str]) -> bool:
    squeezed = squeeze(text)
    return any(needle in squeezed for needle in needles)


def _keys_by_hash(db: Database, contacts: tuple[Contact, ...]) -> Iterator[str]:
    for contact in contacts:
        rows = db.execute(
            """
            SELECT DISTINCT url_key FROM contacts
            JOIN removals ON removals.id = removal_id JOIN articles ON articles.id = article_id
            WHERE hmac = ?
            """,
            (fingerprint(db, contact),),
        )
        yield from (key for (key,) in rows)


def _texts(db: Database) -> Iterator[tuple[str, str]]:
    """The `url_key` of an article and words of its page, for all there are."""
    for table, columns in TEXT_COLUMNS.items():
        article_id = {"articles": "id", "versions": "article_id", "links": "from_id"}[table]
        rows = db.execute(
            f"SELECT articles.url_key, words.* FROM (SELECT {article_id} AS article_id, {columns} FROM {table}) AS words"
            " JOIN articles ON articles.id = words.article_id"
        )
        for key, _, *words in rows:
            yield key, "\n".join(word for word in words if word)


_FAMILY = """
    WITH RECURSIVE family (id) AS (
        SELECT id FROM pages WHERE url_key IN (SELECT value FROM json_each(:keys))
            OR article_id IN (SELECT id FROM articles WHERE url_key IN (SELECT value FROM json_each(:keys)))
        UNION
        SELECT other.id FROM family JOIN pages AS page USING (id) JOIN pages AS other
            ON other.article_id = page.article_id OR other.belongs_to = page.id OR other.id = page.belongs_to
    )
"""
"""The pages with these keys, and all that lead to the same articles: redirects, further parts."""


def _complete(db: Database, keys: set[str]) -> Target:
    """The pages with all the addresses that lead to the same articles."""
    named = {"keys": json.dumps(sorted(keys))}
    pages = db.execute(f"{_FAMILY} SELECT url_key FROM pages WHERE id IN family", named).fetchall()
    articles = db.execute(
        f"""
        {_FAMILY} SELECT url, title, url_key FROM articles
        WHERE url_key IN (SELECT value FROM json_each(:keys))
            OR id IN (SELECT article_id FROM pages WHERE id IN family)
            -- what was read from one of the pages before it was moved
            OR id IN (SELECT article_id FROM versions JOIN captures ON captures.id = versions.capture_id
                WHERE captures.url_key IN (SELECT value FROM json_each(:keys)))
        ORDER BY id
        """,
        named,
    ).fetchall()
    return Target(
        keys=frozenset(keys) | {key for (key,) in pages} | {key for *_, key in articles},
        articles=tuple((url, title) for url, title, _ in articles),
    )

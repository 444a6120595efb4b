"""A second trace of rows that have no second copy, for `jianbao verify` to tell that one changed by itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

FIELDS = ("category", "posted_by", "source", "reporter", "published", "published_raw", "views", "summary")
"""Columns of `articles` that reading decides, less title and body, which `versions` has as well."""
LINK_COLUMNS = ("position", "url", "url_key", "title", "snippet")
REMOVAL_COLUMNS = ("position", "rule", "kind", "text", "chars")

CONTACTS_OF = (
    "(SELECT group_concat(kind || hmac, '') FROM (SELECT * FROM contacts WHERE removal_id = {id} ORDER BY id))"
)
"""SQL of a removal's contacts as its checksum takes them, null for none."""


def checksum(values: Iterable[Any]) -> int:
    """The CRC-32 of a row's values: every change of up to 32 bits in a row changes it, and of the others all but
    one in four thousand million. A hash that withstands intent would not: who can change the row can change that."""
    written = "\x1f".join(["\0" if value is None else str(value) for value in values])
    return zlib.crc32(written.encode())


def fields_checksum(article: Mapping[str, Any]) -> int:
    """The checksum of an article, by its columns."""
    return checksum([article[name] for name in FIELDS])


def contacts_value(contacts: Iterable[tuple[Any, ...]]) -> str | None:
    """Contacts (kind, hmac) as `CONTACTS_OF` has them."""
    return "".join(f"{kind}{hmac}" for kind, hmac in contacts) or None


def checked_rows(db: Database, table: str) -> Iterable[tuple[int, int | None, int]]:
    """Of each row its id, the checksum that is stored, null for none, and the one that it has."""
    names = {"articles": FIELDS, "links": LINK_COLUMNS, "removals": REMOVAL_COLUMNS}[table]
    more = f", {CONTACTS_OF.format(id='removals.id')}" if table == "removals" else ""
    for id_, stored, *values in db.execute(f"SELECT id, checksum, {', '.join(names)}{more} FROM {table}"):
        yield id_, stored, checksum(values)

"""The removals table, and the contacts found in it: what was taken out of a text, masked."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.checksums import checksum, contacts_value
from archive.contacts import fingerprint
from archive.masking import separate_contacts
from archive.records import Removal

Row = tuple[Any, ...]


def save_removals(db: Database, article_id: int, version: int, removals: tuple[Removal, ...]) -> None:
    """Make the version's removals those of this reading, in the caller's transaction; no row is touched
    where they are the same."""
    read = [_read(db, removal) for removal in removals]
    stored = stored_removals(db, article_id, version)
    if stored == read:
        return
    if stored:
        db.execute("DELETE FROM removals WHERE article_id = ? AND version = ?", (article_id, version))
    for row, contacts in read:
        insert_removal(db, article_id, version, row, contacts)


def insert_removal(db: Database, article_id: int, version: int, row: Row, contacts: list[Row]) -> None:
    """Add one removal (position, rule, kind, text, chars) and its contacts (kind, hmac)."""
    (removal_id,) = db.execute(
        "INSERT INTO removals (article_id, version, position, rule, kind, text, chars, checksum)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (article_id, version, *row, checksum((*row, contacts_value(contacts)))),
    ).fetchone()
    for contact in contacts:
        db.execute("INSERT INTO contacts (removal_id, kind, hmac) VALUES (?, ?, ?)", (removal_id, *contact))


def _read(db: Database, removal: Removal) -> tuple[Row, list[Row]]:
    masked, contacts = separate_contacts(removal.text)
    row = (removal.position, removal.rule, removal.kind, masked, len(removal.text))
    return row, [(contact.kind, fingerprint(db, contact)) for contact in contacts]


def stored_removals(db: Database, article_id: int, version: int) -> list[tuple[Row, list[Row]]]:
    """A version's removals (position, rule, kind, text, chars), each with its contacts (kind, hmac)."""
    contacts: dict[int, list[Row]] = {}
    for removal_id, *contact in db.execute(
        """
        SELECT removal_id, contacts.kind, hmac FROM contacts JOIN removals ON removals.id = removal_id
        WHERE article_id = ? AND version = ? ORDER BY contacts.id
        """,
        (article_id, version),
    ):
        contacts.setdefault(removal_id, []).append(tuple(contact))
    removals = db.execute(
        "SELECT id, position, rule, kind, text, chars FROM removals WHERE article_id = ? AND version = ? ORDER BY id",
        (article_id, version),
    )
    return [(tuple(row), contacts.get(removal_id, [])) for removal_id, *row in removals]

"""The removals table, and the contacts found in it: what was taken out of a text, masked."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.checksums import checksum, contacts_value
from archive.contacts import data_folder, key_of, sign
from archive.masking import separate_contacts
from archive.records import Removal

Row = tuple[Any, ...]


def save_removals(db: Database, article_id: int, version: int, removals: tuple[Removal, ...]) -> None:
    """Make the version's removals those of this reading, in the caller's transaction; no row is touched
    where they are the same."""
    read = _read(db, removals)
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


def _read(db: Database, removals: tuple[Removal, ...]) -> list[tuple[Row, list[Row]]]:
    """The removals as `stored_removals` has them."""
    separated = [separate_contacts(removal.text) for removal in removals]
    key = key_of(data_folder(db)) if any(contacts for _, contacts in separated) else b""
    return [
        (
            (removal.position, removal.rule, removal.kind, masked, len(removal.text)),
            [(contact.kind, sign(contact, key)) for contact in contacts],
        )
        for removal, (masked, contacts) in zip(removals, separated, strict=True)
    ]


def stored_removals(db: Database, article_id: int, version: int) -> list[tuple[Row, list[Row]]]:
    """A version's removals (position, rule, kind, text, chars), each with its contacts (kind, hmac)."""
    removals: dict[int, tuple[Row, list[Row]]] = {}
    for removal_id, *row, kind, hmac in db.execute(
        """
        SELECT removals.id, position, rule, removals.kind, text, chars, contacts.kind, hmac
        FROM removals LEFT JOIN contacts ON removal_id = removals.id
        WHERE article_id = ? AND version = ? ORDER BY removals.id, contacts.id
        """,
        (article_id, version),
    ):
        _, contacts = removals.setdefault(removal_id, (tuple(row), []))
        if kind is not None:
            contacts.append((kind, hmac))
    return list(removals.values())

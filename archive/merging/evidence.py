"""Evidence of another data folder: its files under their own names, which no other folder gives to another file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from archive.evidence import evidence_folder, index_file
from archive.evidence.files import make_folder
from archive.files import replacing

Place = tuple[int, int]
"""Offset and length of a capture in a file."""


def merge_evidence(
    db: Database, data: Path, other: Database, other_data: Path, is_wanted: Callable[[str], bool]
) -> tuple[int, list[str]]:
    """Copy the captures that we do not have, of pages whose `url_key` is wanted; how many, and which files are
    missing over there.

    What is in a file is never changed, only added to; the other folder may be written to meanwhile.
    """
    copied = 0
    missing = []
    for (name,) in other.execute("SELECT DISTINCT file FROM captures ORDER BY file").fetchall():
        known = {sha256 for (sha256,) in db.execute("SELECT record_sha256 FROM captures WHERE file = ?", (name,))}
        rows = other.execute(
            "SELECT offset, length, record_sha256, url_key FROM captures WHERE file = ? ORDER BY offset", (name,)
        ).fetchall()
        new = [(offset, length) for offset, length, sha256, key in rows if sha256 not in known and is_wanted(key)]
        if not new:
            continue
        source = evidence_folder(other_data) / name
        if not source.exists():
            missing.append(str(source))
            continue
        _add(source, make_folder(data) / name, head=rows[0][0], places=new)
        index_file(db, evidence_folder(data) / name)
        copied += len(new)
    return copied, missing


def _add(source: Path, target: Path, *, head: int, places: list[Place]) -> None:
    """Add captures to a file, which begins with the record that the other begins with where it is new."""
    with replacing(target) as part, source.open("rb") as read, part.open("wb") as write:
        os.fchmod(write.fileno(), 0o600)
        if target.exists():
            write.write(target.read_bytes())
        else:
            _copy(read, write, (0, head))
        for place in places:
            _copy(read, write, place)


def _copy(read: BinaryIO, write: BinaryIO, place: Place) -> None:
    offset, length = place
    read.seek(offset)
    write.write(read.read(length))

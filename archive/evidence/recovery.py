"""After a kill or a loss: torn tails cut off, and the captures table made right from the files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from archive.database import transaction
from archive.evidence.captures import parse_member, save_capture
from archive.evidence.errors import DamagedEvidence
from archive.evidence.files import evidence_files
from archive.evidence.members import Member, next_whole_member, read_member, scan_members
from archive.evidence.warc import BODY_TYPES, Record
from archive.records import Capture
from archive.urls import url_key

LOST_PAGES = """
    SELECT pages.id, captures.id AS capture_id, max(captures.fetched_at) FROM pages JOIN captures USING (url_key)
    -- one that is newer was kept right before a kill, and its page not recorded
    WHERE pages.capture_id IS NULL AND captures.fetched_at <= pages.fetched_at GROUP BY pages.id
"""
LOST_VERSIONS = """
    SELECT versions.id, captures.id AS capture_id, max(captures.fetched_at) FROM versions
    JOIN articles ON articles.id = versions.article_id JOIN pages ON pages.article_id = articles.id
    JOIN captures ON captures.url_key = pages.url_key
    WHERE versions.capture_id IS NULL AND iif(
        number = articles.version,
        captures.sha256 = pages.sha256 AND captures.fetched_at <= pages.fetched_at,
        captures.fetched_at = seen_at AND captures.status BETWEEN 200 AND 299
    ) GROUP BY versions.id
"""
"""Rows that point to no capture, and the one they should point to."""


def recover_evidence(db: Database, data: Path) -> list[str]:
    """Bring files and captures table together again where a kill parted them; what was done, a line for each.

    Reads only what the table does not know. To be called by whoever holds the data folder's lock.
    """
    done = []
    query = "SELECT file, min(offset), max(offset + length), sum(length) FROM captures GROUP BY file"
    known = {name: place for name, *place in db.execute(query).fetchall()}
    for file in evidence_files(data):
        size, (begin, end, held) = file.stat().st_size, known.get(file.name, (0, 0, 0))
        if size == end == 0:  # killed between making the file and its first record
            file.unlink()
            continue
        added = 0
        if size != end:
            cut = cut_torn_tail(file, end if end < size else 0)
            if cut:
                done.append(f"{file.name}: {cut:,} bytes of a torn record cut off")
            if file.exists() and file.stat().st_size != end:
                added = index_file(db, file, start=end if end < size else 0)
        if end and (held < end - begin or _first_end(file) < begin):
            added += _index_gaps(db, file)
        if added:
            done.append(f"{file.name}: {added:,} captures found in the file")
    if done:
        point_rows(db)
    return done


def cut_torn_tail(file: Path, start: int = 0) -> int:
    """Cut off what follows the last whole record, and return how many bytes; `start` is where a record begins.

    A file without a whole record is deleted. Nothing is cut where whole records follow: that is damage, not
    the end of a file that was being written.
    """
    size, end = file.stat().st_size, start
    try:
        for member in scan_members(file, start):
            end = member.end
    except DamagedEvidence:
        if next_whole_member(file, end + 1):
            return 0
    if end == size:
        return 0
    if end == 0:
        file.unlink()
    else:
        os.truncate(file, end)
    return size - end


def index_file(db: Database, file: Path, *, start: int = 0) -> int:
    """Make the captures of a file from `start` on what the file holds, and return how many they are.

    A capture that is known already keeps its id, and with it whatever points to it. Damaged records are passed
    over; their rows stay, and say what was there.
    """
    found = 0
    with transaction(db):
        # Out of the way, as one that moves may take the place of another.
        db.execute("UPDATE captures SET offset = -1 - offset WHERE file = ? AND offset >= ?", (file.name, start))
        for capture, refers_to_date in find_captures(file, start):
            _place_capture(db, replace(capture, same_as=_body_id(db, capture, refers_to_date)))
            found += 1
        db.execute("UPDATE OR IGNORE captures SET offset = -1 - offset WHERE file = ? AND offset < 0", (file.name,))
        db.execute("DELETE FROM captures WHERE file = ? AND offset < 0", (file.name,))
    return found


def _first_end(file: Path) -> int:
    """Where the first record ends, which no row of `captures` is for."""
    try:
        return read_member(file, 0).end
    except DamagedEvidence:
        return 0


def _index_gaps(db: Database, file: Path) -> int:
    """Add the captures that stand between known ones, and return how many they are: a page that took longer to read
    than those that came after it was not recorded when the crawl was killed."""
    query = "SELECT offset, offset + length FROM captures WHERE file = ? ORDER BY offset"
    found, end = 0, _first_end(file)
    with transaction(db):
        for offset, next_end in db.execute(query, (file.name,)).fetchall():
            for capture, refers_to_date in find_captures(file, end) if end < offset else ():
                if capture.offset >= offset:
                    break
                save_capture(db, replace(capture, same_as=_body_id(db, capture, refers_to_date)))
                found += 1
            end = next_end
    return found


def point_rows(db: Database) -> int:
    """Point pages and versions that have lost their capture to it again, and return how many."""
    with transaction(db):
        pages = db.execute(
            f"UPDATE pages SET capture_id = found.capture_id FROM ({LOST_PAGES}) AS found WHERE pages.id = found.id"
        )
        versions = db.execute(
            f"UPDATE versions SET capture_id = found.capture_id FROM ({LOST_VERSIONS}) AS found"
            " WHERE versions.id = found.id"
        )
    return int(pages.rowcount + versions.rowcount)


def find_captures(file: Path, start: int = 0) -> Iterator[tuple[Capture, str | None]]:
    """The captures that stand in a file, and for those without a body the time of the one that has it."""
    response: tuple[Member, Record] | None = None
    for member, record in _whole_records(file, start):
        if response and record.type == "request" and record.concurrent_to == response[1].id:
            yield _capture(file.name, *response, member.packed)
            response = None
            continue
        if response:
            yield _capture(file.name, *response)
        response = (member, record) if record.type in BODY_TYPES else None
    if response:
        yield _capture(file.name, *response)


def _whole_records(file: Path, start: int) -> Iterator[tuple[Member, Record]]:
    while True:
        try:
            for member in scan_members(file, start):
                start = member.end
                yield member, parse_member(file.name, member)
            return
        except DamagedEvidence as damage:
            following = next_whole_member(file, damage.offset + 1)
            if following is None:
                return
            start = following.offset


def _capture(file: str, member: Member, record: Record, request: bytes = b"") -> tuple[Capture, str | None]:
    capture = Capture(
        url=record.page_url,
        fetched_at=record.fetched_at,
        status=record.status,
        sha256=record.sha256,
        same_as=None,
        file=file,
        offset=member.offset,
        length=len(member.packed) + len(request),
        record_sha256=hashlib.sha256(member.packed + request).hexdigest(),
    )
    return capture, record.refers_to_date


def _body_id(db: Database, capture: Capture, refers_to_date: str | None) -> int | None:
    row = db.execute(
        "SELECT id FROM captures WHERE url_key = ? AND sha256 = ? AND fetched_at = ? AND same_as IS NULL",
        (url_key(capture.url), capture.sha256, refers_to_date),
    ).fetchone()
    return row[0] if row else None


def _place_capture(db: Database, capture: Capture) -> None:
    known = db.execute(
        "SELECT id FROM captures WHERE file = ? AND offset < 0 AND url_key = ? AND fetched_at = ? AND sha256 = ?",
        (capture.file, url_key(capture.url), capture.fetched_at, capture.sha256),
    ).fetchone()
    if known is None:
        save_capture(db, capture)
        return
    db.execute(
        "UPDATE captures SET offset = ?, length = ?, record_sha256 = ?, same_as = ?, status = ? WHERE id = ?",
        (capture.offset, capture.length, capture.record_sha256, capture.same_as, capture.status, known[0]),
    )

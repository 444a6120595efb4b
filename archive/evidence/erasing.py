"""Taking records out of the evidence: those of pages that are to be forgotten, and of pages that link to them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from html import unescape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

from sqlite_utils import Database

from archive.database import transaction
from archive.evidence.captures import read_record
from archive.evidence.files import evidence_files
from archive.evidence.recovery import find_captures, index_file, point_rows
from archive.evidence.warc import Record
from archive.files import replacing
from archive.records import Capture
from archive.urls import url_key

_LINK = re.compile(r"""(?:href|src|url)\s*=\s*["']?([^"'\s>]+)|(https?://[^\s"'<>]+)""", re.IGNORECASE)

_PIECE = 1 << 20


def erase_evidence(db: Database, data: Path, keys: Collection[str]) -> int:
    """Take out what is kept of the pages with these `url_key`s, and of pages that link to them, since these print
    their titles and first lines; the number of captures.

    Pages that lose theirs become pending, as another page's evidence is not to be missing for good. Every other
    capture keeps its id. To be called by whoever holds the data folder's lock.
    """
    erased = 0
    unwanted = _Unwanted(keys)
    for file in evidence_files(data) if keys else ():
        captures = [capture for capture, _ in find_captures(file) if unwanted.has(capture, data)]
        if captures:
            # Rows first: after a kill those of what is still in the file are found again.
            _delete_rows(db, file.name, captures)
            _cut_out(file, captures)
            index_file(db, file)
            erased += len(captures)
    if erased:
        point_rows(db)  # to an older response, where one is left
    return erased


def read_bodies(data: Path) -> Iterator[tuple[str, bytes]]:
    """The address of the page and the body, of every response in the evidence."""
    for file in evidence_files(data):
        for capture, refers_to_date in find_captures(file):
            if refers_to_date is None:
                yield capture.url, read_record(data, file.name, capture.offset).body


class _Unwanted:
    """Tells captures that are to be taken out."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = frozenset(keys)
        # What a link to the page has in it however it is written, unless it can be escaped.
        self.tails = {"" if "%" in key else key.partition("?")[0].rpartition("/")[2] for key in keys}
        self.bodies: set[tuple[str, str]] = set()
        """`url_key` and digest of bodies to be taken out; later captures may refer to them."""

    def has(self, capture: Capture, data: Path) -> bool:
        key = url_key(capture.url)
        if key not in self.keys and (key, capture.sha256) not in self.bodies:
            record = read_record(data, capture.file, capture.offset)
            if url_key(record.url) not in self.keys and not self._is_linked_by(record):
                return False
        self.bodies.add((key, capture.sha256))
        return True

    def _is_linked_by(self, record: Record) -> bool:
        text = record.body.decode("latin-1")  # addresses are ASCII, or escaped
        if not any(tail in text for tail in self.tails):
            return False
        links = {unescape(match[1] or match[2]) for match in _LINK.finditer(text)}
        return any(url_key(_join(record.url, link)) in self.keys for link in links)


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # brackets that hold no IPv6 address
        return link


def _delete_rows(db: Database, file: str, captures: list[Capture]) -> None:
    offsets = json.dumps([capture.offset for capture in captures])
    lost = "SELECT id FROM captures WHERE file = :file AND offset IN (SELECT value FROM json_each(:offsets))"
    values = {"file": file, "offsets": offsets}
    with transaction(db):
        db.execute(
            f"""
            UPDATE pages SET state = 'pending', reason = NULL, etag = NULL, last_modified = NULL, crawl_id = NULL
            WHERE capture_id IN ({lost})
            """,
            values,
        )
        db.execute(f"DELETE FROM captures WHERE id IN ({lost})", values)


def _cut_out(file: Path, captures: list[Capture]) -> None:
    """Write the file anew without these captures."""
    with replacing(file) as part, file.open("rb") as read, part.open("wb") as write:
        part.chmod(0o600)
        at = 0
        for capture in captures:
            _copy(read, write, capture.offset - at)
            at = read.seek(capture.offset + capture.length)
        _copy(read, write, None)


def _copy(read: BinaryIO, write: BinaryIO, length: int | None) -> None:
    while piece := read.read(_PIECE if length is None else min(_PIECE, length)):
        write.write(piece)
        length = None if length is None else length - len(piece)

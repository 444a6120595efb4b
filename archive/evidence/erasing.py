"""Taking records out of the evidence: those of pages that are to be forgotten, and of pages that link to them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urljoin

from sqlite_utils import Database

from archive.database import transaction
from archive.evidence.captures import parse_member
from archive.evidence.errors import DamagedEvidence
from archive.evidence.files import evidence_files, evidence_folder
from archive.evidence.members import read_member
from archive.evidence.recovery import index_file, point_rows
from archive.files import replacing
from archive.urls import url_key

_LINK = re.compile(
    r"""(?:href|src|url)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|["']?([^"'\s>]+))|(https?://[^\s"'<>]+)""", re.IGNORECASE
)
_BASE = re.compile(r"<base\b[^>]*>", re.IGNORECASE)

_NOT_IN_ADDRESSES = b"\t\r\n"
"""What browsers read over within an address, and `url_key` too."""

_PIECE = 1 << 20


def erase_evidence(db: Database, data: Path, keys: Collection[str]) -> int:
    """Take out what is kept of the pages with these `url_key`s, and of pages that link to them, since these print
    their titles and first lines; the number of captures.

    Pages that lose theirs become pending, as another page's evidence is not to be missing for good. Every other
    capture keeps its id. To be called by whoever holds the data folder's lock, after `recover_evidence`.
    """
    erased = 0
    unwanted = _Unwanted(keys)
    for file in evidence_files(data) if keys else ():
        places = [capture for capture in _list_kept(db, file) if unwanted.has(capture, file)]
        if places:
            # Rows first: after a kill those of what is still in the file are found again.
            _delete_rows(db, file.name, places)
            _cut_out(file, places)
            index_file(db, file)
            erased += len(places)
    if erased:
        point_rows(db)  # to an older response, where one is left
    return erased


def read_responses(db: Database, data: Path) -> Iterator[tuple[str, str]]:
    """The `url_key` of the page, and header and body as text, of every response in the evidence that has one and can be
    read."""
    rows = db.execute("SELECT url_key, file, offset FROM captures WHERE same_as IS NULL ORDER BY file, offset")
    for key, file, offset in rows.fetchall():
        with suppress(DamagedEvidence):
            yield key, _decode(read_member(evidence_folder(data) / file, offset).content)


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


class _Kept(NamedTuple):
    """A row of `captures`."""

    key: str
    sha256: str
    offset: int
    length: int


def _list_kept(db: Database, file: Path) -> list[_Kept]:
    """The captures in a file, in order. Rows of some are missing where a kill came between `_delete_rows` and
    `_cut_out`: then they are found again."""
    if not _are_complete(file, _read_rows(db, file)):
        index_file(db, file)
    return _read_rows(db, file)


def _read_rows(db: Database, file: Path) -> list[_Kept]:
    rows = db.execute(
        "SELECT url_key, sha256, offset, length FROM captures WHERE file = ? ORDER BY offset", (file.name,)
    )
    return [_Kept._make(row) for row in rows]


def _are_complete(file: Path, rows: list[_Kept]) -> bool:
    """Whether they tell of all that stands in the file behind its first record."""
    try:
        at = read_member(file, 0).end
    except DamagedEvidence:
        return False
    for row in rows:
        if row.offset != at:
            return False
        at += row.length
    return at == file.stat().st_size


class _Unwanted:
    """Tells captures that are to be taken out."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = frozenset(keys)
        # What a link to the page has in it however it is written, unless it can be escaped.
        self.tails = {b"" if "%" in key else key.partition("?")[0].rpartition("/")[2].encode() for key in keys}
        self.bodies: set[tuple[str, str]] = set()
        """`url_key` and digest of bodies to be taken out; later captures may refer to them."""

    def has(self, capture: _Kept, file: Path) -> bool:
        body = (capture.key, capture.sha256)
        if capture.key in self.keys or body in self.bodies or self._is_linked_by(file, capture.offset):
            self.bodies.add(body)
            return True
        return False

    def _is_linked_by(self, file: Path, offset: int) -> bool:
        """Whether a response came from one of the pages by a redirect, or links to one."""
        try:
            member = read_member(file, offset)
            content = member.content.translate(None, _NOT_IN_ADDRESSES)
            if not any(tail in content for tail in self.tails):  # parsing takes most of the time
                return False
            record = parse_member(file.name, member)
        except DamagedEvidence:
            return False
        text = _decode(record.body)
        bases = {_join(record.url, link) for tag in _BASE.findall(text) for link in _find_links(tag)}
        links = {"", *_find_links(text)}
        return any(url_key(_join(base, link)) in self.keys for base in (record.url, *bases) for link in links)


def _find_links(html: str) -> set[str]:
    return {unescape("".join(groups)) for groups in _LINK.findall(html)}


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # brackets that hold no IPv6 address
        return link


def _delete_rows(db: Database, file: str, captures: list[_Kept]) -> None:
    offsets = json.dumps([capture.offset for capture in captures])
    lost = "SELECT id FROM captures WHERE file = :file AND offset IN (SELECT value FROM json_each(:offsets))"
    values = {"file": file, "offsets": offsets}
    with transaction(db):
        db.execute(
            f"""
            UPDATE pages SET state = 'pending', reason = NULL, etag = NULL, last_modified = NULL, crawl_id = NULL
            -- what refers to a lost body goes with it
            WHERE capture_id IN (SELECT id FROM captures WHERE id IN ({lost}) OR same_as IN ({lost}))
            """,
            values,
        )
        db.execute(f"DELETE FROM captures WHERE id IN ({lost})", values)


def _cut_out(file: Path, captures: list[_Kept]) -> None:
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

"""The captures table: which exchange stands where in the evidence files. It can be made anew from them."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path

from sqlite_utils import Database

from archive.evidence.errors import DamagedEvidence
from archive.evidence.files import EvidenceWriter, evidence_folder
from archive.evidence.members import Member, read_member
from archive.evidence.warc import Record, pack, parse, payload_sha256
from archive.records import Capture, Exchange
from archive.times import utc
from archive.urls import url_key

COLUMNS = ", ".join(field.name for field in fields(Capture))


class Evidence:
    """Keeps exchanges: appends them to the files; their rows go in with the row of their page."""

    def __init__(self, db: Database, data: Path) -> None:
        self._db = db
        self._data = data
        self._writer = EvidenceWriter(data)

    def keep(self, exchange: Exchange) -> Capture:
        """Append an exchange; `sync` before the row that points to it is committed. Raises EvidenceError.

        A body that the page had before is not stored again, as long as the files still hold it.
        """
        sha256 = payload_sha256(exchange.body)
        same = self._same_body(exchange, sha256)
        content = pack(exchange, sha256, same[1] if same else None)
        offset = self._writer.append(content)
        return Capture(
            url=exchange.page_url,
            fetched_at=utc(exchange.fetched_at),
            status=exchange.status,
            sha256=same[1].sha256 if same else sha256,
            same_as=same[0] if same else None,
            file=self._writer.file,
            offset=offset,
            length=len(content),
            record_sha256=hashlib.sha256(content).hexdigest(),
        )

    def sync(self, capture: Capture) -> None:
        """Have what was kept survive a power cut. Raises EvidenceError."""
        self._writer.sync(capture.file, capture.offset + capture.length)

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()

    def _same_body(self, exchange: Exchange, payload: str) -> tuple[int, Record] | None:
        """Id and record of the capture that holds the page's last body, where this exchange confirms it."""
        row = self._db.execute(
            """
            SELECT body.id, body.file, body.offset, body.sha256 FROM pages
            JOIN captures AS last ON last.id = pages.capture_id
            JOIN captures AS body ON body.id = coalesce(last.same_as, last.id)
            WHERE pages.url_key = ?
            """,
            (url_key(exchange.page_url),),
        ).fetchone()
        if row is None:
            return None
        id_, file, offset, sha256 = row
        if exchange.status != HTTPStatus.NOT_MODIFIED and payload != sha256:
            return None
        try:
            return id_, read_record(self._data, file, offset)
        except DamagedEvidence:
            return None


def save_capture(db: Database, capture: Capture) -> int:
    """Note where an exchange stands, in the caller's transaction; the row's id."""
    row = {field.name: getattr(capture, field.name) for field in fields(Capture)} | {"key": url_key(capture.url)}
    values = ", ".join(f":{field.name}" for field in fields(Capture))
    sql = f"INSERT INTO captures ({COLUMNS}, url_key) VALUES ({values}, :key) RETURNING id"
    return int(db.execute(sql, row).fetchone()[0])


def read_record(data: Path, file: str, offset: int, *, check: bool = True) -> Record:
    """The record at a place, with `check` its digests compared. Raises DamagedEvidence.

    Damage to the file shows without them: each record is a gzip member with a checksum.
    """
    return parse_member(file, read_member(evidence_folder(data) / file, offset), check=check)


def parse_member(file: str, member: Member, *, check: bool = True) -> Record:
    """What a member says. Raises DamagedEvidence where it is no sound record."""
    try:
        return parse(member.content, check=check)
    except ValueError as error:
        raise DamagedEvidence(file, member.offset, str(error)) from error

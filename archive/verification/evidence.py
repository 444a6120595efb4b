"""What must hold between the evidence files, the captures table and what points to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from archive.evidence.captures import parse_member
from archive.evidence.errors import DamagedEvidence
from archive.evidence.files import evidence_files, evidence_folder, head_digest
from archive.evidence.members import read_member
from archive.evidence.recovery import LOST_PAGES, LOST_VERSIONS
from archive.urls import canonical_url, url_key
from archive.verification.problems import Problem

ELSEWHERE = (
    "SELECT pages.id FROM pages JOIN captures ON captures.id = capture_id WHERE pages.url_key != captures.url_key"
)
"""Pages that point to the response for another page."""

OTHER_BODY = """
    SELECT pages.id FROM pages JOIN captures ON captures.id = capture_id
    WHERE state = 'fetched' AND pages.status = 200 AND (reason IS NULL OR kind IS NOT NULL)
        AND pages.sha256 IS NOT captures.sha256
"""
"""Pages with an article or a listing that have another hash than the response that they point to."""


class _Row(NamedTuple):
    id: int
    url: str
    fetched_at: str
    status: int
    sha256: str
    same_as: int | None
    offset: int
    length: int
    record_sha256: str


def check_pages(db: Database, _data: Path) -> Iterator[Problem]:
    """Every page and version whose response is kept points to it."""
    for table, query in (("pages", LOST_PAGES), ("versions", LOST_VERSIONS)):
        for id_, *_ in db.execute(query):
            yield Problem(f"{table} {id_}", "points to no response, though one is kept")
    for id_, url, key in db.execute("SELECT id, url, url_key FROM pages"):
        if canonical_url(url) != url:  # the key is the same for a host in capitals
            yield Problem(f"pages {id_}", "url is not spelled as the archive spells it")
        if url_key(url) != key:
            yield Problem(f"pages {id_}", "url_key is not that of its url")
    for (id_,) in db.execute(OTHER_BODY):
        yield Problem(f"pages {id_}", "sha256 is not that of the response it points to")
    for (id_,) in db.execute(ELSEWHERE):
        yield Problem(f"pages {id_}", "points to the response for another page")


def check_captures(db: Database, _data: Path) -> Iterator[Problem]:
    """Every response has the key of its address, and a body."""
    for id_, url, key in db.execute("SELECT id, url, url_key FROM captures"):
        if url_key(url) != key:
            yield Problem(f"captures {id_}", "url_key is not that of its url")
    bodiless = """
        SELECT captures.id FROM captures JOIN captures AS body ON body.id = captures.same_as
        WHERE body.sha256 != captures.sha256 OR body.url_key != captures.url_key OR body.same_as IS NOT NULL
    """
    for (id_,) in db.execute(bodiless):
        yield Problem(f"captures {id_}", "same_as names a response with another body")


def check_files(db: Database, data: Path) -> Iterator[Problem]:
    """Every byte of the files is what was written, and the captures table tells of all of them."""
    files = evidence_files(data)
    for file in files:
        yield from check_evidence_file(db, file)
    present = {file.name for file in files}
    for name, count in db.execute("SELECT file, count(*) FROM captures GROUP BY file"):
        if name not in present:
            yield Problem(str(evidence_folder(data) / name), f"is missing, and with it {count:,} responses")


def check_evidence_file(db: Database, file: Path) -> Iterator[Problem]:
    """What is wrong with one file, or with what the captures table says of it."""
    try:
        head = read_member(file, 0)
    except DamagedEvidence as damage:
        yield Problem(_at(file, 0), damage.why)
        end = None
    else:
        end = head.end
        if head_digest(head.packed) not in file.name:
            yield Problem(_at(file, 0), "the file's first record is damaged, or its name was changed")
    rows = db.execute(
        """
        SELECT id, url, fetched_at, status, sha256, same_as, offset, length, record_sha256
        FROM captures WHERE file = ? ORDER BY offset
        """,
        (file.name,),
    )
    with file.open("rb") as stream:
        for row in map(_Row._make, rows):
            if end is not None and row.offset != end:
                yield Problem(_at(file, end), f"no row of captures tells what stands before byte {row.offset:,}")
            stream.seek(max(0, row.offset))
            if hashlib.sha256(stream.read(max(0, row.length))).hexdigest() == row.record_sha256:
                yield from _check_record(file, row)
            else:
                yield Problem(_at(file, row.offset), f"the response of {row.url} is damaged (captures {row.id})")
            end = row.offset + row.length
    if end is not None and end < file.stat().st_size:
        yield Problem(_at(file, end), "no row of captures tells what stands from here to the end")


def _check_record(file: Path, row: _Row) -> Iterator[Problem]:
    """The bytes are what was written: what they say has to be what the row says."""
    try:
        record = parse_member(file.name, read_member(file, row.offset))
    except DamagedEvidence as damage:
        yield Problem(_at(file, row.offset), f"{damage.why} (captures {row.id})")
        return
    said = (record.page_url, record.fetched_at, record.status, record.sha256)
    if said != (row.url, row.fetched_at, row.status, row.sha256):
        yield Problem(f"captures {row.id}", f"does not say what stands in {_at(file, row.offset)}")
    elif (record.type == "revisit") is not (row.same_as is not None):
        yield Problem(f"captures {row.id}", "does not say which response holds its body")


def _at(file: Path, offset: int) -> str:
    return f"{file} at byte {offset:,}"

"""Raw responses as WARC files: what is written, what other programs read, what a kill and a loss leave."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from sqlite_utils import Database

from archive import confirm_article, record_outcome, save_article
from archive.evidence import (
    DamagedEvidence,
    Evidence,
    EvidenceError,
    evidence_files,
    evidence_folder,
    files,
    read_record,
    recover_evidence,
)
from archive.records import Capture
from tests.archive.samples import WHEN, article, exchange, page, url

Keep = Callable[..., Capture]


@pytest.fixture
def evidence(db: Database, data: Path) -> Iterator[Evidence]:
    evidence = Evidence(db, data)
    yield evidence
    evidence.close()


@pytest.fixture
def save(db: Database, crawl: int, evidence: Evidence) -> Keep:
    """Keep an exchange and archive the article of its page."""

    def save(number: int = 1, **fields: Any) -> Capture:
        capture = evidence.keep(exchange(number, **fields))
        evidence.sync(capture)
        read = page(number, body=exchange(number, **fields).body, fetched_at=fields.get("fetched_at", WHEN))
        save_article(db, article(number), read, crawl_id=crawl, follow=False, capture=capture)
        return capture

    return save


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = db.execute(sql).fetchall()
    return found


CAPTURES = "SELECT * FROM captures ORDER BY id"
POINTERS = """
    SELECT url, pages.capture_id, versions.capture_id FROM pages LEFT JOIN versions USING (article_id) ORDER BY url
"""


def test_a_page_points_to_the_bytes_that_came(db: Database, data: Path, save: Keep) -> None:
    save(1)
    save(2)
    file, offset, sha256 = rows(
        db,
        f"""SELECT file, offset, captures.sha256 FROM pages JOIN captures ON captures.id = capture_id
        WHERE pages.url = '{url(2)}'""",
    )[0]
    record = read_record(data, file, offset)
    assert record.body == exchange(2).body
    assert hashlib.sha256(record.body).hexdigest() == sha256
    assert (record.url, record.status, record.fetched_at) == (url(2), 200, "2025-03-01T08:30:00Z")
    assert set(exchange().headers) <= set(record.headers)
    assert rows(db, "SELECT capture_id FROM versions ORDER BY id") == [(1,), (2,)]


def test_other_programs_read_the_files_and_find_their_digests_right(data: Path, save: Keep) -> None:
    save(1)
    save(1, fetched_at=WHEN + timedelta(days=1))
    save(2, url="https://cdn.example.com/2.html", content_encoding="br", ip=None)
    [file] = evidence_files(data)
    assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(file)]).returncode == 0
    with file.open("rb") as stream:
        kinds = [
            (record.record_type, record.verify_block_digest()) for record in ArchiveIterator(stream, parse_http=False)
        ]
    pair = [WarcRecordType.response, WarcRecordType.request]
    assert [kind for kind, _ in kinds] == [
        WarcRecordType.warcinfo, *pair, WarcRecordType.revisit, WarcRecordType.request, *pair,
    ]  # fmt: skip
    assert all(sound for _, sound in kinds)
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            assert record.verify_payload_digest()
            body = record.reader.read()
    assert body == exchange(2).body


def test_headers_that_spoke_of_the_compressed_body_are_renamed(data: Path, evidence: Evidence) -> None:
    sent = exchange(headers=(("Content-Length", "9"), ("Server", "nginx")), content_encoding="gzip")
    capture = evidence.keep(sent)
    assert read_record(data, capture.file, capture.offset).headers == (
        ("Server", "nginx"),
        ("X-Archive-Orig-Content-Length", "9"),
        ("X-Archive-Orig-Content-Encoding", "gzip"),
        ("Content-Length", str(len(sent.body))),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": (("X-Odd", "日报\x00\x7f".encode().decode("latin-1")), ("", ""), ("A:b", "c"))},
        {"headers": (("X-日".encode().decode("latin-1"), "a\r\nContent-Encoding: gzip"), ("X\r\n", ""))},
        {"headers": ()},
        {"body": b""},
        {"body": b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n\x1f\x8b\x08"},
        {"status": 799, "method": "POST"},
        {"url": f"{url(1)}?q=%00&r=%E6%B1%89", "page_url": url(1)},
    ],
)
def test_whatever_a_server_sends_comes_back_as_it_was(data: Path, evidence: Evidence, fields: Any) -> None:
    kept = exchange(1, **fields)
    first, second = evidence.keep(kept), evidence.keep(exchange(2))
    record = read_record(data, first.file, first.offset)
    assert (record.body, record.status, record.page_url) == (kept.body, kept.status, kept.page_url)
    assert read_record(data, second.file, second.offset).body == exchange(2).body


def test_an_unchanged_body_is_stored_once(db: Database, data: Path, save: Keep) -> None:
    first = save(1)
    again = save(1, fetched_at=WHEN + timedelta(days=1))
    third = save(1, fetched_at=WHEN + timedelta(days=2))
    assert [capture.same_as for capture in (first, again, third)] == [None, 1, 1]
    assert again.sha256 == first.sha256
    record = read_record(data, again.file, again.offset)
    assert (record.type, record.body, record.refers_to_date) == ("revisit", b"", first.fetched_at)
    assert save(1, body=b"<html>other</html>").same_as is None
    assert save(1, body=b"<html>other</html>").same_as == 4


def test_a_304_is_kept_as_confirming_the_body_before_it(
    db: Database, data: Path, crawl: int, save: Keep, evidence: Evidence
) -> None:
    first = save(1)
    capture = evidence.keep(exchange(1, status=304, body=b""))
    confirm_article(db, url(1), crawl_id=crawl, follow=False, capture=capture)
    assert (capture.same_as, capture.sha256, capture.status) == (1, first.sha256, 304)
    assert rows(db, POINTERS) == [(url(1), 2, 1)]


def test_a_body_whose_record_is_damaged_is_stored_anew(data: Path, save: Keep) -> None:
    first = save(1)
    flip(evidence_folder(data) / first.file, first.offset + 300)
    assert save(1).same_as is None


def test_a_page_without_an_article_is_kept_too(db: Database, crawl: int, evidence: Evidence) -> None:
    capture = evidence.keep(exchange(3, status=404))
    record_outcome(db, url(3), state="gone", reason="http 404", status=404, crawl_id=crawl, capture=capture)
    record_outcome(db, url(3), state="failed", reason="timeout", crawl_id=crawl)
    assert rows(db, POINTERS) == [(url(3), 1, None)]


def test_files_are_for_their_owner_alone(data: Path, save: Keep) -> None:
    old = os.umask(0)
    try:
        save(1)
    finally:
        os.umask(old)
    assert evidence_folder(data).stat().st_mode & 0o777 == 0o700
    assert evidence_files(data)[0].stat().st_mode & 0o777 == 0o600


def test_files_are_rolled_by_size(data: Path, save: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILE_BYTES", 3_000)
    for number in range(12):
        save(number)
    sizes = [file.stat().st_size for file in evidence_files(data)]
    assert len(sizes) > 2
    assert max(sizes) < 5_000


def test_a_full_disk_leaves_whole_records(data: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence.keep(exchange(1))
    write = os.write

    def half(fd: int, content: memoryview) -> int:
        if len(content) > 100:
            return write(fd, content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(EvidenceError, match="No space left"):
        evidence.keep(exchange(2))
    monkeypatch.undo()
    third = evidence.keep(exchange(3))
    assert read_record(data, third.file, third.offset).page_url == url(3)
    assert files.evidence_files(data)[0].stat().st_size == third.offset + third.length


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 0x55
    file.write_bytes(content)


def test_a_torn_tail_is_cut_to_the_last_whole_record(db: Database, data: Path, save: Keep, evidence: Evidence) -> None:
    whole = save(1)
    torn = evidence.keep(exchange(2))
    [file] = evidence_files(data)
    content = file.read_bytes()
    for end in range(torn.offset + 1, len(content), 7):
        file.write_bytes(content[:end])
        recover_evidence(db, data)
        kept = 1 + (file.stat().st_size > torn.offset)  # the response may be whole without its request
        assert rows(db, "SELECT count(*) FROM captures") == [(kept,)]
        assert file.stat().st_size in (torn.offset, *ends(db))
        db.execute("DELETE FROM captures WHERE id > 1")
    assert read_record(data, whole.file, whole.offset).body == exchange(1).body


def ends(db: Database) -> list[int]:
    return [end for (end,) in rows(db, "SELECT offset + length FROM captures")]


def test_what_was_written_and_not_recorded_is_found_at_the_next_start(
    db: Database, data: Path, save: Keep, evidence: Evidence
) -> None:
    save(1)
    lost = evidence.keep(exchange(2))
    evidence.sync(lost)
    assert [line.partition(": ")[2] for line in recover_evidence(db, data)] == ["1 captures found in the file"]
    assert rows(db, "SELECT url, offset FROM captures") == [(url(1), rows(db, CAPTURES)[0][8]), (url(2), lost.offset)]
    assert recover_evidence(db, data) == []


def test_what_was_not_recorded_before_others_were_is_found_too(
    db: Database, data: Path, save: Keep, evidence: Evidence
) -> None:
    lost = [evidence.keep(exchange(number)) for number in (1, 2)]
    save(3)
    lost.append(evidence.keep(exchange(4)))
    save(5)
    lost.append(evidence.keep(exchange(6)))
    evidence.sync(lost[-1])
    assert [line.partition(": ")[2] for line in recover_evidence(db, data)] == ["4 captures found in the file"]
    assert [kept for (kept,) in rows(db, "SELECT url FROM captures ORDER BY offset")] == [url(n) for n in range(1, 7)]
    assert (lost[2].record_sha256,) in rows(db, "SELECT record_sha256 FROM captures")
    assert recover_evidence(db, data) == []


def test_a_file_torn_in_its_first_record_goes(db: Database, data: Path, save: Keep) -> None:
    save(1)
    stub = evidence_folder(data) / "jianbao-20990101T000000Z-00000000.warc.gz"
    stub.write_bytes(evidence_files(data)[0].read_bytes()[:50])
    recover_evidence(db, data)
    assert not stub.exists()


def test_damage_in_the_middle_is_not_taken_for_a_torn_tail(db: Database, data: Path, save: Keep) -> None:
    captures = [save(number) for number in range(3)]
    [file] = evidence_files(data)
    flip(file, captures[1].offset + 200)
    size = file.stat().st_size
    db.execute("DELETE FROM captures")
    recover_evidence(db, data)
    assert file.stat().st_size == size
    assert rows(db, "SELECT url FROM captures") == [(url(0),), (url(2),)]


def test_a_lost_table_is_made_again_from_the_files(db: Database, data: Path, save: Keep, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "FILE_BYTES", 3_000)
    for number in range(8):
        save(number)
    for number in range(4):
        save(number, fetched_at=WHEN + timedelta(days=1))
    captures, pointers = rows(db, CAPTURES), rows(db, POINTERS)
    db.execute("DELETE FROM captures")
    assert {capture for _, capture, _ in rows(db, POINTERS)} == {None}
    recover_evidence(db, data)
    assert rows(db, CAPTURES) == captures
    assert rows(db, POINTERS) == pointers


def test_a_place_that_holds_no_record_is_named(data: Path, save: Keep) -> None:
    capture = save(1)
    with pytest.raises(DamagedEvidence, match=rf"{capture.file} at byte 5: "):
        read_record(data, capture.file, 5)
    with pytest.raises(DamagedEvidence, match="the file is missing"):
        read_record(data, "other.warc.gz", 0)


def test_a_file_that_was_made_and_never_written_to_is_removed(db: Database, data: Path, save: Keep) -> None:
    save(1)
    [file] = evidence_files(data)
    (evidence_folder(data) / "jianbao-20990101T000000Z-00000000.warc.gz").touch()
    recover_evidence(db, data)
    assert evidence_files(data) == [file]

"""A backup is a data folder in one file, of one moment, while others write."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from archive import Backup, BackupError, back_up, open_archive, overview, read_archive
from archive.backup import registered
from archive.evidence import Evidence, evidence_files, read_record
from archive.lock import lock_data
from tests.archive.checks import assert_sound
from tests.archive.library import fill, written
from tests.archive.samples import exchange
from tests.archive.test_processes import assert_complete, start_writer


@pytest.fixture
def filled(data: Path) -> Path:
    fill(data, map(written, (1, 2, 3)))
    fill(data, map(written, (2, 3)), day=1)
    return data


def make(data: Path, file: Path) -> Backup:
    with closing(read_archive(data)) as db:
        return back_up(db, data, file)


def restore(file: Path, folder: Path) -> Path:
    """As the documentation says to."""
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(file), str(folder)], check=True)
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    return folder


def test_what_is_restored_is_what_was_there(filled: Path, tmp_path: Path) -> None:
    (filled / "learned").mkdir()
    (filled / "learned" / "site.json").write_text("{}")
    made = make(filled, tmp_path / "all.zip")
    assert made.missing == ()
    restored = restore(tmp_path / "all.zip", tmp_path / "restored")
    for name in ("contact.key", "learned/site.json", *(f"evidence/{file.name}" for file in evidence_files(filled))):
        assert (restored / name).read_bytes() == (filled / name).read_bytes()
    old, new = open_archive(filled), open_archive(restored)
    assert overview(new) == overview(old)
    assert list(new.conn.iterdump()) == list(old.conn.iterdump())
    for file, offset in new.execute("SELECT file, offset FROM captures").fetchall():
        read_record(restored, file, offset)
    assert_sound(new)
    old.close()
    new.close()


def test_it_is_for_its_owner_only(filled: Path, tmp_path: Path) -> None:
    make(filled, tmp_path / "all.zip")
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600


def test_it_holds_no_log_no_lock_and_no_other_backup(filled: Path) -> None:
    (filled / "logs").mkdir()
    (filled / "logs" / "crawl.log").write_text("a line")
    lock_data(filled, "crawl").release()  # leaves the name of its holder
    make(filled, filled / "first.zip")
    make(filled, filled / "second.zip")
    [evidence, *more] = [f"evidence/{file.name}" for file in evidence_files(filled)]
    with zipfile.ZipFile(filled / "second.zip") as packed:
        assert packed.namelist() == ["archive.db", evidence, *more, "contact.key", "SHA256SUMS"]
    assert registered(filled) == [filled / "first.zip", filled / "second.zip"]
    assert not list(filled.glob(".*"))


def test_a_record_that_is_being_written_is_left_for_the_next(filled: Path, tmp_path: Path) -> None:
    db = open_archive(filled)
    evidence = Evidence(db, filled)
    evidence.keep(exchange(9))
    [*_, newest] = evidence_files(filled)
    with newest.open("ab") as file:
        file.write(b"\x1f\x8b\x08half a record")
    make(filled, tmp_path / "all.zip")
    restored = restore(tmp_path / "all.zip", tmp_path / "restored")
    assert [file.name for file in evidence_files(restored)] == [file.name for file in evidence_files(filled)[:-1]]
    evidence.close()
    db.close()


def test_evidence_that_is_missing_is_named_and_all_else_is_there(filled: Path, tmp_path: Path) -> None:
    first, *_ = evidence_files(filled)
    first.unlink()
    assert make(filled, tmp_path / "all.zip").missing == (first.name,)
    db = open_archive(restore(tmp_path / "all.zip", tmp_path / "restored"))
    assert_sound(db)
    db.close()


def test_while_a_writer_writes_it_is_of_one_moment(data: Path, tmp_path: Path) -> None:
    open_archive(data).close()
    writer = start_writer(data, 1)
    assert writer.stdout
    for number in range(4):
        writer.stdout.readline()
        make(data, tmp_path / f"{number}.zip")
    writer.kill()
    writer.communicate()
    counts = []
    for number in range(4):
        db = open_archive(restore(tmp_path / f"{number}.zip", tmp_path / str(number)))
        assert_complete(db)
        counts.append(overview(db).versions)
        db.close()
    assert counts == sorted(counts)
    assert counts[0] > 0


def test_a_damaged_archive_replaces_no_sound_backup(filled: Path, tmp_path: Path) -> None:
    make(filled, tmp_path / "all.zip")
    sound = (tmp_path / "all.zip").read_bytes()
    with closing(sqlite3.connect(filled / "archive.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (place,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'links'").fetchone()
    with (filled / "archive.db").open("r+b") as file:
        file.seek((place - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(BackupError, match="damaged"):
        make(filled, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").read_bytes() == sound


def test_a_backup_that_could_not_be_begun_is_not_remembered(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make(filled, tmp_path / "none" / "all.zip")
    assert registered(filled) == []


def test_a_backup_is_remembered_before_anything_is_in_it(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill leaves of it, `forget` has to find."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archive.backup.pack", die)
    with pytest.raises(KeyboardInterrupt):
        make(filled, tmp_path / "all.zip")
    assert registered(filled) == [tmp_path / "all.zip"]


def test_a_name_that_is_no_zip_is_refused(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"must end in \.zip"):
        make(filled, tmp_path / "all.tar")


def test_a_backup_that_was_killed_leaves_nothing_for_long(filled: Path, tmp_path: Path) -> None:
    (tmp_path / ".all.zip.part").mkdir()
    (tmp_path / ".all.zip.part" / "archive.db").write_bytes(b"half a copy")
    make(filled, tmp_path / "all.zip")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["all.zip", "data"]

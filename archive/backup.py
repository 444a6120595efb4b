"""A copy of the whole data folder in one file, made while a crawl goes on.

It is a .zip that any program unpacks, and what is unpacked is a data folder. `SHA256SUMS` in it has the digest
of every other file, in the form that `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from filelock import FileLock
from sqlite_utils import Database

from archive.database import FILE_NAME, damage_of
from archive.evidence import evidence_folder
from archive.files import replacing
from archive.lock import HOLDER_FILE_NAME

MANIFEST = "SHA256SUMS"

REGISTRY = "backups.json"
"""In the data folder: where backups of it were made, for `forget` to find them."""

NOT_COPIED = ("logs", "evidence", HOLDER_FILE_NAME, MANIFEST, REGISTRY)
"""What of a data folder says nothing about articles, and what is copied by other means."""

_PIECE = 1 << 20


class BackupError(Exception):
    """The backup cannot be made. The message says why, in one line for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made."""

    files: int
    """Files in it, the manifest left out."""
    bytes: int
    """Size of the .zip."""
    missing: tuple[str, ...]
    """Evidence files that the archive speaks of and that are not there, or are shorter than it says."""


def back_up(db: Database, data: Path, file: Path) -> Backup:
    """Copy the data folder, whose archive `db` is, to `file`, which replaces an older one when it is complete.

    Database and evidence are of one moment, whatever a crawl writes meanwhile: the database is copied first, and
    of the evidence what that copy points to. Raises BackupError, OSError, sqlite3.DatabaseError.
    """
    if file.suffix.lower() != ".zip":
        raise BackupError(f"cannot back up to {file.name!r}: the name must end in .zip")
    with backup_lock(data):
        with workshop(file) as folder:
            register(data, file)
            snapshot = folder / FILE_NAME
            with closing(sqlite3.connect(snapshot)) as copy:
                db.conn.backup(copy)  # in one step: of one moment, and no writer can make it begin again
                _refuse_damaged(copy)
            files, missing = pack(data, snapshot, file)
        return Backup(files=files, bytes=file.stat().st_size, missing=missing)


def _refuse_damaged(copy: sqlite3.Connection) -> None:
    """Raise BackupError for a copy of a damaged database, which would replace a sound one."""
    if damage := damage_of(copy):
        raise BackupError(f"the archive is damaged, and an older backup is left as it is ({damage})")


def backup_lock(data: Path) -> FileLock:
    """Held while a backup is made, and while what backups hold is changed."""
    return FileLock(data / "backup.lock")


def registered(data: Path) -> list[Path]:
    """Where backups of this data folder were made; they may have been moved since."""
    file = data / REGISTRY
    return [Path(name) for name in json.loads(file.read_text("utf-8"))] if file.exists() else []


def register(data: Path, file: Path) -> None:
    """Remember where a backup is made, as soon as it can be: so that one which a kill left unfinished is known too, and
    none is of which nothing was ever written."""
    names = sorted({*map(str, registered(data)), str(file.resolve())})
    with replacing(data / REGISTRY) as part:
        part.write_text(json.dumps(names, ensure_ascii=False, indent=1), encoding="utf-8")


@contextmanager
def workshop(file: Path) -> Iterator[Path]:
    """A folder beside a backup to make it in."""
    clear_workshop(file)
    folder = _workshop_of(file)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        clear_workshop(file)


def clear_workshop(file: Path) -> None:
    """Remove what a process that was killed while it made a backup left beside it."""
    folder = _workshop_of(file)
    if folder.exists():
        shutil.rmtree(folder)


def _workshop_of(file: Path) -> Path:
    return file.resolve().with_name(f".{file.name}.part")


def pack(data: Path, snapshot: Path, file: Path) -> tuple[int, tuple[str, ...]]:
    """Write `file` from a data folder and the copy of its database, by way of a workshop that the copy is in; how
    many files are in it, and which evidence is missing."""
    sums: dict[str, str] = {}
    missing = []
    part = snapshot.with_name(f"{FILE_NAME}.zip")  # a name that is not copied, where the folder is the workshop
    part.touch(mode=0o600)
    with ZipFile(part, "w") as out:
        sums[FILE_NAME] = _add(out, FILE_NAME, snapshot, compression=ZIP_DEFLATED)
        for name, length in _evidence_in(snapshot):
            source = evidence_folder(data) / name
            if not source.exists() or source.stat().st_size < length:
                missing.append(name)
            if source.exists():
                entry = source.relative_to(data).as_posix()
                sums[entry] = _add(out, entry, source, compression=ZIP_STORED, length=length)
        for source in _others(data):
            entry = source.relative_to(data).as_posix()
            sums[entry] = _add(out, entry, source, compression=ZIP_DEFLATED)
        manifest = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
        out.writestr(_info(MANIFEST, ZIP_DEFLATED), manifest)
    with part.open("rb") as packed:
        os.fsync(packed.fileno())
    part.replace(file.resolve())
    return len(sums), tuple(missing)


def _evidence_in(snapshot: Path) -> list[tuple[str, int]]:
    """The evidence files that the copied archive points to, and how much of each it knows.

    What a crawl has appended since is not copied: it may be the first half of a record.
    """
    with closing(sqlite3.connect(snapshot)) as copy:
        return copy.execute("SELECT file, max(offset + length) FROM captures GROUP BY file ORDER BY file").fetchall()


def _others(data: Path) -> Iterator[Path]:
    """The files that another part of jianbao keeps in the data folder, such as the key of the contacts."""
    backups = registered(data)
    for file in sorted(data.rglob("*")):
        first, *_ = inside = file.relative_to(data).parts
        apart = (
            first in NOT_COPIED or first.startswith(FILE_NAME) or file.suffix == ".lock" or file.resolve() in backups
        )
        if file.is_file() and not apart and not any(name.endswith(".part") for name in inside):
            yield file


def _add(out: ZipFile, name: str, source: Path, *, compression: int, length: int | None = None) -> str:
    """Copy a file, or its first `length` bytes, into the .zip; its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as read, out.open(_info(name, compression), "w", force_zip64=True) as write:
        for piece in _pieces(read, length):
            digest.update(piece)
            write.write(piece)
    return digest.hexdigest()


def _pieces(stream: BinaryIO, length: int | None) -> Iterator[bytes]:
    left = length
    while piece := stream.read(_PIECE if left is None else min(_PIECE, left)):
        yield piece
        if left is not None:
            left -= len(piece)


def _info(name: str, compression: int) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = compression
    info.external_attr = 0o600 << 16  # its owner's alone: raw pages hold what the archive masks
    return info

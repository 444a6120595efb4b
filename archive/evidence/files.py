"""The WARC files of a data folder: their names, appending, rolling by size, syncing."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from archive.evidence.errors import EvidenceError
from archive.evidence.warc import warcinfo

FOLDER = "evidence"
SUFFIX = ".warc.gz"

FILE_BYTES = 100_000_000
"""After which a file is closed and the next one begun: some 10,000 pages, which are read through in seconds
when one of them has to be forgotten."""


def evidence_folder(data: Path) -> Path:
    return data / FOLDER


def evidence_files(data: Path) -> list[Path]:
    """The WARC files, oldest first."""
    return sorted(evidence_folder(data).glob(f"*{SUFFIX}"))


def head_digest(head: bytes) -> str:
    """What the name of a file ends in: a hash of the record it begins with, the only one that no row of
    `captures` vouches for. Unique, as that record has an id of its own."""
    return hashlib.sha256(head).hexdigest()[:8]


def make_folder(data: Path) -> Path:
    """The evidence folder, made where it is missing, for its owner's eyes only."""
    folder = evidence_folder(data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def sync_folder(folder: Path) -> None:
    """Have a file's name survive a power cut too."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class EvidenceWriter:
    """Appends to the newest file of a data folder. One process at a time: whoever holds the folder's lock."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._fd: int | None = None
        self._size = 0
        self._synced = 0
        self._syncing: tuple[Future[None], int] | None = None
        """An fsync under way, and the size of the file when it began."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fsync")
        self.file = ""
        """Name of the file appended to."""

    def append(self, content: bytes) -> int:
        """Write records, begin to sync them, and return the offset they begin at.

        Raises EvidenceError, with nothing written.
        """
        try:
            if self._fd is None or self._size >= FILE_BYTES:
                self._begin_file()
            offset = self._size
            self._write(content)
            if self._syncing is None or self._syncing[0].done():
                self._end_sync()
                self._begin_sync()
        except OSError as error:
            raise EvidenceError(f"cannot write evidence: {error.strerror or error}") from error
        return offset

    def sync(self, file: str, end: int) -> None:
        """Have a file survive a power cut up to byte `end`. Waits for the sync that its append began, as a rule
        over by then: one covers all that was appended before it. Raises EvidenceError."""
        try:
            while file == self.file and self._synced < end:  # a file that is full was synced already
                if self._syncing is None:
                    self._begin_sync()
                self._end_sync()
        except OSError as error:
            raise EvidenceError(f"cannot write evidence: {error.strerror or error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._thread.shutdown()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _begin_sync(self) -> None:
        assert self._fd is not None
        self._syncing = self._thread.submit(os.fsync, self._fd), self._size

    def _end_sync(self) -> None:
        if self._syncing:
            fsync, end = self._syncing
            fsync.result()
            self._syncing, self._synced = None, end

    def _begin_file(self) -> None:
        # A file is never continued by another run: a copy of it that was merged elsewhere would part ways.
        if self._fd is not None:
            self.sync(self.file, self._size)
            os.close(self._fd)
            self._fd = None
        head = warcinfo(f"jianbao {version('jianbao')}")
        folder = make_folder(self._data)
        self.file = f"jianbao-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{head_digest(head)}{SUFFIX}"
        self._fd = os.open(folder / self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._size = self._synced = 0
        try:
            self._write(head)
        except OSError:
            os.close(self._fd)
            self._fd = None
            raise
        sync_folder(folder)

    def _write(self, content: bytes) -> None:
        assert self._fd is not None
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            os.ftruncate(self._fd, self._size)  # a full disk leaves half a record otherwise
            raise
        self._size += len(content)

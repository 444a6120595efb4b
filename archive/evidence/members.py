"""The gzip members of a WARC file: each record is one, so that a record can be read by itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.evidence.errors import DamagedEvidence

_GZIP = 31
"""zlib's word for a gzip member with its header and checksum."""
_PIECE = 1 << 14
"""Bytes read at a time: most records have fewer, and what is read of those behind is copied for nothing."""
_MAGIC = b"\x1f\x8b\x08"


class TornMember(DamagedEvidence):
    """The file ends in the middle of a member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One record, unpacked."""

    offset: int
    """Where in the file it begins, in bytes."""
    packed: bytes
    """As it stands in the file."""
    content: bytes
    """The record."""

    @property
    def end(self) -> int:
        """Where in the file it ends."""
        return self.offset + len(self.packed)


def read_member(file: Path, offset: int) -> Member:
    """The member that begins at `offset`. Raises DamagedEvidence where there is none."""
    try:
        with file.open("rb") as stream:
            return _next_member(stream, file.name, offset)
    except FileNotFoundError as error:
        raise DamagedEvidence(file.name, offset, "the file is missing") from error


def scan_members(file: Path, start: int = 0) -> Iterator[Member]:
    """The members from `start` to the end of the file. Raises DamagedEvidence where one is not whole."""
    with file.open("rb") as stream:
        end = file.stat().st_size
        while start < end:
            member = _next_member(stream, file.name, start)
            yield member
            start = member.end


def next_whole_member(file: Path, start: int) -> Member | None:
    """The first whole member that begins at `start` or later, or None."""
    content = file.read_bytes()
    at = content.find(_MAGIC, start)
    while at >= 0:
        try:
            return read_member(file, at)
        except DamagedEvidence:
            at = content.find(_MAGIC, at + 1)
    return None


def _next_member(stream: BinaryIO, name: str, offset: int) -> Member:
    stream.seek(offset)
    unpack = zlib.decompressobj(_GZIP)
    content: list[bytes] = []
    packed: list[bytes] = []
    while not unpack.eof:
        piece = stream.read(_PIECE)
        if not piece:
            raise TornMember(name, offset, "the record is cut off")
        try:
            content.append(unpack.decompress(piece))
        except zlib.error as error:
            raise DamagedEvidence(name, offset, f"the record cannot be unpacked ({error})") from error
        packed.append(piece)
    raw = b"".join(packed)
    return Member(offset=offset, packed=raw[: len(raw) - len(unpack.unused_data)], content=b"".join(content))

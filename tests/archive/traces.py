"""Looking for words in every file of a folder, packed ones too."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path


def traces(folder: Path, *words: str) -> list[tuple[str, str]]:
    """Which file holds which word, in one of the two encodings of our pages."""
    return [
        (name, word)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for name, content in _unpacked(file.name, file.read_bytes())
        for word in words
        if word.encode() in content or word.encode("gb18030") in content
    ]


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if name.endswith(".gz"):
        yield f"{name} unpacked", gzip.decompress(content)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for entry in packed.namelist():
                yield from _unpacked(f"{name}/{entry}", packed.read(entry))

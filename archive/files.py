"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes `file` when the block ends, and disappears when it fails.

    Whoever reads `file` sees the old content or the new, never a part; after a power cut too.
    """
    target = file.resolve()  # through a symlink, lest the link be replaced by the file
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> None:
    """Remove what a kill left of files that `replacing` was to make in a folder and below it. To be called where
    nobody else writes there."""
    for part in [file for file in folder.rglob(".*.part") if file.is_file()]:
        part.unlink()

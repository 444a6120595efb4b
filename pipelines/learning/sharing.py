"""Records as files, so that worker processes are sent only where one is, and read each once."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archive.contacts import key_of
from pipelines.learning.reading import KnownSite
from pipelines.learning.record import Learned

KEPT = 256
"""Sites that a process keeps ready for reading, some 100 kB each."""


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """Where a worker process finds what was learned of a site."""

    file: Path
    """The record, as JSON; its name tells it from others."""
    data: Path
    """The data folder, with the key of the record's hashes: a file in a public place holds only what the archive does."""


class Shelf:
    """A folder of records for the processes of one run."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder = tempfile.TemporaryDirectory(prefix="jianbao-", ignore_cleanup_errors=True)

    def put(self, learned: Learned) -> SharedRecord:
        """Have a record at hand for the processes."""
        file = Path(self._folder.name) / f"{learned.digest}.json"
        if not file.exists():
            file.write_text(learned.to_json(), encoding="utf-8")
        return SharedRecord(file, self._data)

    def close(self) -> None:
        """Throw the files away."""
        self._folder.cleanup()


@lru_cache(maxsize=KEPT)
def load_site(shared: SharedRecord) -> KnownSite:
    """What was learned of a site, ready for reading."""
    learned = Learned.from_json(shared.file.read_text(encoding="utf-8"))
    return KnownSite(learned, key_of(shared.data))

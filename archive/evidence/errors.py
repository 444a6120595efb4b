"""What can be wrong with evidence files."""

from __future__ import annotations


class EvidenceError(Exception):
    """The evidence cannot be kept (a full disk, a folder that cannot be written to). The message says why, in
    one line."""


class DamagedEvidence(EvidenceError):
    """What stands at a place of an evidence file is not what was written there."""

    def __init__(self, file: str, offset: int, why: str) -> None:
        super().__init__(f"{file} at byte {offset:,}: {why}")
        self.file = file
        self.offset = offset
        self.why = why

    def __reduce__(self) -> tuple[type[DamagedEvidence], tuple[str, int, str]]:
        # Crosses the border of the process pool: pickle would otherwise call it with the message alone.
        return (type(self), (self.file, self.offset, self.why))

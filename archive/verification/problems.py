"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written."""

    where: str
    """The row (`versions 12`), or the file and the byte in it."""
    what: str
    """What is wrong with it, in a few words."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"

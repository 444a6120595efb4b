"""Reads the look-alike lists in `corpus/`; their format is told in `corpus/README.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusLine:
    """One line of a list."""

    text: str
    """The line with its escapes resolved."""
    heading: str
    """The heading that it stands under, without the number sign; empty before the first one."""
    where: str
    """File and line number, for messages."""

    @property
    def kinds(self) -> frozenset[str]:
        """The removal kinds that the heading allows; only headings in `spam/` name any."""
        return frozenset(self.heading.partition(":")[0].removesuffix(", obfuscated").split(" or "))

    @property
    def obfuscated(self) -> bool:
        """Whether the line hides what it says."""
        return ", obfuscated:" in self.heading


def corpus_lines(name: str) -> Iterator[CorpusLine]:
    """Yield the lines of `corpus/NAME`, headings and empty lines left out."""
    heading = ""
    for number, line in enumerate((CORPUS / name).read_text(encoding="utf-8").split("\n"), start=1):
        if line.startswith("# "):
            heading = line.removeprefix("# ")
        elif line:
            yield CorpusLine(text=_unescape(line), heading=heading, where=f"{name}:{number}")


def _unescape(line: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), line).replace("\\t", "\t")

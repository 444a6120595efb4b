"""What became of the pages of a crawl, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crawler.outcomes import Outcome


@dataclass(slots=True)
class Tally:
    """What became of the pages of one crawl. The counts add up to `taken` when the crawl has come to its end."""

    taken: int = 0
    """Pages taken up."""
    counts: Counter[str] = field(default_factory=Counter)
    """Pages by what became of them: new, changed, unchanged, listing, joined (to the article of another page), or
    the state of their outcome."""
    left: int = 0
    """Pages that are pending when the crawl has ended, those among them that it never took up."""
    starts: dict[str, Outcome | None] = field(default_factory=dict)
    """Start URL -> the outcome where it is not in the archive now; None where it is, or was not reached."""

    @property
    def in_archive(self) -> int:
        """Pages whose article was archived or confirmed."""
        return self.counts["new"] + self.counts["changed"] + self.counts["unchanged"]

"""The pages that a crawl has in hand: taken from the archive, and not ended yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive import PendingPage, url_key
from crawler.outcomes import Outcome


@dataclass(slots=True)
class Member:
    """A page of a unit."""

    page: PendingPage
    counted: bool
    """Whether it was counted as taken up."""
    outcome: Outcome | None = None
    """How it ended by itself; None where it ends with the unit."""
    status: int | None = None
    """The HTTP status that goes with `outcome`."""


@dataclass(slots=True)
class Unit:
    """Pages that end together: a page, the further parts of its article, what it redirects to. Mostly one page."""

    members: dict[str, Member] = field(default_factory=dict)
    """By `url_key`, the page that was handed out first."""


class UnderWay:
    """Which pages are in hand, which of them were asked for, and which belong together."""

    def __init__(self) -> None:
        self._units: dict[str, Unit] = {}
        self._asked: set[str] = set()

    def __len__(self) -> int:
        return len(self._units)

    def per_site(self) -> Counter[str]:
        """Pages in hand by site."""
        return Counter(unit.members[key].page.site for key, unit in self._units.items())

    def add(self, page: PendingPage) -> bool:
        """Take a page in hand; False where another page led to it already, so that it is in hand."""
        key = url_key(page.url)
        if key in self._units:
            self._units[key].members[key].counted |= bool(page.id)
            return False
        self._units[key] = Unit({key: Member(page, counted=True)})
        return True

    def unit_of(self, url: str) -> Unit | None:
        """The unit that a page is in hand with."""
        return self._units.get(url_key(url))

    def member(self, url: str) -> Member | None:
        """A page in hand."""
        unit = self.unit_of(url)
        return unit.members[url_key(url)] if unit else None

    def holds(self, page: PendingPage) -> bool:
        """Whether a page is in hand still, as it was handed out."""
        member = self.member(page.url)
        return member is not None and member.page is page

    def is_asked(self, url: str) -> bool:
        """Whether a request for the page went out."""
        return url_key(url) in self._asked

    def note_asked(self, page: PendingPage) -> bool:
        """A request for a page is about to go out; False where the page is no longer for this request to ask."""
        if not self.holds(page):
            return False
        self._asked.add(url_key(page.url))
        return True

    def join(self, member: Member, unit: Unit) -> None:
        """Have a page end with a unit. What it was in hand as before is superseded."""
        key = url_key(member.page.url)
        unit.members[key] = member
        self._units[key] = unit

    def end(self, unit: Unit) -> None:
        """Let go of a unit."""
        for key in unit.members:
            del self._units[key]
            self._asked.discard(key)

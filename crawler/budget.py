"""How much a run may still ask for: of all sites together, and of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic

from archive.frontier import IN_HAND_PER_SITE, PendingPage
from crawler.configuration import CrawlerSettings, SiteSettings


class Budget:
    """The pages and minutes of one run. What is beyond them stays pending for the next."""

    def __init__(
        self, crawler: CrawlerSettings, sites: Iterable[SiteSettings], *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._minutes = crawler.max_minutes
        self._sites = {site.name: site for site in sites}
        self._clock = clock
        self._began = clock()
        self._taken: Counter[str] = Counter()

    def note(self, pages: Iterable[PendingPage]) -> None:
        """Count pages that were taken up."""
        self._taken.update(page.site for page in pages)

    def is_over(self, site: str | None = None) -> bool:
        """Whether the time has passed in which a site may be asked; without a site, that of the run."""
        limits = [self._minutes, self._sites[site].max_minutes if site in self._sites else None]
        passed = (self._clock() - self._began) / 60
        return any(limit is not None and passed >= limit for limit in limits)

    def narrow(self, in_hand: Counter[str]) -> Counter[str]:
        """The pages in hand by site, with as many more as leave no room but for what the site may still be asked."""
        for name, site in self._sites.items():
            left = IN_HAND_PER_SITE if site.max_pages is None else site.max_pages - self._taken[name]
            in_hand[name] = max(in_hand[name], IN_HAND_PER_SITE - (0 if self.is_over(name) else left))
        return in_hand

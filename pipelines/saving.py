"""Saving articles many at a time: one transaction for those that come within a tenth of a second."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence

from archive.articles import Change
from archive.records import Arrival

MOST = 50
"""Articles in one transaction. Each by itself takes twice as long: the search index is written piece by piece and
merged, and the pages of the file that articles share are written once for each."""
WAIT = 0.1
"""Seconds that an article waits for others, while there are any to come. A page that a kill takes along is pending still,
and is asked for again: in half a second more would be, of a site that is asked without a pause."""
LARGE = 1_000_000
"""Bytes of pages that are not kept waiting."""

Save = Callable[[Sequence[Arrival]], list[Change]]


class SavingGroup:
    """Articles that wait to be saved together. `save` saves them, all or none; `in_hand` is how many may come, with
    those that wait."""

    def __init__(self, save: Save, in_hand: Callable[[], int]) -> None:
        self._save = save
        self._in_hand = in_hand
        self._waiting: list[tuple[Arrival, asyncio.Future[Change]]] = []
        self._timer: asyncio.TimerHandle | None = None

    async def add(self, arrival: Arrival) -> Change:
        """Save an article, and return once it is. Raises what kept it from being saved."""
        loop = asyncio.get_running_loop()
        saved: asyncio.Future[Change] = loop.create_future()
        self._waiting.append((arrival, saved))
        if self._timer is None:
            self._timer = loop.call_later(WAIT, self._write)
        if self._is_full():
            self._write()
        return await saved

    def _is_full(self) -> bool:
        held = sum(len(arrival.page.body) for arrival, _ in self._waiting)
        return len(self._waiting) >= min(MOST, self._in_hand()) or held >= LARGE

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        group, self._waiting, self._timer = self._waiting, [], None
        try:
            changes: Sequence[Change | Exception] = self._save([arrival for arrival, _ in group])
        except sqlite3.Error as error:  # no article is to blame, and none can be saved
            changes = [error] * len(group)
        except Exception:  # a bug that one of them brings out must not cost the others
            changes = [self._save_alone(arrival) for arrival, _ in group]
        for (_, saved), change in zip(group, changes, strict=True):
            if saved.cancelled():
                continue
            if isinstance(change, Exception):
                saved.set_exception(change)
            else:
                saved.set_result(change)

    def _save_alone(self, arrival: Arrival) -> Change | Exception:
        try:
            return self._save([arrival])[0]
        except Exception as error:
            return error

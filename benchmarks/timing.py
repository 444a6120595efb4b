"""Timing two ways of doing a job in turn, so that both see the same weather on the machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One comparison."""

    what: str
    """The job."""
    rival: str
    """What it was compared with."""
    unit: str
    """Unit of both rates."""
    ours: float
    """Our median rate."""
    theirs: float
    """The rival's median rate."""
    ratio: float
    """Median of our rate over the rival's, pair by pair."""
    spread: str
    """Lowest and highest ratio."""


def compare(
    what: str,
    rival: str,
    amount: int,
    unit: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    pairs: int,
    their_amount: int | None = None,
) -> Result:
    """Do the job in turn, ours first, `pairs` times after one pair to warm up. `amount` is the work of one turn; the
    rival's where it is given less."""
    rates: list[tuple[float, float]] = []
    for turn in range(pairs + 1):
        mine, rivals = amount / _seconds(ours), (their_amount or amount) / _seconds(theirs)
        if turn:
            rates.append((mine, rivals))
    ratios = sorted(mine / rivals for mine, rivals in rates)
    return Result(
        what=what,
        rival=rival,
        unit=unit,
        ours=statistics.median(mine for mine, _ in rates),
        theirs=statistics.median(rivals for _, rivals in rates),
        ratio=statistics.median(ratios),
        spread=f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
    )


def _seconds(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began

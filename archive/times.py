"""Times as the archive writes them: UTC, ISO 8601, whole seconds, ending in Z."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(moment: datetime) -> str:
    """`2024-09-27T08:30:00Z` for an aware datetime of any zone."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def now() -> str:
    """The present moment, for what happens here; when a page was seen is the page's own `fetched_at`."""
    return utc(datetime.now(UTC))

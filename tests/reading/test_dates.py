"""The date of publication, read from one row of a page."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.dates import find_date

ROWS = tomllib.loads((Path(__file__).parent / "corpus" / "dates.toml").read_text("utf-8"))["rows"]
FETCHED = datetime(2024, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case["text"])
def test_a_row_shows_the_day_of_publication(case: dict[str, Any]) -> None:
    shown = find_date([case["text"]], FETCHED)
    assert (shown.iso if shown else None) == case.get("iso")
    if "raw" in case:
        assert shown is not None
        assert shown.raw == case["raw"]

"""The date of publication, read from one row of a page."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.dates import find_date

CORPUS = Path(__file__).parent / "corpus"
ROWS = tomllib.loads((CORPUS / "dates.toml").read_text("utf-8"))["rows"]
CREDIT_ROWS = tomllib.loads((CORPUS / "credits.toml").read_text("utf-8"))["dates"]
FETCHED = datetime(2024, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize("case", CREDIT_ROWS, ids=lambda case: case["text"])
def test_a_byline_row_shows_the_day_counted_from_when_it_was_fetched(case: dict[str, Any]) -> None:
    shown = find_date([case["text"]], datetime.fromisoformat(case["fetched_at"]))
    assert (shown.iso if shown else "") == case["published"]
    if shown and "raw" in case:
        assert shown.raw == case["raw"]


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case["text"])
def test_a_row_shows_the_day_of_publication(case: dict[str, Any]) -> None:
    shown = find_date([case["text"]], FETCHED)
    assert (shown.iso if shown else None) == case.get("iso")
    if "raw" in case:
        assert shown is not None
        assert shown.raw == case["raw"]

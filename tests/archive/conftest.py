"""An empty archive, and a crawl that writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import open_archive, start_crawl


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def db(data: Path) -> Iterator[Database]:
    db = open_archive(data)
    yield db
    db.close()


@pytest.fixture
def crawl(db: Database) -> int:
    return start_crawl(db)

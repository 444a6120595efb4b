"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forked import Forks


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A process that has imported all that a crawl needs, to run crawls in copies of it."""
    forks = Forks()
    yield forks
    forks.close()

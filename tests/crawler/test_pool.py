"""Reading in processes of its own: what a page can do to them, and cannot do to the next page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest

from pipelines import NotAnArticle
from pipelines.pool import ReaderPool, ReadingFailed


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    """A pool whose reader executes what it is given: a hostile page at its worst."""
    pool = ReaderPool(cast(Any, exec), processes=1, timeout=1.0)
    yield pool
    pool.close()


def read(pool: ReaderPool, page: str) -> object:
    return asyncio.run(pool.read(cast(Any, page)))


def test_a_page_over_its_deadline_is_given_up_and_the_next_one_read(pool: ReaderPool) -> None:
    with pytest.raises(ReadingFailed) as failed:
        read(pool, "while True: pass")
    assert failed.value.reason == "read-timeout"
    assert read(pool, "pass") is None


def test_a_page_that_kills_its_reader_is_given_up_and_the_next_one_read(pool: ReaderPool) -> None:
    with pytest.raises(ReadingFailed) as failed:
        read(pool, "import os; os.abort()")
    assert failed.value.reason.startswith("reader-died")
    assert read(pool, "pass") is None


def test_the_reason_why_a_page_is_no_article_comes_through(pool: ReaderPool) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read(pool, "from pipelines import NotAnArticle; raise NotAnArticle('list page')")
    assert refused.value.reason == "list page"


def test_a_bug_in_the_reader_comes_through_as_itself(pool: ReaderPool) -> None:
    with pytest.raises(KeyError):
        read(pool, "{}['title']")


def test_a_reader_begins_with_what_reading_loads_also_one_that_replaces_another(pool: ReaderPool) -> None:
    loaded = "from pipelines.rules import load_rules; assert load_rules.cache_info().currsize"
    assert read(pool, loaded) is None
    with pytest.raises(ReadingFailed):
        read(pool, "import os; os.abort()")
    assert read(pool, loaded) is None

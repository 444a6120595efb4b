"""Seven days of a site in one archive, as a schedule crawls it every day: down, in another form, its list empty, mended.

A day passes by making all that the archive holds a day older.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.crawler.conftest import Reply
from tests.schedule.test_faults import (  # the fixtures among them
    ARTICLES,
    Newsroom,
    messages,
    newsroom,
    usual,
    write,
    write_list,
)

__all__ = ["messages", "newsroom", "usual"]

MOMENTS = {
    "articles": ("first_seen", "last_seen", "last_changed"),
    "versions": ("seen_at",),
    "pages": ("fetched_at",),
    "crawls": ("started", "finished"),
    "findings": ("opened", "closed"),
    "captures": ("fetched_at",),
}


def sleep_a_day(room: Newsroom) -> None:
    with closing(sqlite3.connect(room.folder / "data" / "archive.db")) as db, db:
        for table, columns in MOMENTS.items():
            for column in columns:
                db.execute(f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-1 day')")


def day(room: Newsroom) -> tuple[set[str], set[str]]:
    """One day's run: the checks that were told to be amiss, and those told to be over."""
    sleep_a_day(room)
    facts = [fact for message in room.crawl() for fact in message["findings"]]
    opened = [fact["check"] for fact in facts if not fact["closed"]]
    closed = [fact["check"] for fact in facts if fact["closed"]]
    assert len(opened) == len(set(opened)) and len(closed) == len(set(closed))
    assert set(room.open()).issuperset(opened)
    return set(opened), set(closed)


def put_up_another_theme(room: Newsroom) -> None:
    """The same articles; where the date stood there is none any more."""
    room.replace(ARTICLES, lambda n: write(n, date=False))


@pytest.mark.heavy
def test_each_day_of_a_week_tells_what_is_new_and_what_is_over(newsroom: Newsroom) -> None:
    week = []
    newsroom.site.pages = dict.fromkeys(newsroom.site.pages, Reply(status=403))
    week += [day(newsroom), day(newsroom)]
    newsroom.mend()
    week += [day(newsroom)]
    put_up_another_theme(newsroom)
    week += [day(newsroom), day(newsroom)]
    newsroom.mend()
    newsroom.site.pages["/list/"] = write_list([])  # the articles are still there, and asked for
    week += [day(newsroom)]
    newsroom.mend()
    week += [day(newsroom)]
    assert week == [
        ({"no-articles"}, set()),
        (set(), set()),
        (set(), {"no-articles"}),
        ({"undated", "theme-changed"}, set()),
        (set(), {"theme-changed"}),  # the new theme is known by now
        ({"empty-start"}, {"undated"}),
        (set(), {"empty-start"}),
    ]
    assert newsroom.open() == {}

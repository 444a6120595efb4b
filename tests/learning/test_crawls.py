"""A crawl learns its sites: neither the order of pages nor a kill decides how they are read, and a new theme is noticed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.health import open_findings
from archive.learned import find_record, forget_record, pin_record
from archive.records import Selectors
from archive.rereading import StoredPage
from archive.verification import verify_archive
from crawler import learning
from pipelines.learning import Learned, SharedRecord, Shelf
from pipelines.stored import Lesson, learn_stored
from tests.archive.checks import assert_sound
from tests.learning.crawls import SITE, Crawls, in_order, in_this_process
from tests.learning.themes import SPAM, THEMES, Piece, cards, flat, site, turns

PAGES = 30
every_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.__name__)


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Callable[[str], Crawls]]:
    made: list[Crawls] = []

    def make(name: str = "data", **options: Any) -> Crawls:
        made.append(Crawls(tmp_path / name, **options))
        # Records hold hashes under the key of their archive: alike only under the same.
        (tmp_path / name / "contact.key").write_bytes(bytes(32))
        return made[-1]

    yield make
    for crawls in made:
        crawls.close()


def test_pages_under_way_when_their_site_is_learned_do_not_have_it_learned_again(
    new: Callable[..., Crawls], monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = []

    def learn(lesson: Lesson) -> Learned:
        lessons.append(lesson)
        return learn_stored(lesson)

    monkeypatch.setattr(learning, "learn_stored", learn)
    new("data").crawl(site(cards, PAGES), under_way=learning.IN_A_ROW + 2)
    assert len(lessons) == 2  # in passing, and at the end


@every_theme
def test_the_order_of_pages_does_not_matter(theme: Callable[[Piece], str], new: Callable[..., Crawls]) -> None:
    pages = site(theme, PAGES)
    orders = [list(range(PAGES)), list(reversed(range(PAGES))), random.Random(1).sample(range(PAGES), PAGES)]
    contents = []
    for number, order in enumerate(orders):
        crawls = new(f"data{number}")
        crawls.crawl(in_order(pages, order))
        contents.append(crawls.content())
        assert list(verify_archive(crawls.db, crawls.data)) == []
        assert_sound(crawls.db)
    assert contents[0] == contents[1] == contents[2]
    assert {row[2] for row in contents[0]["readings"]} == {1}


@every_theme
def test_the_articles_are_clean_and_have_one_version(theme: Callable[[Piece], str], new: Callable[..., Crawls]) -> None:
    pages, crawls = site(theme, PAGES), new()
    crawls.crawl(pages)
    assert crawls.bodies() == {page.url: list(page.paragraphs) for page in pages}
    assert crawls.rows("SELECT count(*) FROM versions") == [(PAGES,)]
    assert crawls.rows("SELECT DISTINCT cause FROM history") == [("crawl",)]
    assert crawls.rows("SELECT new, changed FROM crawls") == [(PAGES, 0)]


def test_only_what_may_come_to_something_else_is_read_again(
    new: Callable[..., Crawls], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shorter_from_15_on(piece: Piece) -> str:
        return cards(replace(piece, paragraphs=piece.paragraphs[: 3 if piece.number >= 15 else None]))

    learned: list[Learned] = []
    again: list[str] = []
    read_in_order = learning.read_in_order

    def note(pool: Any, known: Any, pages: Sequence[StoredPage]) -> AsyncIterator[tuple[StoredPage, Any]]:
        again.extend(page.url for page in pages)
        return read_in_order(pool, known, pages)

    def put(shelf: Shelf, record: Learned) -> SharedRecord:
        learned.append(record)
        return shelve(shelf, record)

    shelve = Shelf.put
    monkeypatch.setattr(learning, "read_in_order", note)
    monkeypatch.setattr(Shelf, "put", put)
    pages, crawls = site(shorter_from_15_on, 2 * PAGES), new()
    crawls.crawl(pages)
    assert learned[0].templates[0].shortest > learned[-1].templates[0].shortest
    assert again == [page.url for page in pages[: len(again)]] and 12 <= len(again) < PAGES
    assert {record for (record,) in crawls.rows("SELECT record FROM readings")} == {learned[-1].digest}
    assert crawls.reclean() == {"unchanged": 2 * PAGES}


def test_reclean_finds_nothing_to_change(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl(site(cards, PAGES))
    before = crawls.content()
    assert crawls.reclean() == {"unchanged": PAGES}
    assert crawls.content() == before


def test_a_crawl_that_is_killed_ends_like_any_other(new: Callable[..., Crawls]) -> None:
    pages, whole, killed = site(cards, PAGES), new("whole"), new("killed")
    whole.crawl(pages)
    killed.crawl(pages, dies_after=17)
    killed.crawl(pages[17:])
    ours = ("articles", "links", "removals", "learned", "readings")
    assert [killed.content()[name] for name in ours] == [whole.content()[name] for name in ours]


def test_a_second_crawl_reads_by_what_the_first_learned_and_changes_nothing(new: Callable[..., Crawls]) -> None:
    pages, crawls = site(cards, PAGES), new()
    crawls.crawl(pages)
    before = crawls.content()
    crawls.crawl(pages)
    assert crawls.content() == before
    assert crawls.rows("SELECT new, changed, unchanged FROM crawls ORDER BY id DESC LIMIT 1") == [(0, 0, PAGES)]


def test_few_pages_teach_nothing(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl(site(cards, 7))
    assert find_record(crawls.db, SITE) is None
    assert crawls.rows("SELECT * FROM readings") == []


def test_a_new_theme_is_learned_and_said_and_old_pages_stay(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl(site(cards, PAGES))
    before = crawls.bodies()
    crawls.crawl(site(flat, PAGES, first=PAGES))
    (found,) = open_findings(crawls.db)
    assert (found.finding.check, found.finding.figure) == ("theme-changed", PAGES)
    assert found.finding.sentence.startswith("Theme changed on 2025-03-03: since then 30 pages in a row")
    assert found.samples[0] == f"https://{SITE}/{PAGES}.html"
    assert Counter(row[2] for row in crawls.content()["readings"]) == {1: PAGES, 2: PAGES}
    assert {url: body for url, body in crawls.bodies().items() if url in before} == before
    assert not any(line in SPAM for body in crawls.bodies().values() for line in body)
    assert crawls.reclean() == {"unchanged": 2 * PAGES}
    crawls.crawl(site(flat, 10, first=2 * PAGES))
    assert open_findings(crawls.db) == []


def test_a_theme_that_changes_in_mid_crawl_is_said(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl([*site(cards, PAGES), *site(flat, PAGES, first=PAGES)])
    (found,) = open_findings(crawls.db)
    assert found.finding.check == "theme-changed"
    assert found.samples[0] == f"https://{SITE}/{PAGES}.html"
    assert Counter(row[2] for row in crawls.content()["readings"]) == {1: PAGES, 2: PAGES}


def test_a_page_that_no_template_fits_does_not_hide_a_new_theme(new: Callable[..., Crawls]) -> None:
    crawls, odd = new(), site(cards, PAGES)
    odd[2] = replace(odd[2], html=odd[2].html.replace(b"class='wrap'", b"class='special'"))
    crawls.crawl([*odd, *site(flat, PAGES, first=PAGES)])
    assert Counter(row[2] for row in crawls.content()["readings"])[None] == 1
    (found,) = open_findings(crawls.db)
    assert (found.finding.check, found.finding.figure) == ("theme-changed", PAGES)


def test_a_new_theme_in_the_place_of_two_templates_side_by_side_is_said(new: Callable[..., Crawls]) -> None:
    one, other = site(cards, 12), site(turns, 12, first=12)
    crawls = new()
    crawls.crawl([*(page for pair in zip(one, other, strict=True) for page in pair), *site(flat, 12, first=24)])
    (found,) = open_findings(crawls.db)
    assert (found.finding.check, found.finding.figure) == ("theme-changed", 12)


def test_templates_side_by_side_are_no_new_theme(new: Callable[..., Crawls]) -> None:
    one, other = site(cards, PAGES), site(turns, PAGES, first=PAGES)
    crawls = new()
    crawls.crawl([page for pair in zip(one, other, strict=True) for page in pair])
    assert open_findings(crawls.db) == []
    assert crawls.bodies() == {page.url: list(page.paragraphs) for page in [*one, *other]}
    assert None not in Counter(row[2] for row in crawls.content()["readings"])


def test_a_template_that_was_among_the_others_before_is_no_new_theme(new: Callable[..., Crawls]) -> None:
    news, galleries = site(cards, 24), site(turns, 14, first=24)
    crawls = new()
    crawls.crawl([*news[:12], galleries[0], *news[12:], *galleries[1:]])
    assert Counter(row[2] for row in crawls.content()["readings"]) == {1: 24, 2: 14}
    assert open_findings(crawls.db) == []


def test_what_is_pinned_stays(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl(site(cards, PAGES))
    pin_record(crawls.db, SITE, pinned=True)
    before = find_record(crawls.db, SITE)
    crawls.crawl(site(flat, PAGES, first=PAGES))
    assert find_record(crawls.db, SITE) == before


def test_what_is_forgotten_is_learned_anew(new: Callable[..., Crawls]) -> None:
    crawls = new()
    crawls.crawl(site(cards, PAGES))
    before = crawls.content()
    assert forget_record(crawls.db, SITE)
    assert crawls.rows("SELECT * FROM readings") == []
    crawls.crawl(site(cards, PAGES))
    assert crawls.content() == before


def test_selectors_go_before_what_was_learned(new: Callable[..., Crawls]) -> None:
    crawls = new(selectors=Selectors(category="//span[1]"))
    pages = site(cards, PAGES)
    crawls.crawl(pages)
    assert crawls.rows("SELECT DISTINCT category FROM articles") == [("小园",)]
    assert {row[2:4] for row in crawls.content()["readings"]} == {(None, "selectors")}
    assert crawls.bodies() == {page.url: list(page.paragraphs) for page in pages}

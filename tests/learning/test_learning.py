"""A site is learned from its first pages; by what was learned the others are read, faster and cleaner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipelines import read_article
from pipelines.learning import KnownSite, Learned, Mismatch, Sample, learn
from pipelines.learning.lines import digest
from pipelines.reader import take_apart
from tests.learning.odd_themes import (
    SUBHEADING,
    account_in_each_section,
    account_with_a_name,
    another_list,
    counted_from_nothing,
    counted_in_words,
    edited_and_tagged,
    excerpts_of_one_paper,
    headline_and_byline_in_one,
    numbered_classes,
    own_words_about_each,
    related_here_and_there,
    related_of_any_number,
    section_of_a_long_name,
    subheadings_of_a_series,
    tables_without_names,
    talked_about,
    two_lists,
)
from tests.learning.themes import POLICY, SPAM, STANDING, THEMES, Piece, Told, cards, flat, site

Theme = Callable[[Piece], str]
every_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.__name__)
LEARNED_FROM, PAGES = 12, 40


def samples(pages: list[Told]) -> list[Sample]:
    return [Sample(page.html, page.url, None) for page in pages]


def repeats_of(knowledge: Learned) -> set[str]:
    return {repeat.text for template in knowledge.templates for repeat in template.repeats}


@pytest.fixture(scope="module")
def learned() -> dict[Theme, Learned]:
    return {theme: learn(samples(site(theme, LEARNED_FROM))) for theme in THEMES}


@every_theme
def test_a_site_has_one_template_and_the_other_pages_are_read_by_it(
    theme: Theme, learned: dict[Theme, Learned]
) -> None:
    assert len(learned[theme].templates) == 1
    known = KnownSite(learned[theme])
    outcomes: Counter[str] = Counter()
    for page in site(theme, PAGES, first=LEARNED_FROM):
        quick = known.read(page.html, page.url, None)
        outcomes["same" if quick == take_apart(page.html, page.url, None, known.repeats).article else "other"] += 1
    assert outcomes["same"] >= 0.98 * PAGES, outcomes


@every_theme
def test_what_repeats_is_gone_and_no_paragraph_is_lost(theme: Theme, learned: dict[Theme, Learned]) -> None:
    known = KnownSite(learned[theme])
    for page in site(theme, PAGES, first=LEARNED_FROM):
        for article in (
            known.read(page.html, page.url, None),
            take_apart(page.html, page.url, None, known.repeats).article,
        ):
            assert article.body.split("\n") == list(page.paragraphs)
            assert article.title == page.title
            assert article.published == page.published.isoformat()
            assert len(article.related) == 6


@every_theme
def test_spam_that_no_rule_knows_is_there_without_learning(theme: Theme) -> None:
    page = site(theme, 1)[0]
    assert any(line in take_apart(page.html, page.url, None).article.body for line in SPAM)


def test_a_removed_line_says_that_it_repeats(learned: dict[Theme, Learned]) -> None:
    page = site(cards, 1, first=50)[0]
    article = KnownSite(learned[cards]).read(page.html, page.url, None)
    assert {r.text: (r.rule, r.kind) for r in article.removals if r.text in SPAM} == dict.fromkeys(
        SPAM, ("repeats-on-site", "chrome")
    )


def test_shared_sentences_of_articles_are_not_learned(learned: dict[Theme, Learned]) -> None:
    for knowledge in learned.values():
        assert {digest(POLICY, b""), digest(STANDING, b"")}.isdisjoint(repeats_of(knowledge))


def test_another_theme_does_not_match(learned: dict[Theme, Learned]) -> None:
    page = site(flat, 1)[0]
    with pytest.raises(Mismatch, match="container"):
        KnownSite(learned[cards]).read(page.html, page.url, None)


def test_a_page_that_cannot_be_parsed_fits_none_of_several_templates(learned: dict[Theme, Learned]) -> None:
    both = KnownSite(Learned(templates=learned[cards].templates + learned[flat].templates))
    with pytest.raises(Mismatch, match="container"):
        both.read(b"", "https://x.example/1", None)


def test_a_row_that_was_never_seen_does_not_match(learned: dict[Theme, Learned]) -> None:
    page = site(cards, 1)[0]
    changed = page.html.replace("热度".encode(), "来源：某报 热度".encode())
    with pytest.raises(Mismatch, match="row"):
        KnownSite(learned[cards]).read(changed, page.url, None)
    assert read_article(changed, page.url, site=KnownSite(learned[cards])).source == "某报"


@every_theme
def test_the_record_is_kept_as_json(theme: Theme, learned: dict[Theme, Learned]) -> None:
    stored = learned[theme].to_json()
    assert Learned.from_json(stored) == learned[theme]
    assert len(stored) < 20_000
    assert not any(line in stored for line in SPAM)


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"templates": [{"container": []}]}'])
def test_a_record_of_another_form_is_as_good_as_none(stored: str) -> None:
    assert Learned.from_archive(stored) == Learned()


def test_the_order_of_pages_does_not_matter() -> None:
    pages = site(cards, LEARNED_FROM)
    one, other = learn(samples(pages)), learn(samples(pages[::-1]))
    assert one == other


def test_where_only_the_place_of_the_text_is_known_all_else_is_read_step_by_step() -> None:
    learned = learn(samples(site(related_here_and_there, LEARNED_FROM)))
    ((template,), known) = learned.templates, KnownSite(learned)
    assert (template.steps, template.rows, template.related) == (True, (), None)
    for page in site(related_here_and_there, 8, first=LEARNED_FROM):
        article = known.read(page.html, page.url, None)
        assert article == take_apart(page.html, page.url, None, known.repeats).article
        assert article.body.split("\n") == list(page.paragraphs)
        assert len(article.related) == 6


def test_a_page_with_another_list_of_related_articles_is_read_step_by_step() -> None:
    known = KnownSite(learn(samples(site(another_list, LEARNED_FROM))))
    for number, page in enumerate(site(another_list, 12, first=LEARNED_FROM), start=LEARNED_FROM):
        whole = take_apart(page.html, page.url, None, known.repeats).article
        if number % 13 == 1:
            assert len(whole.related) == 5
            with pytest.raises(Mismatch, match="related"):
                known.read(page.html, page.url, None)
        else:
            assert len(whole.related) == 3
            assert known.read(page.html, page.url, None) == whole


def test_two_lists_on_every_page_are_read_as_one() -> None:
    known = KnownSite(learn(samples(site(two_lists, LEARNED_FROM))))
    for page in site(two_lists, 4, first=LEARNED_FROM):
        assert len(known.read(page.html, page.url, None).related) == 5


def test_what_excerpts_of_other_articles_happen_to_name_is_no_row_of_the_template() -> None:
    learned = learn(samples(site(excerpts_of_one_paper, LEARNED_FROM)))
    ((template,), known) = learned.templates, KnownSite(learned)
    assert not template.steps
    for page in site(excerpts_of_one_paper, 8, first=LEARNED_FROM):
        article = known.read(page.html, page.url, None)
        assert article == take_apart(page.html, page.url, None, known.repeats).article
        assert article.source


@pytest.mark.parametrize(
    ("theme", "counts"),
    [(counted_from_nothing, (None, 9, 18, 27, 36)), (counted_in_words, (987, 12_000, 12_345, 100_000))],
    ids=["0 says nothing", "printed in several ways"],
)
def test_a_counter_is_read_as_the_full_reader_reads_it(theme: Theme, counts: tuple[int | None, ...]) -> None:
    learned = learn(samples(site(theme, LEARNED_FROM)))
    ((template,), known) = learned.templates, KnownSite(learned)
    assert not template.steps
    for number, page in enumerate(site(theme, 10, first=LEARNED_FROM), start=LEARNED_FROM):
        article = known.read(page.html, page.url, None)
        assert article == take_apart(page.html, page.url, None, known.repeats).article
        assert article.views == counts[number % len(counts)]


@pytest.mark.parametrize(
    "theme",
    [
        headline_and_byline_in_one,
        related_of_any_number,
        account_with_a_name,
        account_in_each_section,
        edited_and_tagged,
        own_words_about_each,
        tables_without_names,
        numbered_classes,
    ],
    ids=lambda theme: theme.__name__,
)
def test_rows_are_read_however_they_vary(theme: Theme) -> None:
    fetched = datetime(2025, 3, 1, 8, tzinfo=UTC)
    pages = site(theme, LEARNED_FROM + 12)
    learned = learn(Sample(page.html, page.url, fetched) for page in pages[:LEARNED_FROM])
    ((template,), known) = learned.templates, KnownSite(learned)
    assert not template.steps
    for page in pages[LEARNED_FROM:]:
        article = known.read(page.html, page.url, fetched)
        assert article == take_apart(page.html, page.url, fetched, known.repeats).article
        assert article.title == page.title
        assert article.body.split("\n") == list(page.paragraphs)
        assert article.published


def test_the_text_of_a_page_with_little_beside_it_has_a_box_of_its_own() -> None:
    for page in site(talked_about, LEARNED_FROM):
        reading = take_apart(page.html, page.url, None)
        assert reading.container.tag == "div"
        assert reading.article.body.split("\n") == [*page.paragraphs, SPAM[0]]


def test_boxes_around_one_text_are_one_template() -> None:
    learned = learn(samples(site(section_of_a_long_name, LEARNED_FROM + 8)))
    assert len(learned.templates) == 1
    known = KnownSite(learned)
    for page in site(section_of_a_long_name, 12, first=LEARNED_FROM + 8):
        article = known.read(page.html, page.url, None)
        assert article == take_apart(page.html, page.url, None, known.repeats).article
        assert SPAM[0] not in article.body


def test_subheadings_of_a_series_are_not_learned() -> None:
    known = KnownSite(learn(samples(site(subheadings_of_a_series, LEARNED_FROM))))
    for page in site(subheadings_of_a_series, 6, first=LEARNED_FROM):
        *lines, last = page.paragraphs
        assert known.read(page.html, page.url, None).body.split("\n") == [*lines, SUBHEADING, last]


def test_three_pages_teach_nothing() -> None:
    assert learn(samples(site(cards, 3))).templates == ()


def test_pages_without_an_article_teach_nothing() -> None:
    assert learn([Sample(b"<html><body><p>404</p></body></html>", "https://x.example/1", None)] * 9).templates == ()

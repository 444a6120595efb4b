"""The site's words go from the midst of the article's, and what articles say of themselves stays, however many say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipelines.learning import KnownSite, Sample, learn
from pipelines.learning.examples import find_examples
from pipelines.reader import take_apart
from tests.learning.mixed_themes import (
    ASKED,
    CLOSING,
    GLUED,
    HEADINGS,
    IN_FORCE,
    OPENING,
    a_class_for_each_kind,
    before_a_list_of_names,
    by_turns_behind_the_first_paragraph,
    closing_in_the_last_paragraph,
    disguised_on_each,
    documents,
    glued_by_turns,
    glued_to_the_last_paragraph,
    in_the_middle_and_twice,
    interviews,
    numbered_by_turns,
    section_in_the_class,
    table_in_each,
    talked_about_at_length,
    tender_of,
    tenders,
)
from tests.learning.themes import SPAM, Piece, Told, site, stories

LEARNED_FROM = 15
Theme = Callable[[Piece], str]


def learned_and_others(theme: Theme) -> tuple[KnownSite, list[Told]]:
    pages = site(theme, LEARNED_FROM + 5)
    known = KnownSite(learn(Sample(page.html, page.url, None) for page in pages[:LEARNED_FROM]))
    return known, pages[LEARNED_FROM:]


def bodies(known: KnownSite, page: Told) -> list[list[str]]:
    full, quick = take_apart(page.html, page.url, None, known.repeats).article, known.read(page.html, page.url, None)
    assert full == quick
    return [article.body.split("\n") for article in (full, quick)]


@pytest.mark.parametrize(
    "theme",
    [
        by_turns_behind_the_first_paragraph,
        disguised_on_each,
        glued_by_turns,
        glued_to_the_last_paragraph,
        in_the_middle_and_twice,
        numbered_by_turns,
        section_in_the_class,
    ],
    ids=lambda theme: theme.__name__,
)
def test_the_sites_words_go_from_among_the_articles(theme: Theme) -> None:
    known, pages = learned_and_others(theme)
    for page in pages:
        assert bodies(known, page) == [list(page.paragraphs)] * 2


def test_a_line_above_names_that_are_others_on_each_page_goes() -> None:
    known, pages = learned_and_others(before_a_list_of_names)
    for page in pages:
        (body, _) = bodies(known, page)
        assert body[: len(page.paragraphs)] == list(page.paragraphs)
        assert not any(SPAM[2] in line or "捧场" in line for line in body)


@pytest.mark.parametrize(
    ("theme", "above", "below"),
    [(documents, [OPENING], [IN_FORCE]), (interviews, [ASKED], [])],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_formulas_stay_though_all_articles_have_them(theme: Theme, above: Sequence[str], below: Sequence[str]) -> None:
    known, pages = learned_and_others(theme)
    for page in pages:
        assert bodies(known, page) == [[*above, *page.paragraphs, *below]] * 2


def test_the_headings_of_a_table_stay_with_its_figures() -> None:
    known, pages = learned_and_others(table_in_each)
    for page in pages:
        first, headings, *others = bodies(known, page)[0]
        assert (first, headings) == (page.paragraphs[0], HEADINGS)
        assert others[2:] == list(page.paragraphs[1:])


def test_what_all_tenders_say_is_theirs() -> None:
    known, pages = learned_and_others(tenders)
    for number, page in enumerate(pages, start=LEARNED_FROM):
        piece = Piece(number=number, story=stories(LEARNED_FROM + 13)[number], paragraphs=page.paragraphs, related=())
        assert bodies(known, page)[0] == tender_of(piece)


def test_a_sentence_that_many_articles_end_with_stays_in_them() -> None:
    known, pages = learned_and_others(closing_in_the_last_paragraph)
    for number, page in enumerate(pages, start=LEARNED_FROM):
        *lines, last = page.paragraphs
        assert bodies(known, page) == [[*lines, last + (CLOSING if number % 5 else "")]] * 2


def test_a_sentence_that_is_taken_out_says_so_and_is_shown() -> None:
    page = site(glued_to_the_last_paragraph, 1, first=LEARNED_FROM)[0]
    samples = [Sample(told.html, told.url, None) for told in site(glued_to_the_last_paragraph, LEARNED_FROM)]
    learned = learn(samples)
    article = KnownSite(learned).read(page.html, page.url, None)
    assert ("".join(GLUED), "repeats-on-site") in {(removal.text, removal.rule) for removal in article.removals}
    found = find_examples(learned.templates[0], [page.html], b"")
    assert set(GLUED) <= set(found.lines.values())


def test_templates_that_their_classes_tell_apart_are_several() -> None:
    learned = learn(Sample(page.html, page.url, None) for page in site(a_class_for_each_kind, LEARNED_FROM))
    assert len(learned.templates) == 3


def test_comments_longer_than_the_text_are_none_of_it() -> None:
    for page in site(talked_about_at_length, 5):
        assert take_apart(page.html, page.url, None).article.body.split("\n") == list(page.paragraphs)

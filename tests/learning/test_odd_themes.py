"""What is easily mistaken for the template is not: no paragraph is lost, no line of the site's stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.learning import KnownSite, Sample, learn
from tests.learning.odd_themes import (
    ADVERTS,
    AUTHOR,
    CLOSING,
    DAY,
    ODD_THEMES,
    OFFICE,
    SERIES,
    a_series,
    closing_sentence,
    figures_of_the_day,
    one_author,
    one_office,
    report_of_the_day,
    signed_by_an_office,
)
from tests.learning.themes import SPAM, Piece, site

LEARNED_FROM, PAGES = 20, 30
pytestmark = pytest.mark.heavy


def standing(theme: Callable[[Piece], str], number: int) -> tuple[list[str], list[str]]:
    """What stands above and below the paragraphs of a page and is the article's."""
    above = [SERIES] if theme is a_series and number % 10 < 7 else []
    below = {
        one_author: [AUTHOR],
        one_office: [OFFICE, DAY],
        signed_by_an_office: [OFFICE],
        closing_sentence: [CLOSING] if number % 2 else [],
        report_of_the_day: figures_of_the_day(number),
    }
    return above, below.get(theme, [])


@pytest.mark.parametrize("theme", ODD_THEMES, ids=lambda theme: theme.__name__)
def test_paragraphs_stay_and_what_is_the_sites_goes(theme: Callable[[Piece], str]) -> None:
    samples = [Sample(page.html, page.url, None) for page in site(theme, LEARNED_FROM)]
    known = KnownSite(learn(samples))
    for number, page in enumerate(site(theme, PAGES - LEARNED_FROM, first=LEARNED_FROM), start=LEARNED_FROM):
        article = known.read(page.html, page.url, None)
        above, below = standing(theme, number)
        assert article.body.split("\n") == [*above, *page.paragraphs, *below]
        assert not any(line in article.body for line in (*SPAM, *ADVERTS, "位读到", "本文编号"))
        assert article.title == page.title
        of_one_day = theme in (one_author, one_office)
        assert article.published == ("2024-05-06" if of_one_day else page.published.isoformat())

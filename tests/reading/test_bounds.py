"""What is too much for a reader is turned away before it takes memory."""

from __future__ import annotations

import pytest

from pipelines import NotAnArticle, read_article

START = "<html><title>第一号园区开工</title><h1>第一号园区开工</h1>"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (START + "<p>园" * 800_000, "too-large"),
        (START + "园<br>" * 400_000, "too-many-elements"),
        (START + "<p>" + "配套的人才公寓也将在年底前完工。" * 15_000, "too-long-line"),
    ],
)
def test_a_page_past_the_bounds_is_no_article_and_says_why(page: str, reason: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read_article(page.encode(), "http://site.example/a/1.html")
    assert refused.value.reason == reason

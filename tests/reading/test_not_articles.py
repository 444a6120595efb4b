"""Pages that hold no article are refused with a reason; hostile ones end soon, one way or the other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines import NotAnArticle, read_article

FOLDER = Path(__file__).parent / "not_articles"
INDEX = tomllib.loads((FOLDER / "index.toml").read_text("utf-8"))

PARAGRAPH = "<p>产业园区在城市里换了模样，老厂房里来了新的机器和年轻的工人。</p>"
HOSTILE = {
    "fifty thousand paragraphs": PARAGRAPH * 50_000,
    "a hundred thousand nested blocks": "<div>" * 100_000 + PARAGRAPH,
    "a text of twelve megabytes": "<p>" + "中文字" * 4_000_000 + "</p>",
    "fifty thousand attributes": "<p " + " ".join(f"a{i}=1" for i in range(50_000)) + ">" + PARAGRAPH,
    "a line of nine megabytes": "<p>" + "中文字。" * 750_000 + "</p>",
    "a hundred thousand line breaks": "字<br>" * 100_000 + PARAGRAPH,
    "brackets without end": "<p>" + "（【[" * 100_000 + "</p>" + PARAGRAPH,
    "a telephone book": "<p>电话：13000000000 微信同号</p>" * 5_000 + PARAGRAPH,
}


@pytest.mark.parametrize("name", INDEX)
def test_a_page_without_an_article_is_refused_with_its_reason(name: str) -> None:
    case = INDEX[name]
    with pytest.raises(NotAnArticle) as refused:
        read_article((FOLDER / name).read_bytes(), case["url"])
    assert refused.value.reason in (case["reason"], *case.get("or", []))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_or_given_up_with_a_reason(name: str) -> None:
    """That each ends within seconds is for the reader pool to enforce, and its tests to show."""
    page = f"<title>园区的一天</title><h1>园区的一天</h1>{HOSTILE[name]}".encode()
    try:
        assert read_article(page, "http://site.example/a/1.html").title
    except NotAnArticle as refused:
        assert refused.reason


def test_a_reason_survives_the_way_out_of_a_process() -> None:
    import pickle

    assert pickle.loads(pickle.dumps(NotAnArticle("captcha"))).reason == "captcha"

"""The look-alike lists stay what `corpus/README.md` says they are: large, varied and invented."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any, get_args

import pytest

from archive.records import Article, RemovalKind
from tests.reading.corpus_lines import CORPUS, CorpusLine, corpus_lines

NOT_ARTICLES = CORPUS.with_name("not_articles")
PAGES = CORPUS.with_name("pages")
SPAM = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("spam/*.txt"))
INVENTED_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|[48]00-\d{3}-\d{4})(?!\d)")
ALLOWED_NUMBERS = re.compile(r"1300000\d{4}|03(79|71)-0000\d{4}|[48]00-000-\d{4}")


def spam_lines() -> list[CorpusLine]:
    return [line for name in SPAM for line in corpus_lines(name)]


def toml(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))


def up_to_numbers(text: str) -> str:
    """What is left of a line when its numbers, widths and gaps are disregarded."""
    joined = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return re.sub(r"\d+", "0", re.sub(r"\s", "", joined))


def test_lists_are_large_and_much_of_the_spam_is_obfuscated() -> None:
    spam = spam_lines()
    assert len(spam) >= 300
    assert len([line for line in spam if line.obfuscated]) >= 200
    assert len(list(corpus_lines("news_lines.txt"))) >= 300
    assert len(toml("glued.toml")["case"]) >= 60
    assert sum(map(len, toml("credits.toml").values())) >= 150


def test_no_line_equals_another_up_to_numbers() -> None:
    seen: dict[str, str] = {}
    twice = []
    others = ("behind.txt", "news_lines.txt", "articles.txt", "ambiguous.txt")
    for line in [*spam_lines(), *(line for name in others for line in corpus_lines(name))]:
        first = seen.setdefault(up_to_numbers(line.text), line.where)
        if first != line.where:
            twice.append((first, line.where))
    assert twice == []


def test_spam_headings_name_removal_kinds() -> None:
    for line in spam_lines():
        assert line.kinds <= set(get_args(RemovalKind)), line.where


@pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.t*")), ids=lambda path: path.name)
def test_every_telephone_number_is_invented(path: Path) -> None:
    numbers = INVENTED_NUMBERS.finditer(re.sub(r"(?<=\d)[ .](?=\d)", "", path.read_text(encoding="utf-8")))
    assert [number[0] for number in numbers if not ALLOWED_NUMBERS.fullmatch(number[0])] == []


def test_glued_cases_are_the_kept_text_and_the_pieces_removed() -> None:
    for case in toml("glued.toml")["case"]:
        rest = re.sub(r"[\s\u200b]", "", case["text"])
        for piece in case["removed"]:
            bare = re.sub(r"[\s\u200b]", "", piece)
            assert rest.count(bare) == 1, case
            rest = rest.replace(bare, "")
        assert rest.replace(",,", ",") == re.sub(r"\s", "", case["kept"]), case


def test_every_page_that_is_no_article_has_its_reason() -> None:
    index = tomllib.loads((NOT_ARTICLES / "index.toml").read_text(encoding="utf-8"))
    assert {*index, "index.toml"} == {path.name for path in NOT_ARTICLES.iterdir()}
    assert [name for name, entry in index.items() if not (entry["reason"] and entry["url"])] == []


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_every_article_page_has_a_consistent_expectation(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article = expected["article"]
    assert set(article) <= {field.name for field in dataclasses.fields(Article)}
    assert {"url", "title", "body", "related", "published"} <= set(article)
    assert [link["position"] for link in article["related"]] == list(range(1, len(article["related"]) + 1))
    assert [piece for piece in expected["removed"] if piece in article["body"]] == []

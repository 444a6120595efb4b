"""The look-alike lists: what is spam goes, what only looks like it stays, and a paragraph loses its spam alone."""

from __future__ import annotations

import tomllib
from html import escape
from itertools import groupby

import pytest

from pipelines import read_article
from pipelines.clean import take_out
from pipelines.text import key
from tests.reading.corpus_lines import CORPUS, CorpusLine, corpus_lines

SPAM = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("spam/*.txt"))
GLUED = tomllib.loads((CORPUS / "glued.toml").read_text(encoding="utf-8"))["case"]
KNOWN = dict(line.text.split("\t") for line in corpus_lines("known.txt"))
"""Lines that are left in, each with the reason."""


def left(line: CorpusLine) -> bool:
    return bool(key(take_out(line.text)[0]))


@pytest.mark.parametrize("name", SPAM)
def test_a_line_of_spam_goes(name: str) -> None:
    assert [(line.where, line.text) for line in corpus_lines(name) if left(line) and line.text not in KNOWN] == []


def test_a_known_miss_is_missed_and_has_its_reason() -> None:
    spam = {line.text: line for name in SPAM for line in corpus_lines(name)}
    assert [text for text, reason in KNOWN.items() if not reason or not left(spam[text])] == []


def test_a_line_that_only_looks_like_spam_stays() -> None:
    lines = [line for name in ("news_lines.txt", "articles.txt") for line in corpus_lines(name)]
    touched = [(line.where, line.text, take_out(line.text)[1]) for line in lines]
    assert [(where, text, [rule.name for _, rule in taken]) for where, text, taken in touched if taken] == []


def test_whole_articles_lose_nothing() -> None:
    """Lines that look like spam stay wherever in an article they stand, also first, last and behind the last paragraph."""
    lost = {}
    for title, lines in groupby(corpus_lines("articles.txt"), lambda line: line.heading):
        wanted = [line.text for line in lines]
        page = f"<title>{title}</title><h1>{title}</h1><p>2024-09-27</p><div><p>{'<p>'.join(map(escape, wanted))}</div>"
        body = read_article(page.encode(), "http://site.example/a/1.html").body
        lost[title] = [line for line in wanted if key(line) not in key(body)]
    assert {title: lines for title, lines in lost.items() if lines} == {}


def test_a_paragraph_keeps_its_text_and_loses_what_is_glued_to_it() -> None:
    kept = {case["text"]: take_out(case["text"])[0] for case in GLUED if "known" not in case}
    wanted = {case["text"]: case["kept"] for case in GLUED}
    assert [(text, found) for text, found in kept.items() if key(found) != key(wanted[text])] == []


def test_what_is_known_to_be_wrong_of_a_glued_paragraph_loses_no_text() -> None:
    for case in GLUED:
        if "known" in case:
            assert key(case["kept"]) in key(take_out(case["text"])[0])

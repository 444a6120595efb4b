"""Source, reporter and account of every line in `corpus/credits.toml`, wherever a page prints it."""

from __future__ import annotations

import itertools
import re
import tomllib
from typing import Any

import pytest
from lxml import html

from pipelines import credit_line
from pipelines.blocks import split_blocks
from pipelines.byline import read_byline
from pipelines.credits import read_credit_rows, read_credits
from pipelines.text import key
from tests.reading.corpus_lines import CORPUS

CASES = tomllib.loads((CORPUS / "credits.toml").read_text(encoding="utf-8"))
FILLER = "这一段只讲别的事情,既没有署名,也没有出处。"


def wanted(case: dict[str, Any]) -> tuple[str | None, str | None]:
    return case.get("source"), case.get("reporter")


@pytest.mark.parametrize("case", CASES["byline_row"], ids=lambda case: case["text"])
def test_a_byline_row_names_source_reporter_and_account(case: dict[str, Any]) -> None:
    page = html.Element("div")
    page.text = case["text"]
    known = {key(case[name]) for name in ("site_name", "category") if name in case}
    byline = read_byline(split_blocks(page).lines, known=known)
    assert (byline.source, byline.reporter) == wanted(case)
    assert byline.posted_by == case.get("posted_by")


def test_a_sentence_in_which_no_mark_is_looked_for_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = {word for words in itertools.chain(*credit_line._LABELS.values()) for word in re.findall(r"\w+", words)}
    marks = [
        *labels,
        "本报记者",
        "通讯员",
        "特约评论员",
        "作者系",
        "供稿",
        "摄影记者",
        "https://a.example/1",
        "luoshui.net",
    ]
    texts = [
        f"{before}{mark}{behind}"
        for mark in marks
        for before in ("", "某某")
        for behind in ("。", "某某。", "：某某。")
    ]
    quickly = [credit_line.split_line.__wrapped__(text) for text in texts]
    monkeypatch.setattr(credit_line, "_STOPS", frozenset())
    assert [credit_line.split_line.__wrapped__(text) for text in texts] == quickly


@pytest.mark.parametrize("case", CASES["head_paragraph"], ids=lambda case: case["text"])
def test_the_first_paragraph_names_source_and_reporter(case: dict[str, Any]) -> None:
    credit = read_credits([case["text"], *[FILLER] * 12])
    assert (credit.source or credit.cited, credit.reporter) == wanted(case)


@pytest.mark.parametrize("case", CASES["tail_paragraph"], ids=lambda case: case["text"])
def test_the_last_paragraph_names_source_and_reporter(case: dict[str, Any]) -> None:
    credit = read_credits([*[FILLER] * 12, case["text"]])
    assert (credit.source or credit.cited, credit.reporter) == wanted(case)


@pytest.mark.parametrize("case", CASES["own_line"], ids=lambda case: case["text"])
def test_a_line_of_its_own_names_source_and_reporter(case: dict[str, Any]) -> None:
    within = read_credits([*[FILLER] * 3, case["text"], *[FILLER] * 2])
    assert (within.source, within.reporter) == wanted(case)
    around = read_credit_rows([case["text"]])
    assert (around.source, around.reporter) == wanted(case)


def test_a_credit_in_the_middle_of_a_long_text_is_somebody_elses() -> None:
    lines = [FILLER] * 20
    lines[10] = "(河洛晨报记者 钱三思)"
    assert read_credits(lines).reporter is None


def test_reporters_of_head_and_tail_are_named_together() -> None:
    lines = ["本报讯(记者 钱三思)昨日开工。", *[FILLER] * 9, "工期两年。(通讯员 于洋)"]
    assert read_credits(lines).reporter == "钱三思 于洋"


def test_a_round_up_does_not_name_everybody() -> None:
    surnames = "钱孙周吴郑王冯陈蒋沈韩杨"
    lines = [f"本报讯(记者 {surname}三思)昨日开工。" for surname in surnames]
    assert len((read_credits(lines).reporter or "").split()) <= 8


def test_a_text_of_one_line_has_head_and_tail() -> None:
    credit = read_credits(["新华社洛阳9月27日电 昨日开工。(记者 许大川)"])
    assert (credit.source, credit.reporter) == ("新华社", "许大川")


@pytest.mark.parametrize("text", ["(" * 50_000, "记者" * 50_000, "来源:" * 30_000, "新华社" * 30_000, "作者 " * 30_000])
def test_hostile_lines_are_read_in_bounds(text: str) -> None:
    read_credits([text, FILLER, text])
    read_credit_rows([text])

"""Looking first for what a rule needs changes nothing but the time that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pipelines import clean
from pipelines.reveal import reveal
from pipelines.rules import Rule, load_rules, rules_for, rules_that_may_fit
from pipelines.rules.needs import Prefilter

RULES = [rule for rule in load_rules() if rule.unit != "beside"]


def cuts(line: str) -> list[tuple[int, int, str]]:
    return [(cut.start, cut.end, cut.rule.name) for cut in clean._clean(line, False)]


@pytest.fixture
def every_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(
        clean,
        "rules_that_may_fit",
        lambda text, notice: tuple(rule for rule in rules_for(notice) if rule.unit != "beside"),
    )
    yield


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_same_goes_and_stays(rule: Rule, every_rule: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*rule.removes, *rule.keeps]
    lines += [f"园区昨天开工，{line}" for line in lines] + [f"{line} 记者昨天看到" for line in lines]
    slowly = [cuts(line) for line in lines]
    monkeypatch.undo()
    assert [cuts(line) for line in lines] == slowly


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_removes_may_fit(rule: Rule) -> None:
    for line in rule.removes:
        if clean._match_line(reveal(line).text, (rule,)):
            assert rule in rules_that_may_fit(reveal(line).text, False), line


def test_no_rule_is_tried_on_a_usual_sentence() -> None:
    sentence = reveal("园区负责人介绍，去年有12家企业落户，今年前三季度的产值已经超过去年全年。").text
    assert rules_that_may_fit(sentence, False) == ()


def test_patterns_are_found_wherever_a_text_is_cut() -> None:

    prefilter = Prefilter(
        [re.compile(r"(?<!电)热线:?\s?[0-9]{3}$"), re.compile("(?:微信|vx)[a-z]{2,9}")], [True, False]
    )
    assert prefilter.candidates("欢迎来访，热线:123") == [0]
    assert prefilter.candidates("【热线123】园区") == [0]
    assert prefilter.candidates("他打了热线123以后") == []
    assert prefilter.candidates("他的vxabc") == [1]
    assert prefilter.candidates("他的微信") == [1]
    assert prefilter.candidates("园区") == []

"""Looking first for what a rule needs changes nothing but the time that it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines import clean
from pipelines.reveal import reveal
from pipelines.rules import PLACED, Rule, fits_from, load_rules, that_may_fit

RULES = [rule for rule in load_rules() if rule.unit not in PLACED]


def cuts(line: str) -> list[tuple[int, int, str]]:
    return [(cut.start, cut.end, cut.rule.name) for cut in clean._clean(line, False)]


@pytest.fixture
def every_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clean, "that_may_fit", lambda rules, text: rules)
    monkeypatch.setattr(clean, "fits_from", lambda rule, text: len(text))
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
            assert that_may_fit((rule,), reveal(line).text), line


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_how_much_of_a_line_may_fit_is_the_same_found_at_once_and_place_by_place(rule: Rule) -> None:
    for line in (*rule.removes, *rule.keeps, "𠮷\ud842\0"):
        text = reveal(line).text
        one_by_one = [place for place in range(len(text)) if that_may_fit((rule,), text[place:])]
        assert one_by_one == list(range(min(fits_from(rule, text) + 1, len(text)))), line


def test_what_is_needed_is_one_or_two_characters() -> None:
    assert [word for rule in RULES for words in rule.needs for word in words if len(word) not in (1, 2)] == []


def test_hardly_a_rule_is_tried_on_a_paragraph_of_news() -> None:
    paragraph = "洛水市昨天公布了去年的林业普查：全市新增林地三百亩，其中北岭县占了一半，多半是退下来的坡地。"
    assert that_may_fit(tuple(RULES), paragraph) == ()

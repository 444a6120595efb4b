"""Every cleaning rule does what its examples say, and none of the corpus's real text is lost."""

from __future__ import annotations

import pytest

from pipelines.clean import clean_line, cut_text
from pipelines.reveal import reveal
from pipelines.rules import Rule, hint, load_rules
from pipelines.text import key

TAKES = [(rule, text) for rule in load_rules() for text in rule.removes]
LEAVES = [(rule, text) for rule in load_rules() for text in rule.keeps]


def name(value: Rule | str) -> str:
    return value.name if isinstance(value, Rule) else value[:12]


@pytest.mark.parametrize(("rule", "text"), TAKES, ids=name)
def test_a_rule_takes_out_what_its_example_says(rule: Rule, text: str) -> None:
    shown = reveal(text).text
    assert hint().search(shown)
    if rule.unit == "beside":
        assert rule.pattern.fullmatch(shown)
    elif rule.unit == "sentence":
        assert clean_line(text)
    else:
        kept, _ = cut_text(text, clean_line(text))
        assert key(kept) == ""


@pytest.mark.parametrize(("rule", "text"), LEAVES, ids=name)
def test_a_rule_leaves_its_look_alike_alone(rule: Rule, text: str) -> None:
    shown = reveal(text).text
    if rule.unit == "beside":
        assert not rule.pattern.fullmatch(shown) or (rule.unless is not None and rule.unless.search(shown))
    else:
        assert clean_line(text) == []


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in load_rules()]
    assert len(names) == len(set(names))

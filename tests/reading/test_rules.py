"""Every cleaning rule does what its examples say, and none of the corpus's real text is lost."""

from __future__ import annotations

import pytest

from pipelines import read_article
from pipelines.clean import clean_line, cut_text
from pipelines.reveal import reveal
from pipelines.rules import PLACED, Rule, load_rules, that_may_fit
from pipelines.text import key

TAKES = [(rule, text) for rule in load_rules() for text in rule.removes]
LEAVES = [(rule, text) for rule in load_rules() for text in rule.keeps]


def name(value: Rule | str) -> str:
    return value.name if isinstance(value, Rule) else value[:12]


@pytest.mark.parametrize(("rule", "text"), TAKES, ids=name)
def test_a_rule_takes_out_what_its_example_says(rule: Rule, text: str) -> None:
    shown = reveal(text).text
    assert that_may_fit((rule,), shown) == (rule,)
    if rule.unit in PLACED:
        assert rule.pattern.fullmatch(shown)
    elif rule.unit == "sentence":
        assert clean_line(text)
    else:
        kept, _ = cut_text(text, clean_line(text))
        assert key(kept) == ""


@pytest.mark.parametrize(("rule", "text"), LEAVES, ids=name)
def test_a_rule_leaves_its_look_alike_alone(rule: Rule, text: str) -> None:
    shown = reveal(text).text
    if rule.unit in PLACED:
        assert not rule.pattern.fullmatch(shown) or rule.is_excepted(shown)
    else:
        assert clean_line(text) == []


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in load_rules()]
    assert len(names) == len(set(names))


def test_a_notice_keeps_the_contacts_that_it_gives() -> None:
    page = """<title>{0}</title><div><h1>{0}</h1><p>洛水县第二小学拟采购课桌椅四百套，请有意者于月底前报价。</p>
    <p>联系人：赵先生</p><p>电话：0379-00000000</p><p>手机：13000000000</p><p>报价须加盖公章，密封后送到总务处，逾期不收。</p>
    <p>全国厂房出租热线400-000-0000</p><p>加微信cyyq0000领资料</p></div>"""
    url = "http://site.example/a/1.html"
    contacts = ["联系人：赵先生", "电话：0379-00000000", "手机：13000000000"]
    notice = read_article(page.format("课桌椅采购询价公告").encode(), url).body.split("\n")
    story = read_article(page.format("课桌椅换新的故事很长").encode(), url).body.split("\n")
    assert [line for line in notice if line in contacts] == contacts
    assert [line for line in notice if "400-000" in line or "cyyq" in line] == []
    assert [line for line in story if "0000" in line] == []

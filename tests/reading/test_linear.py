"""Hostile text costs time in proportion to its length: 100,000 characters of any shape, each pattern under 0.1 s."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from pipelines.clean import clean_line
from pipelines.reveal import reveal
from pipelines.rules import load_rules, term

LENGTH = 100_000
MOST = 0.1
"""Seconds of processor time on a quiet machine, where the slowest takes 0.08; a busy one may take longer by as much as
`pace` does there."""
USUAL = 0.0065
"""Seconds that `pace` takes on one."""
TRIES = 5
"""The best of so many counts: a busy machine makes a try slower, never quicker."""

SHAPES = {
    "digits": "0", "numbers": "13000000000 ", "dashed": "1-", "spaced": "1 ", "words": "一", "circled": "①",
    "dashes": "-", "spaces": " ", "quotes": "“", "ascii-quotes": '"', "brackets": "【(", "closing": ")】", "commas": "，,",
    "dots": ".", "letters": "a", "ids": "a1", "mail": "a@b.", "wechat": "微信", "wechat-label": "微信:", "plus": "+v", "qq": "q",
    "phones": "P", "offers": "招商", "offers-and-phones": "招商T", "label": "电话:", "address": "公司地址:", "invite": "欢迎", "scan": "想扫码",
    "reprint": "转载", "licence": "未经", "infringement": "如有侵", "story": "“a", "follow": "关注", "share": "喜欢转发", "editors": "编辑 ",
    "editors-named": "编辑:张 ", "neighbours": "上一篇", "sizes": "大 ", "counters": "阅读1 ", "breadcrumb": "首页>", "tags": "标签:",
    "office": "市教育局", "invisible": "1\u200b", "mixed": "微信:a1，【130 0000“扫码-关注”转载 招商T，编辑 阅读1 首页>请您",
}  # fmt: skip
"""Each is repeated: the patterns' own alphabets, where they begin and never end."""


def patterns() -> dict[str, Callable[[str], object]]:
    """Every way in which a text meets a pattern."""
    found: dict[str, Callable[[str], object]] = {"plea": term("plea").search}
    for rule in load_rules():
        found[rule.name] = rule.pattern.search if rule.unit == "sentence" else rule.pattern.fullmatch
        for number, pattern in enumerate(rule.unless):
            found[f"{rule.name}, unless {number}"] = pattern.search
    return found


def repeated(shape: str) -> str:
    return (shape * (LENGTH // len(shape) + 1))[:LENGTH]


def spent(act: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    act(text)
    return time.process_time() - start


def pace() -> float:
    """The processor time of a fixed piece of work, for what is measured beside it to be measured by."""
    return spent(re.compile("(?:[a-z]x|[0-9]y|q)z").search, "ab1 " * 50_000)


def seconds(act: Callable[[str], object], text: str) -> float:
    """The processor time of an act, tried again while it is too much; less where the machine is slow just now."""
    best = float("inf")
    for _ in range(TRIES):
        best = min(best, spent(act, text) / max(1.0, pace() / USUAL))
        if best < MOST:
            break
    return best


def too_slow(acts: dict[str, Callable[[str], object]], text: str) -> dict[str, float]:
    return {name: taken for name, act in acts.items() if (taken := seconds(act, text)) >= MOST}


@pytest.mark.parametrize("shape", ["numbers", "spaced", "wechat-label", "mixed"])
def test_cleaning_a_hostile_line_is_quick(shape: str) -> None:
    assert too_slow({"reveal": reveal, "clean_line": clean_line}, repeated(SHAPES[shape])) == {}


def test_every_pattern_is_quick_on_a_mixture_of_all_alphabets() -> None:
    assert too_slow(patterns(), repeated(SHAPES["mixed"])) == {}


@pytest.mark.heavy
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_pattern_is_quick_on_text_made_against_it(shape: str) -> None:
    acts = {"reveal": reveal, "clean_line": clean_line, **patterns()}
    assert too_slow(acts, repeated(shape)) == {}


@pytest.mark.heavy
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_long_line_that_is_cleaned_is_cleaned_quickly(shape: str) -> None:
    longest = repeated(shape)[:20_000]
    assert (
        too_slow(
            {"clean_line": clean_line, "sentences": lambda text: clean_line(re.sub("(.{300})", r"\1。", text))}, longest
        )
        == {}
    )

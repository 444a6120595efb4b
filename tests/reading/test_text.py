"""Small measures of text."""

from __future__ import annotations

import pytest

from pipelines.text import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["园区开工。", "明年投产！"],
        ["他说：“开工了。”", "大家鼓掌。"],
        ["真的？", "！", "没有句号的结尾"],
        ["（完。）", "）"],
        ["没有句号"],
        ["。"],
        [" 第一行\n第二行。", " 空格之后"],
        [],
    ],
    ids=str,
)
def test_sentences_end_with_their_signs_and_nothing_is_lost(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences)) == sentences

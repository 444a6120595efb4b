"""What changed from one text to another."""

from __future__ import annotations

import random
import time

import pytest

from archive import Line, Piece, count_changes, diff_texts

BEFORE = "园区里的第一家企业昨天投产。\n这里去年还是一片麦田。\n记者在现场看到三条生产线。"


def kinds(lines: tuple[Line, ...]) -> list[str]:
    return [line.kind for line in lines]


def texts(lines: tuple[Line, ...]) -> tuple[str, str]:
    """The old and the new text, put together again from the diff."""
    old = ["".join(p.text for p in line.pieces if p.kind != "added") for line in lines if line.kind != "added"]
    new = ["".join(p.text for p in line.pieces if p.kind != "removed") for line in lines if line.kind != "removed"]
    return "\n".join(old), "\n".join(new)


def test_an_edited_line_shows_the_characters_that_changed() -> None:
    lines = diff_texts(BEFORE, BEFORE.replace("三条", "十二条"))
    assert kinds(lines) == ["same", "same", "changed"]
    assert lines[2].pieces == (
        Piece("same", "记者在现场看到"),
        Piece("removed", "三"),
        Piece("added", "十二"),
        Piece("same", "条生产线。"),
    )


def test_lines_put_in_and_taken_out_are_whole() -> None:
    lines = diff_texts(BEFORE, "编者按:下文有更正。\n" + BEFORE.split("\n", 1)[1])
    assert kinds(lines) == ["removed", "added", "same", "same"]


def test_an_edited_line_is_found_among_new_ones() -> None:
    after = BEFORE.replace("这里去年还是一片麦田。", "一段新的话,说的是另一件事。\n这里前年还是一片麦田。")
    assert kinds(diff_texts(BEFORE, after)) == ["same", "added", "changed", "same"]


def test_one_character_that_both_sentences_have_is_no_stay() -> None:
    [line] = diff_texts("昨天厂里的机器全部停了下来检修", "昨天市里的领导全部停了下来检查")
    assert "的" not in [piece.text for piece in line.pieces if piece.kind == "same"]


def test_equal_texts_have_no_change() -> None:
    assert set(kinds(diff_texts(BEFORE, BEFORE))) == {"same"}
    assert count_changes(diff_texts(BEFORE, BEFORE)) == (0, 0)


def test_characters_are_counted_on_both_sides() -> None:
    assert count_changes(diff_texts("一二三四五六", "一二三四五六七八")) == (2, 0)
    assert count_changes(diff_texts(BEFORE, BEFORE.replace("三条", "十二条"))) == (2, 1)
    assert count_changes(diff_texts("", "新写的")) == (3, 0)


@pytest.mark.parametrize("seed", range(40))
def test_a_diff_has_all_of_both_texts(seed: int) -> None:
    randomly = random.Random(seed)

    def text() -> str:
        return "".join(randomly.choices("园区企业的,。\n", k=randomly.randint(0, 60)))

    before, after = text(), text()
    lines = diff_texts(before, after)
    whole = {"same", "removed", "added"}
    assert all({piece.kind for piece in line.pieces} == {line.kind} for line in lines if line.kind in whole)
    old, new = texts(lines)
    assert (old, new) == (before, after) or not (before and after)
    added, removed = count_changes(lines)
    assert added - removed == len(after.replace("\n", "")) - len(before.replace("\n", ""))


def test_hostile_lines_are_given_up_instead_of_compared() -> None:
    began = time.process_time()
    assert kinds(diff_texts("一二" * 200_000, "二一" * 200_000)) == ["removed", "added"]
    assert time.process_time() - began < 30

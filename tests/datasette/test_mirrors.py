"""What plugins copy from the archive, because they import nothing from it, stays what it is there."""

from __future__ import annotations

import random
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from archive import diffs, find_matches, to_match
from archive.folding import fold
from jianbao.assets import datasette_folder


def plugin(name: str) -> ModuleType:
    spec = spec_from_file_location(f"mirrored_{name}", datasette_folder() / "plugins" / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def edited(randomly: random.Random, text: str) -> str:
    at = randomly.randrange(len(text))
    return text[:at] + randomly.choice(["", "新", "\n", "园区的订单"]) + text[at + randomly.randrange(6) :]


@pytest.mark.parametrize("seed", range(40))
def test_differences_are_those_of_the_archive(seed: int) -> None:
    randomly = random.Random(seed)
    old = new = "".join(randomly.choice("洛阳园区的老厂房。\n") for _ in range(120))
    for _ in range(randomly.randrange(8)):
        new = edited(randomly, new)
    shown = [(line.kind, [(piece.kind, piece.text) for piece in line.pieces]) for line in diffs.diff_texts(old, new)]
    assert [(kind, list(pieces)) for kind, pieces in plugin("diffs").diff_texts(old, new)] == shown


ALPHABET = '洛阳陽園园区Ａa１ "-*^():¶\t\u200b\u3000é\n'


@pytest.mark.parametrize("seed", range(20))
def test_search_is_that_of_the_archive(seed: int) -> None:
    copy, randomly = plugin("chinese_search"), random.Random(seed)
    for _ in range(50):
        words = "".join(randomly.choice(ALPHABET) for _ in range(randomly.randrange(9)))
        text = "".join(randomly.choice(ALPHABET) for _ in range(60))
        assert copy.fold(text) == fold(text)
        assert copy.to_match(words) == to_match(words)
        assert copy.find_matches(text, words) == find_matches(text, words)


def test_every_character_folds_as_in_the_archive() -> None:
    copy = plugin("chinese_search")
    characters = "".join(chr(code) for code in range(0x20, 0x30000) if not 0xD800 <= code < 0xE000)
    assert copy.fold(characters) == fold(characters)


def test_constants_are_those_of_the_archive() -> None:
    copy = plugin("diffs")
    for name in ("SAME_LINE", "SHORTEST_STAY", "MAX_COMPARISONS"):
        assert getattr(copy, name) == getattr(diffs, name)

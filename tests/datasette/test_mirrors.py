"""What plugins copy from the archive, because they import nothing from it, stays what it is there."""

from __future__ import annotations

import random
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from archive import diffs
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


def test_constants_are_those_of_the_archive() -> None:
    copy = plugin("diffs")
    for name in ("SAME_LINE", "SHORTEST_STAY", "MAX_COMPARISONS"):
        assert getattr(copy, name) == getattr(diffs, name)

"""The documentation's pages and what stands in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [
    *READMES,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "datasette" / "README.md",
    ROOT / "deploy" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
SERVICE = ROOT / "deploy" / "jianbao-crawl.service"

_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
_COMMAND = re.compile(r"(?:^|/bin/)(jianbao .*?)(?: *>.*)?$", re.M)


def code_blocks(text: str) -> list[str]:
    """What stands in fences."""
    return _BLOCK.findall(text)


def command_lines(text: str) -> list[str]:
    """Every `jianbao …` line of a text, without what the shell does with its output."""
    return _COMMAND.findall(text)


def readme_commands() -> list[str]:
    """The command lines of the English README; the Chinese one has the same."""
    return command_lines("".join(code_blocks(READMES[0].read_text("utf-8"))))

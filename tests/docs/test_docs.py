"""The documentation says what is so: commands parse, links resolve, both languages agree."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from jianbao.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def code_blocks(page: Path) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def command_lines(page: Path) -> list[str]:
    lines = [line for block in code_blocks(page) for line in block.splitlines()]
    return [found[1] for line in lines if (found := re.search(r"(?:^|/bin/)(jianbao .*)", line))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_parses(page: Path) -> None:
    for line in command_lines(page):
        name, *arguments = shlex.split(line, comments=True)[1:]
        command = main.get_command(click.Context(main), name)
        assert command is not None, line
        command.make_context(name, arguments, parent=click.Context(main, obj=Path("data")))


def test_the_readmes_have_commands_to_check() -> None:
    assert {shlex.split(line)[1] for line in command_lines(READMES[0])} >= {
        "crawl",
        "serve",
        "search",
        "export",
        "check",
    }


def test_both_readmes_have_the_same_commands_and_sections() -> None:
    english, chinese = READMES
    assert code_blocks(english) == code_blocks(chinese)
    headings = [re.findall(r"^#+", page.read_text("utf-8"), re.M) for page in READMES]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert f"Example: jianbao {name}" in " ".join(command.help.split())

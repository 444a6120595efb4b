"""The documentation says what is so: commands parse, links and files are there, both languages agree."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from jianbao.cli import COMMANDS, main
from tests.docs.pages import PAGES, READMES, ROOT, SERVICE, code_blocks, command_lines, readme_commands

LOOKED_IN = ("", "archive", "crawler", "jianbao", "pipelines", "tests")
"""Folders, from the root, against which a page may name a file; its own folder is another."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def parse(line: str) -> str:
    """Parse a `jianbao …` line as click does when it is run; the name of its command."""
    words = shlex.split(line, comments=True)[1:]
    while words[0].startswith("--"):  # options of `jianbao` itself, each with a value
        assert any(words[0] in option.opts for option in main.params), line
        words = words[2:]
    name, *arguments = words
    command = main.get_command(click.Context(main), name)
    assert command is not None, line
    command.make_context(name, arguments, parent=click.Context(main, obj=Path("data")))
    return name


@every_page
def test_every_command_line_parses(page: Path) -> None:
    for block in code_blocks(page.read_text("utf-8")):
        for line in command_lines(block):
            parse(line)


def test_the_service_runs_a_command_that_parses() -> None:
    assert [parse(line) for line in command_lines(SERVICE.read_text("utf-8"))] == ["crawl"]


def test_the_readme_shows_every_command_but_the_demo() -> None:
    assert {parse(line) for line in readme_commands()} == set(COMMANDS) - {"demo"}


def test_a_command_that_is_none_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse("jianbao crawl https://news.example.com/ --dept 2")


def test_both_readmes_have_the_same_code_sections_links_and_pictures() -> None:
    english, chinese = (page.read_text("utf-8") for page in READMES)
    assert code_blocks(english) == code_blocks(chinese)
    assert headings(english) == headings(chinese)
    assert targets(english)[1:] == targets(chinese)[1:]  # the first leads to the other


def headings(text: str) -> list[str]:
    """The levels of the headings, in order."""
    return re.findall(r"^#+", text, re.M)


def targets(text: str) -> list[str]:
    """Where the links lead and the pictures are, in order."""
    found = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"|<(http[^>]+)>", text)
    return ["".join(groups) for groups in found]


@every_page
def test_links_and_pictures_resolve(page: Path) -> None:
    for target in targets(page.read_text("utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_every_picture_is_shown_and_light() -> None:
    shown = {(READMES[0].parent / target).resolve() for target in targets(READMES[0].read_text("utf-8"))}
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture in shown
        assert picture.stat().st_size < 400_000, picture


@every_page
def test_files_that_are_named_are_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    for name in re.findall(r"`([\w.-]+(?:/[\w.-]+)*(?:\.(?:py|toml|yaml|lock)|/))`", text):
        if name.startswith(("data/", "demo-data/", "evidence/")) or name == "jianbao.toml":
            continue  # written by the program or by its user
        places = [page.parent, *(ROOT / folder for folder in LOOKED_IN)]
        assert any((place / name).exists() for place in places), name


@every_page
def test_make_targets_that_are_named_are_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+)\b(?=[` \n]|$)", "\n".join(spans(page))):
        assert re.search(rf"^{target}:", makefile, re.M), target


def spans(page: Path) -> list[str]:
    """Everything that is set as code."""
    text = page.read_text("utf-8")
    return [*code_blocks(text), *re.findall(r"`([^`\n]+)`", text)]


@every_page
def test_nothing_names_a_machine_of_ours(page: Path) -> None:
    assert not re.search(r"(?<![\w~.])/(?:root|home|work|opt|tmp)/|pypi\.|simple/", page.read_text("utf-8"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_that_parses(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    example = re.search(r"Example: (jianbao .*)", command.help)
    assert example is not None
    assert parse(example[1]) == name

"""What the pages on running it unwatched say to type, typed: on an archive of the sample site, in a folder of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.configuration import read_configuration
from jianbao.cli import main
from jianbao.demo import DemoSite
from tests.docs.pages import ROOT, code_blocks, command_lines

GUIDES = ("scheduling", "server", "watching", "upgrading", "backing-up", "moving")
RUN_ELSEWHERE = ("schedule", "up")
"""What does not end, or changes the machine: tests/schedule runs them."""
UNWELL = {("notify", "--test"), ("doctor", "--url")}
"""What fails here, as nobody is to be told and no domain is ours."""


def commands(guide: str) -> list[str]:
    text = (ROOT / "docs" / f"{guide}.md").read_text("utf-8")
    return command_lines("".join(code_blocks(text)))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory with a jianbao.toml and an archive, and a backup of it unpacked beside it."""
    folder = tmp_path_factory.mktemp("operations")
    with DemoSite() as site:
        text = f'[[site]]\nname = "main"\nstart = ["{site.start_urls[0]}"]\ndepth = 0\nevery = "6h"\ndelay = 0\n'
        (folder / "jianbao.toml").write_text(text, "utf-8")
        crawl = [sys.executable, "-m", "jianbao", "crawl"]
        subprocess.run(crawl, cwd=folder, check=True, capture_output=True)
        made = CliRunner().invoke(main, ["--data", str(folder / "data"), "backup", str(folder / "jianbao.zip")])
        assert made.exit_code == 0, made.stderr
        with zipfile.ZipFile(folder / "jianbao.zip") as packed:
            packed.extractall(folder / "restored")
        (folder / "backups").mkdir()
        yield folder


@pytest.mark.parametrize("guide", GUIDES)
def test_the_commands_of_a_guide_work(guide: str, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(archive)
    monkeypatch.delenv("JIANBAO_DATA", raising=False)
    lines = [shlex.split(line)[1:] for line in commands(guide)]
    assert lines
    for words in lines:
        if any(word in RUN_ELSEWHERE for word in words) and not {"--list", "--print"} & set(words):
            continue
        if "crawl" in words:  # Twisted's reactor runs once in a process
            done = subprocess.run([sys.executable, "-m", "jianbao", *words], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            continue
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        expected = {1} if tuple(words[:2]) in UNWELL else {0, 1} if words == ["doctor"] else {0}
        assert result.exit_code in expected, (words, result.stderr)
        assert result.stdout or result.stderr, words


@pytest.mark.parametrize("guide", ["scheduling", "watching"])
def test_the_configuration_in_a_guide_is_read(guide: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / f"{guide}.md").read_text("utf-8")
    block = text.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "jianbao.toml").write_text(block, "utf-8")
    assert read_configuration(tmp_path / "jianbao.toml")


def complete(words: str) -> list[str]:
    """What the Tab key offers after these words, in bash, as the README has it set up."""
    environment = os.environ | {"_JIANBAO_COMPLETE": "bash_complete", "COMP_WORDS": words}
    environment["COMP_CWORD"] = str(len(words.split(" ")) - 1)
    command = [sys.executable, "-c", "from jianbao.cli import main; main(prog_name='jianbao')"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_the_tab_key_completes_commands_and_options() -> None:
    assert complete("jianbao sch") == ["schedule"]
    assert complete("jianbao export --si") == ["--since", "--site"]
    assert "--systemd" in complete("jianbao schedule install --s")
    assert complete("jianbao --log-format j") == ["json"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_given_a_script(shell: str) -> None:
    environment = os.environ | {"_JIANBAO_COMPLETE": f"{shell}_source"}
    command = [sys.executable, "-c", "from jianbao.cli import main; main(prog_name='jianbao')"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "_JIANBAO_COMPLETE" in done.stdout

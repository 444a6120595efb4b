"""Long work draws a bar on a terminal, and keeps quiet where there is none."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def other(data: Path, tmp_path: Path) -> Path:
    """Another data folder, to be merged."""
    shutil.copytree(data, tmp_path / "other")
    return tmp_path / "other"


LONG = {
    "export": (("export", "articles.csv"), "exporting"),
    "verify": (("verify",), "verifying"),
    "merge": (("merge", "other"), "merging other"),
    "reclean": (("reclean", "--dry-run"), "reading"),
    "crawl": (("crawl", "http://127.0.0.1:10009/"), "crawling"),
}


def command(data: Path, arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "jianbao", "--data", str(data), *arguments]


def run_on_terminal(command: list[str]) -> str:
    """What the command draws on the terminal that is its stderr; stdout is a pipe."""
    reading, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment)
    os.close(terminal)
    drawn = b""
    try:
        while piece := os.read(reading, 4096):
            drawn += piece
    except OSError:  # Linux says so when the last writer has gone
        pass
    os.close(reading)
    assert process.stdout is not None
    process.stdout.read()
    process.wait()
    return drawn.decode("utf-8", "replace")


@pytest.mark.heavy
@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("name", LONG)
def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(data: Path, name: str) -> None:
    arguments, title = LONG[name]
    assert title in run_on_terminal(command(data, arguments))
    quiet = subprocess.run(command(data, arguments), capture_output=True, text=True)
    assert "\x1b" not in quiet.stdout + quiet.stderr
    assert title not in quiet.stderr

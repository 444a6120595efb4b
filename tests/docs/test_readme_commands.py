"""What the README says to type, typed by a newcomer who has just run the demo."""

from __future__ import annotations

import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from jianbao.cli import main
from jianbao.demo import DemoSite
from tests.docs.pages import readme_commands

TESTED_ELSEWHERE = (
    "crawl",
    "doctor",
    "forget",
    "history",
    "init",
    "merge",
    "notify",
    "schedule",
    "serve",
    "site",
    "up",
)
"""Somebody's site, an article of it, another folder, a chat robot, and what does not end: other tests run them."""


def test_every_command_of_the_readme_works_on_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JIANBAO_DATA", raising=False)
    jianbao = [sys.executable, "-c", "from jianbao.cli import main; main()"]
    demo = subprocess.run([*jianbao, "demo", "--no-serve"], capture_output=True, text=True)
    assert demo.returncode == 0, demo.stderr
    with DemoSite() as site:
        Path("saved-page.html").write_bytes(urllib.request.urlopen(site.start_urls[0]).read())

    lines = [line for line in readme_commands() if shlex.split(line)[1] not in TESTED_ELSEWHERE]
    assert lines
    for line in lines:
        arguments = shlex.split(line)[1:]
        done = CliRunner().invoke(main, ["--data", "demo-data", *arguments], catch_exceptions=False)
        assert done.exit_code == 0, f"{line}: {done.stderr}"
        assert done.stdout, line
    for name in ("articles.csv", "luoyang.xlsx", "articles.jsonl", "account.html"):
        assert Path(name).stat().st_size > 1_000

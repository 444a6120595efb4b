"""What deploy/ has is valid, says one and the same, and its commands do what they are there for, without a container."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive import open_archive
from jianbao.demo import DemoSite
from jianbao.schedule.units import MARK, Place, launchd_agent, systemd_unit
from tests.docs.pages import ROOT
from tests.schedule.running import PATIENCE, Running

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")


def instruction(name: str) -> str:
    """What stands behind the last instruction of a name, its lines joined."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return re.findall(rf"^{name} (.*)$", joined, re.M)[-1]


def compose() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["jianbao"]
    return service


def workflow_steps() -> list[dict[str, Any]]:
    document = yaml.safe_load((DEPLOY / "github-workflow.yml").read_text("utf-8"))
    steps: list[dict[str, Any]] = document["jobs"]["archive"]["steps"]
    return steps


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path, site: DemoSite) -> Path:
    text = f'[[site]]\nname = "main"\nstart = ["{site.start_urls[0]}"]\ndepth = 0\nevery = "6h"\ndelay = 0\n'
    (tmp_path / "jianbao.toml").write_text(text, "utf-8")
    return tmp_path


def test_the_image_runs_what_compose_runs_as_nobody_in_particular() -> None:
    assert json.loads(instruction("CMD")) == compose()["command"]
    assert instruction("USER") not in ("root", "0")
    assert compose()["volumes"] == [f"./jianbao:{instruction('WORKDIR')}"]
    assert instruction("VOLUME") == instruction("WORKDIR")
    assert compose()["ports"] == [f"127.0.0.1:{instruction('EXPOSE')}:{instruction('EXPOSE')}"]
    build = compose()["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"


def test_nothing_in_the_image_is_left_to_chance() -> None:
    for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.M):
        assert re.search(r":\d", image), image
    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"^(ADD|MAINTAINER)\b", DOCKERFILE, re.M)
    for line in re.findall(r"pip \w+ .*", DOCKERFILE):
        assert "--no-cache-dir" in line


def test_what_the_image_is_built_from_is_all_that_the_wheel_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    needed |= {*project["project"]["license-files"], "pyproject.toml", "requirements.lock"}
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignore if line.startswith("!")} == needed


@pytest.mark.heavy
def test_the_command_of_the_image_serves_is_healthy_and_stops_at_once(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    program, *arguments = json.loads(instruction("CMD"))
    assert program == "jianbao"
    running = Running(folder, *arguments, "--port", port, password="iron-tree-42")
    try:
        python, *check = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
        assert python == "python"
        health = [sys.executable, *(word.replace(":8001", f":{port}") for word in check)]
        running.wait_for(lambda: subprocess.run(health, capture_output=True).returncode == 0)
        with open_archive(folder / "data") as db:
            finding = {"sentence": "", "figure": 1.0, "advice": "", "samples": "[]", "opened": "2026-03-01T06:00:00Z"}
            db.table("findings").insert({"site": "a", "check": "failures", **finding})
        assert subprocess.run(health, capture_output=True).returncode != 0
        running.wait_for(lambda: '"site": "main"' in running.said)
    finally:
        running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert json.loads(running.said.splitlines()[-1])["message"] == "stopped"


@pytest.mark.heavy
def test_the_workflow_crawls_and_publishes_a_file_that_stands_alone(folder: Path) -> None:
    lines = [
        shlex.split(line)[1:]
        for step in workflow_steps()
        for line in step.get("run", "").splitlines()
        if line.startswith(".venv/bin/jianbao")
    ]
    assert [line[-1] for line in lines] == ["crawl", "articles.csv", "status"]
    for _ in range(2):
        for line in lines:
            done = subprocess.run([sys.executable, "-m", "jianbao", *line], cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        assert (folder / "articles.csv").stat().st_size > 1000
        wal = folder / "data" / "archive.db-wal"
        assert not wal.exists() or wal.stat().st_size == 0
        # Where the cache is gone, the published file is all that is left.
        published = (folder / "data" / "archive.db").read_bytes()
        shutil.rmtree(folder / "data")
        (folder / "data").mkdir()
        (folder / "data" / "archive.db").write_bytes(published)


def test_the_workflow_publishes_no_raw_pages() -> None:
    uploads = [
        line for step in workflow_steps() for line in step.get("run", "").splitlines() if "release upload" in line
    ]
    assert [shlex.split(line)[4] for line in uploads] == ["data/archive.db"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd")
@pytest.mark.parametrize("unit", [file.name for file in DEPLOY.glob("jianbao*.service")])
def test_systemd_accepts_the_units(unit: str, tmp_path: Path) -> None:
    # It wants programs and users that are there.
    text = re.sub(r"(?<==)\S+/\.venv/bin/jianbao", "/bin/true", (DEPLOY / unit).read_text("utf-8"))
    (tmp_path / unit).write_text(text.replace("User=jianbao", "User=root"), "utf-8")
    manager = [] if "User=" in text else ["--user"]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    command = ["systemd-analyze", "verify", *manager, str(tmp_path / unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and not done.stderr, done.stderr


PLACE = Place(configuration=Path("/Users/you/jianbao/jianbao.toml"), data=Path("/Users/you/jianbao/data"))


def settings(unit: str) -> set[str]:
    """The lines of a unit but those that name a place."""
    places = ("#", "ExecStart=", "WorkingDirectory=", "ReadWritePaths=")
    return {line for line in unit.splitlines() if line and not line.startswith(places)}


def test_the_files_are_as_the_installer_writes_them() -> None:
    unit = (DEPLOY / "jianbao-schedule.service").read_text("utf-8")
    assert settings(unit) == settings(systemd_unit(PLACE))
    agent = plistlib.loads((DEPLOY / "jianbao-schedule.plist").read_bytes())
    written = plistlib.loads(launchd_agent(PLACE).encode())
    assert agent | {"ProgramArguments": []} == written | {"ProgramArguments": []}
    assert agent["ProgramArguments"][-1] == "schedule"
    line = (DEPLOY / "jianbao.crontab").read_text("utf-8").splitlines()[-1]
    assert line.startswith("@reboot ") and line.endswith(MARK)


def test_every_unit_lets_a_crawl_finish_its_pages() -> None:
    """systemd would tell every process of the unit to stop, the readers of a crawl among them."""
    for unit in DEPLOY.glob("*.service"):
        text = unit.read_text("utf-8")
        assert "KillMode=mixed\nTimeoutStopSec=120\n" in text, unit
        assert "NoNewPrivileges=true" in text, unit

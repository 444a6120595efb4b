"""What is installed is correct for its manager, whatever is in the paths, and goes again without a trace."""

from __future__ import annotations

import os
import plistlib
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import open_archive
from jianbao.cli import main
from jianbao.schedule.units import MANAGERS, Place, crontab_line, launchd_agent, systemd_unit

ODD = 'my 剪报 100% "$HOME"'

CRONTAB = """#!/bin/sh
if [ "$1" = -l ]; then cat "$CRONTAB_FILE"; else cat > "$CRONTAB_FILE"; fi
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / ODD
    folder.mkdir()
    configuration = folder / "jianbao.toml"
    configuration.write_text('[[site]]\nname = "a"\nstart = ["https://a.example/"]\nevery = "6h"\n', "utf-8")
    return Place(configuration=configuration, data=folder / "data")


def invoke(place: Place, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["--data", str(place.data), "schedule", *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd")
def test_systemd_accepts_the_unit(place: Place, tmp_path: Path) -> None:
    unit = tmp_path / "jianbao-schedule.service"
    unit.write_text(systemd_unit(place), "utf-8")
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    command = ["systemd-analyze", "verify", "--user", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_the_unit_may_write_to_the_data_folder_alone(place: Place) -> None:
    unit = systemd_unit(place)
    assert "ProtectSystem=strict" in unit
    assert unit.count("ReadWritePaths=") == 1
    for line in ("NoNewPrivileges=true", "MemoryMax=1G", "PrivateTmp=true"):
        assert line in unit.splitlines()
    assert "100%%" in unit and "$$HOME" in unit and '100% "' not in unit


def test_launchd_is_given_every_word_as_it_is(place: Place) -> None:
    agent = plistlib.loads(launchd_agent(place).encode())
    assert agent["ProgramArguments"] == place.command
    assert agent["WorkingDirectory"] == str(place.configuration.parent)


def test_the_crontab_line_runs_what_it_says(place: Place) -> None:
    line = crontab_line(place)
    assert line.startswith("@reboot ") and line.count("\n") == 1
    # Cron takes an unescaped % for the end of the line, and hands the rest to a shell.
    shell = line.removeprefix("@reboot ").replace(r"\%", "%").replace(place.command[0], "echo", 1)
    assert "%" not in line.replace(r"\%", "")
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True)
    assert done.stdout.strip() == " ".join(place.command[1:])


@pytest.mark.parametrize("name", MANAGERS)
def test_print_shows_it_and_installs_nothing(
    place: Place, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    status, shown, _ = invoke(place, "install", f"--{name}", "--print", "--config", str(place.configuration))
    assert (status, shown) == (0, MANAGERS[name].text(place))
    assert not (tmp_path / "home").exists()


def test_the_crontab_keeps_its_other_lines(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools, crontab = tmp_path / "bin", tmp_path / "crontab"
    tools.mkdir()
    (tools / "crontab").write_text(CRONTAB, "utf-8")
    (tools / "crontab").chmod(stat.S_IRWXU)
    crontab.write_text("5 4 * * * backup\n", "utf-8")
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CRONTAB_FILE", str(crontab))
    for _ in range(2):
        status, said, _ = invoke(place, "install", "--cron", "--config", str(place.configuration))
        assert (status, "begins with the next boot" in said) == (0, True)
    assert crontab.read_text("utf-8") == f"5 4 * * * backup\n{crontab_line(place)}"
    status, said, _ = invoke(place, "uninstall", "--cron")
    assert (status, "goes on until it is stopped" in said) == (0, True)
    assert crontab.read_text("utf-8") == "5 4 * * * backup\n"


def test_a_machine_without_the_manager_is_told_so(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    status, _, error = invoke(place, "install", "--systemd", "--config", str(place.configuration))
    assert status == 1
    assert error.count("\n") == 1 and "--print" in error


NOWHERE = Path("/proc/jianbao")  # where root cannot write either


@pytest.mark.parametrize("arguments", [(), ("install", "--cron")])
def test_a_data_folder_that_cannot_be_made_is_one_line(place: Place, arguments: tuple[str, ...]) -> None:
    place = Place(configuration=place.configuration, data=NOWHERE)
    status, _, error = invoke(place, *arguments, "--config", str(place.configuration))
    assert (status, error.count("\n")) == (1, 1)
    assert str(NOWHERE) in error


@pytest.mark.parametrize("arguments", [(), ("--list",)])
def test_a_damaged_archive_is_one_line(place: Place, arguments: tuple[str, ...]) -> None:
    open_archive(place.data).close()
    content = (place.data / "archive.db").read_bytes()
    (place.data / "archive.db").write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    status, _, error = invoke(place, *arguments, "--config", str(place.configuration))
    assert (status, error.splitlines()[-1][:7]) == (1, "Error: ")
    assert "malformed" in error and "Traceback" not in error


def test_which_manager_has_to_be_said(place: Place) -> None:
    assert invoke(place, "install", "--config", str(place.configuration))[0] == 2


def test_a_configuration_that_cannot_be_read_installs_nothing(place: Place) -> None:
    place.configuration.write_text("[[site]]\nname = 3\n", "utf-8")
    status, _, error = invoke(place, "install", "--cron", "--config", str(place.configuration))
    assert status == 1
    assert "line 2" in error

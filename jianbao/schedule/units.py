"""The schedule as a service of the machine: a systemd unit, a crontab line, a launchd agent."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LABEL = "jianbao-schedule"
MARK = f"# {LABEL}"
"""Ends the line of the crontab that is ours."""


class InstallError(Exception):
    """The service could not be installed; the message says why and what to do, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is run, and where."""

    configuration: Path
    """The jianbao.toml, absolute."""
    data: Path
    """The data folder, absolute."""

    @property
    def command(self) -> list[str]:
        """The command line of the service."""
        return [
            sys.executable,
            "-m",
            "jianbao",
            "--data",
            str(self.data),
            "schedule",
            "--config",
            str(self.configuration),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """One way to have it run: what is written where, and how it is begun and ended."""

    text: Callable[[Place], str]
    """The file's content."""
    file: Callable[[], Path | None]
    """Where it is written; None for the crontab, which is no file of ours."""
    begin: Callable[[Path], list[list[str]]]
    """The commands that make it run, the file given; cron itself does so with the next boot."""
    end: Callable[[Path], list[list[str]]]
    """The commands that stop it before the file goes."""


def systemd_unit(place: Place) -> str:
    """A unit of the user's systemd, which may write to the data folder and nowhere else."""
    folder = place.configuration.parent
    quoted = " ".join(_systemd_quote(word) for word in place.command)
    return f"""\
[Unit]
Description=jianbao: crawl on a schedule
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={quoted}
WorkingDirectory={_systemd_path(folder)}
Restart=on-failure
RestartSec=60
# A crawl finishes its pages first: only the service is told to stop, and it tells the crawl.
KillMode=mixed
TimeoutStopSec=120
Nice=10
MemoryMax=1G
TasksMax=256
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ReadWritePaths={_systemd_quote(str(place.data))}
ProtectKernelTunables=true
ProtectControlGroups=true
RestrictSUIDSGID=true
RestrictRealtime=true
LockPersonality=true
UMask=0077

[Install]
WantedBy=default.target
"""


def crontab_line(place: Place) -> str:
    """A line that begins the service with the machine; it keeps its own time."""
    command = shlex.join(place.command).replace("%", r"\%")
    folder = shlex.quote(str(place.configuration.parent)).replace("%", r"\%")
    return f"@reboot cd {folder} && {command} {MARK}\n"


def launchd_agent(place: Place) -> str:
    """An agent of macOS that is begun with the session and again when it dies."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": place.command,
        "WorkingDirectory": str(place.configuration.parent),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "LowPriorityIO": True,
        "Nice": 10,
        "ExitTimeOut": 120,
        "Umask": 0o077,
    }
    return plistlib.dumps(agent, sort_keys=False).decode()


def _systemd_quote(word: str) -> str:
    """A word of a unit file: `%` and `$` mean something to systemd."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if set(escaped) & set(" \t'\"\\;") else escaped


def _systemd_path(path: Path) -> str:
    """A path that stands alone in its line, where quotes would be part of it."""
    return str(path).replace("%", "%%")


def _systemd_file() -> Path:
    return Path.home() / ".config" / "systemd" / "user" / f"{LABEL}.service"


def _launchd_file() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


MANAGERS = {
    "systemd": Manager(
        text=systemd_unit,
        file=_systemd_file,
        begin=lambda file: [
            ["systemctl", "--user", "daemon-reload"],
            ["systemctl", "--user", "enable", "--now", file.name],
        ],
        end=lambda file: [["systemctl", "--user", "disable", "--now", file.name]],
    ),
    "launchd": Manager(
        text=launchd_agent,
        file=_launchd_file,
        begin=lambda file: [["launchctl", "load", "-w", str(file)]],
        end=lambda file: [["launchctl", "unload", "-w", str(file)]],
    ),
    "cron": Manager(text=crontab_line, file=lambda: None, begin=lambda file: [], end=lambda file: []),
}


def install(manager: Manager, place: Place) -> str:
    """Write the service and begin it; returns where it was written, and what is left to do. Raises InstallError."""
    file = manager.file()
    if file is None:
        _write_crontab([*_other_cron_lines(), manager.text(place).rstrip("\n")])
        return "the crontab; it begins with the next boot: until then `jianbao schedule` runs it"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(manager.text(place), encoding="utf-8")
    except OSError as error:
        raise InstallError(f"cannot write {file}: {error.strerror}") from error
    for command in manager.begin(file):
        _run(command)
    return str(file)


def uninstall(manager: Manager) -> str:
    """End the service and take it away; returns where it was, and what is left to do. Raises InstallError."""
    file = manager.file()
    if file is None:
        _write_crontab(_other_cron_lines())
        return "the crontab; a schedule that runs now goes on until it is stopped"
    if not file.exists():
        raise InstallError(f"nothing is installed: there is no {file}")
    for command in manager.end(file):
        _run(command)
    file.unlink()
    return str(file)


def _other_cron_lines() -> list[str]:
    """The crontab without our line; empty where the user has none."""
    try:
        listed = subprocess.run(["crontab", "-l"], capture_output=True, text=True)
    except FileNotFoundError as error:
        raise InstallError("there is no crontab command here: install cron, or use --systemd") from error
    lines = listed.stdout.splitlines() if listed.returncode == 0 else []
    return [line for line in lines if not line.endswith(MARK)]


def _write_crontab(lines: list[str]) -> None:
    _run(["crontab", "-"], "".join(f"{line}\n" for line in lines))


def _run(command: list[str], text: str | None = None) -> None:
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise InstallError(f"there is no {command[0]} here; --print shows what would be written") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().partition("\n")[0]
        raise InstallError(f"{shlex.join(command)} failed: {said}")

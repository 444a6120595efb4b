"""One writer to a data folder: a crawl, and whatever else rewrites what it holds."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

FILE_NAME = "crawl.lock"

HOLDER_FILE_NAME = "crawl.lock.holder"
"""Command and process number of who took the lock last. A file of its own: older filelocks empty theirs whenever they try to take it."""


class AlreadyInUse(Exception):
    """Another process is writing to the data folder. The message says in one line which."""

    def __init__(self, data: Path) -> None:
        self.command, process = _read_holder(data)
        """The command of jianbao that holds the folder; None when it is not known."""
        self.holder = f"`jianbao {self.command}` (process {process})" if self.command else "another process"
        """Who holds it, in words."""
        super().__init__(f"{self.holder} is at work on {data}: wait for it to end, or give another --data")


def lock_data(data: Path, command: str) -> FileLock:
    """The lock of a data folder, taken; it lets go with `release`, with the process, or at the end of `with`.

    The folder is made where it is missing. `command` of jianbao is what others are told that holds it. Raises
    AlreadyInUse at once where another process does.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / FILE_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyInUse(data) from error
    with suppress(OSError):  # on a full disk nobody is told, and what was to be done is done or says so itself
        (data / HOLDER_FILE_NAME).write_text(f"{command} {os.getpid()}\n", "utf-8")
    return lock


def _read_holder(data: Path) -> tuple[str | None, str]:
    try:
        command, process = (data / HOLDER_FILE_NAME).read_text("utf-8").split()
    except (OSError, ValueError):  # it has just begun, or could not write
        return None, ""
    return command, process

"""One writer to a data folder: a crawl, and whatever else rewrites what it holds."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

FILE_NAME = "crawl.lock"


class AlreadyInUse(Exception):
    """Another process is writing to the data folder. The message says so in one line."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"another crawl is running on {data}: wait for it to end, or give another --data")


def lock_data(data: Path) -> FileLock:
    """The lock of a data folder, taken; it lets go with `release`, with the process, or at the end of `with`.

    The folder is made where it is missing. Raises AlreadyInUse at once where another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / FILE_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyInUse(data) from error
    return lock

"""The lock of a data folder says who holds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.lock import HOLDER_FILE_NAME, AlreadyInUse, lock_data


@pytest.mark.parametrize("command", ["crawl", "merge"])
def test_who_finds_it_taken_is_told_by_which_command_and_process(tmp_path: Path, command: str) -> None:
    lock_data(tmp_path, "verify").release()
    with lock_data(tmp_path, command), pytest.raises(AlreadyInUse) as told:
        lock_data(tmp_path, "reclean")
    assert str(told.value) == (
        f"`jianbao {command}` (process {os.getpid()}) is at work on {tmp_path}:"
        " wait for it to end, or give another --data"
    )


@pytest.mark.parametrize("content", [None, b"", b"crawl", b"\xff 1"])
def test_a_holder_that_could_not_say_so_is_another_process(tmp_path: Path, content: bytes | None) -> None:
    with lock_data(tmp_path, "crawl"):
        (tmp_path / HOLDER_FILE_NAME).unlink()
        if content is not None:
            (tmp_path / HOLDER_FILE_NAME).write_bytes(content)
        with pytest.raises(AlreadyInUse, match="another process is at work on"):
            lock_data(tmp_path, "crawl")

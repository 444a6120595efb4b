"""`jianbao backup`."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest


def test_it_says_what_it_made(run: Any, data: Path, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "all.zip", "--data", data)
    assert result.exit_code == 0
    assert result.stdout == f"2 files, 0.0 MB in {tmp_path / 'all.zip'}\n"
    assert zipfile.ZipFile(tmp_path / "all.zip").testzip() is None


def test_a_folder_that_is_not_there_is_one_line(run: Any, data: Path, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "none" / "all.zip", "--data", data)
    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {tmp_path / 'none' / 'all.zip'}: No such file or directory\n"


def test_a_data_folder_that_cannot_be_written_to_is_the_one_that_is_named(
    run: Any, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_lock: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(data / "backup.lock"))

    monkeypatch.setattr("filelock.FileLock._acquire", refuse)
    result = run("backup", tmp_path / "all.zip", "--data", data)
    assert result.stderr == f"Error: cannot write to {data}: Read-only file system\n"


def test_another_format_is_one_line(run: Any, data: Path) -> None:
    result = run("backup", "all.tar", "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: cannot back up to 'all.tar': the name must end in .zip\n"

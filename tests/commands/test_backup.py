"""`jianbao backup`."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any


def test_it_says_what_it_made(run: Any, data: Path, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "all.zip", "--data", data)
    assert result.exit_code == 0
    assert result.stdout == f"2 files, 0.0 MB in {tmp_path / 'all.zip'}\n"
    assert zipfile.ZipFile(tmp_path / "all.zip").testzip() is None


def test_a_folder_that_is_not_there_is_one_line(run: Any, data: Path, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "none" / "all.zip", "--data", data)
    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {tmp_path / 'none' / 'all.zip'}: No such file or directory\n"


def test_another_format_is_one_line(run: Any, data: Path) -> None:
    result = run("backup", "all.tar", "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: cannot back up to 'all.tar': the name must end in .zip\n"

"""A crawl begun by a script of one's own, whose readers run the script as well where nothing guards it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import sys, time
import pipelines.pool
from jianbao.cli import main
pipelines.pool.STARTING = 2.0
try:
    main({arguments!r})
except SystemExit:
    if __name__ == "__main__":
        raise
    {then}
"""


@pytest.mark.heavy
@pytest.mark.parametrize("then", ["raise", "sys.exit()", "time.sleep(300)"])
def test_where_no_reader_comes_up_the_crawl_ends_and_no_page_is_to_blame(
    site: Any, web: Any, tmp_path: Path, then: str
) -> None:
    site.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    data = tmp_path / "data"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(arguments=["--data", str(data), "crawl", f"{site.url}/a"], then=then), "utf-8")
    crawl = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert crawl.returncode == 1
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT DISTINCT state FROM pages").fetchall() == [("pending",)]
    assert crawl.stderr.splitlines()[-1].startswith("Error: no process comes up to read pages: a script that starts it")

"""`jianbao reclean`: what it prints and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive.evidence import evidence_files
from archive.lock import lock_data
from pipelines import reclean
from tests.reclean.stored import LISTING, InThisProcess, Store, url, with_contact_line, without_source


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reclean, "ReaderPool", InThisProcess)
    store = Store(tmp_path / "data")
    store.article(1, with_contact_line)
    store.article(2, without_source)
    store.article(3, stored=LISTING)
    store.article(4)
    store.close()
    return tmp_path / "data"


def test_the_summary_says_how_many_and_what_with_examples(run: Any, data: Path) -> None:
    for option in (["--dry-run"], []):
        result = run("reclean", *option, "--data", data)
        assert result.exit_code == 0
        lines = [line.split() for line in result.stdout.splitlines()[:4]]
        assert lines == [
            ["stored", "pages", "4"],
            ["unchanged", "1"],
            ["changed", "2"],
            ["no", "article", "any", "longer", "1"],
        ]
        assert f"source: differs in 1\n  {url(2)}\n  - –\n  + 河畔日报\n" in result.stdout
        assert f"\n{url(3)}: no article any longer (" in result.stdout
    assert run("reclean", "--data", data).stdout.splitlines()[2].split() == ["changed", "0"]


def test_a_page_that_cannot_be_read_ends_with_status_1(run: Any, data: Path) -> None:
    [file] = evidence_files(data)
    content = file.read_bytes()
    file.write_bytes(content[:700] + b"\x00\x00\x00" + content[703:])
    result = run("reclean", "--data", data)
    assert result.exit_code == 1
    assert result.stderr == "Error: 1 stored page could not be read\n"


def test_it_does_not_run_beside_a_crawl(run: Any, data: Path) -> None:
    with lock_data(data, "crawl"):
        result = run("reclean", "--data", data)
    assert result.exit_code == 1
    assert "`jianbao crawl` (process " in result.stderr

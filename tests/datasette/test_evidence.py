"""Raw pages are neither served nor exported: they hold what was removed from the articles."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from archive import export_articles, open_archive, read_archive, save_article, start_crawl
from archive.evidence import Evidence, evidence_files
from jianbao.serving import build_datasette
from tests.archive.samples import article, exchange, page

SECRET = "400-000-4321"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An archive with one article, whose raw page has a hotline that the article has not."""
    folder = tmp_path / "data"
    db = open_archive(folder)
    evidence = Evidence(db, folder)
    capture = evidence.keep(exchange(body=f"<p>{SECRET}</p>".encode()))
    save_article(db, article(), page(), crawl_id=start_crawl(db), follow=False, capture=capture)
    evidence.close()
    db.close()
    return folder


def test_no_address_gives_them(data: Path) -> None:
    [file] = evidence_files(data)
    site = build_datasette(data)
    paths = [
        f"/evidence/{file.name}",
        f"/static/../evidence/{file.name}",
        f"/static/%2e%2e/evidence/{file.name}",
        f"/-/static/../../evidence/{file.name}",
        f"/-/static/..%2f..%2fevidence%2f{file.name}",
        f"/archive/../evidence/{file.name}",
        "/archive/captures",
        "/archive/captures/1",
        "/archive/captures.json?_shape=array",
        "/archive/captures.csv?_stream=1",
        "/archive.json",
        "/archive.db",
    ]
    packed = file.read_bytes()

    async def answers() -> list[httpx.Response]:
        return [await site.client.get(path) for path in paths]

    given = asyncio.run(answers())
    assert any(file.name in answer.text for answer in given)  # the table of captures is served, and says where they are
    for path, answer in zip(paths, given, strict=True):
        assert SECRET.encode() not in answer.content, path
        assert packed[:200] not in answer.content, path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_no_export_has_them(data: Path, tmp_path: Path, suffix: str) -> None:
    db = read_archive(data)
    out = tmp_path / f"out{suffix}"
    export_articles(db, out)
    text = out.read_text(encoding="utf-8")
    assert "园区里的第一家企业" in text
    assert SECRET not in text
    assert "warc" not in text
    db.close()

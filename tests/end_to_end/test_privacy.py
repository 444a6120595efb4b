"""A page with contact details in its text is crawled: they are nowhere but in the evidence."""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import read_archive
from jianbao.cli import main
from jianbao.serving import build_datasette
from tests.crawler.conftest import Reply, Site, article
from tests.end_to_end.conftest import CRAWL

NUMBERS = ("13000007946", "4000009467", "9467130")
IDS = ("hyqqzsbxm",)
SPAM = (
    "招商咨询微信/手机:13000007946",
    "联系电话:130-0000-7946",
    "客服微信 １３０００００７９４６ 一三零零零零零七九四六",
    "热线 400-000-9467 咨询厂房出租",
    "加微信:hyqqzsbxm 了解更多,QQ:9467130",
)
CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")

FORMS = ("", ".json?_shape=array&_size=max", ".csv?_stream=on", ".xlsx", ".atom")
ALONE = (
    "/",
    "/archive",
    "/archive.json",
    "/archive/articles/1",
    "/archive/articles/1.json",
    "/archive/versions/1",
    "/archive/removals/1",
    "/archive/shared_contacts",
    "/archive.json?sql=select+group_concat(text)+from+removals",
    "/archive.csv?sql=select+*+from+removals,articles,pages",
    "/-/health",
    "/-/metadata.json",
)


def spells(content: bytes | str) -> list[str]:
    """Which of the seeded details can be read in it, with signs between the digits or without."""
    text = content if isinstance(content, str) else content.decode("utf-8", "ignore")
    plain = unicodedata.normalize("NFKC", text).lower().translate(CHINESE_DIGITS)
    return [seed for seed in NUMBERS if re.search(r"\D{0,3}".join(seed), plain)] + [
        seed for seed in IDS if seed in plain
    ]


def spells_unpacked(content: bytes) -> list[str]:
    """The same, also for a workbook."""
    if not content.startswith(b"PK"):
        return spells(content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [seed for name in book.namelist() for seed in spells(book.read(name))]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    site = Site()
    spam = "".join(f"<p>{line}</p>" for line in SPAM)
    written = article(1, "/b", "/gone").body.decode()
    site.pages["/a"] = Reply(written.replace("</p></div>", f"</p>{spam}</div>").encode())
    site.pages["/b"] = Reply(f"<html><title>400-000-9467</title><body>{SPAM[0]}</body></html>".encode())
    folder = tmp_path_factory.mktemp("private") / "data"
    subprocess.run([sys.executable, "-c", CRAWL, str(folder), f"{site.url}/a"], check=True, capture_output=True)
    site.close()
    yield folder


def test_the_seeds_would_be_seen() -> None:
    assert {seed for line in SPAM for seed in spells(line)} == {*NUMBERS, *IDS}
    assert len([line for line in SPAM if spells(line)]) == len(SPAM)


def test_no_file_but_the_evidence_holds_them(crawled: Path) -> None:
    files = [file for file in crawled.rglob("*") if file.is_file() and "evidence" not in file.parts]
    assert {file.name for file in files} >= {"archive.db", "contact.key", "crawl.log"}
    assert {file.name: spells(file.read_bytes()) for file in files if spells(file.read_bytes())} == {}


def test_no_answer_of_the_served_archive_holds_them(crawled: Path) -> None:
    with closing(read_archive(crawled)) as db:
        tables = [name for name in db.table_names() if name != "articles_fts"]
    site = build_datasette(crawled)

    async def ask() -> dict[str, tuple[int, bytes]]:
        paths = [*ALONE, *(f"/archive/{table}{form}" for table in tables for form in FORMS)]
        answers = {path: await site.client.get(path, follow_redirects=True) for path in paths}
        return {path: (answer.status_code, answer.content) for path, answer in answers.items()}

    answers = asyncio.run(ask())
    assert {path for path, (status, _) in answers.items() if status >= 500} <= {"/-/health"}
    for name in ("", ".json?_shape=array&_size=max", ".csv?_stream=on", ".xlsx"):
        assert answers[f"/archive/removals{name}"][0] == 200
    assert [path for path, (_, content) in answers.items() if spells_unpacked(content)] == []
    assert "第10号园区" in answers["/archive/articles/1"][1].decode()
    assert "****" in answers["/archive/removals"][1].decode()


def test_no_search_finds_them(crawled: Path) -> None:
    site = build_datasette(crawled)
    for seed in (*NUMBERS, *IDS):
        answer = asyncio.run(site.client.get(f"/archive/articles.json?_search={seed}"))
        assert json.loads(answer.text)["rows"] == []
        assert CliRunner().invoke(main, ["--data", str(crawled), "search", seed]).exit_code == 1


def test_no_export_and_no_command_holds_them(crawled: Path, tmp_path: Path) -> None:
    shown = [["status", "--json"], ["search", "园区"]]
    exported = [tmp_path / f"articles{suffix}" for suffix in (".csv", ".jsonl", ".xlsx")]
    for arguments in (*shown, *(["export", str(file)] for file in exported)):
        done = CliRunner().invoke(main, ["--data", str(crawled), *arguments])
        assert done.exit_code == 0, done.output
        assert spells(done.output) == []
    assert [file.name for file in exported if spells_unpacked(file.read_bytes())] == []

"""An event is one line, says run and site, and shows no contact detail; files of events are turned over."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import logs
from crawler.logs import HumanFormatter, JsonFormatter, Whereabouts, detach, log_to_file, without_contacts
from tests.crawler.conftest import article

LOG = logging.getLogger("crawler.test")


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    names = ("", *logs.OURS, *logs.CHATTY)
    before = {name: logging.getLogger(name).level for name in names}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_a_crawl_logs_each_page_with_run_and_site(site: Any, crawler: Any) -> None:
    site.pages["/a"] = article(1, "/b")
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    lines = (crawl.data / "logs" / "crawl.log").read_text("utf-8").splitlines()
    assert "INFO run=1 crawler.process: crawl begins" in lines[0]
    host = site.url.partition("//")[2]
    assert f"INFO run=1 site={host} crawler.run: new {site.url}/a" in lines[1]
    assert f"INFO run=1 site={host} crawler.run: gone {site.url}/b (http 404)" in lines[2]
    assert "crawl ends: finished; 1 new, 1 gone" in lines[3]
    assert len(lines) == 4


def test_json_says_the_same_for_programs(site: Any, crawler: Any) -> None:
    site.pages["/a"] = article(1)
    crawl = crawler.jianbao("--log-format", "json", "crawl", "-v", f"{site.url}/a")
    events = [json.loads(line) for line in crawl.stderr.splitlines()]
    (page,) = [event for event in events if event.get("outcome") == "new"]
    assert page["url"] == f"{site.url}/a"
    assert (page["run"], page["site"], page["level"]) == (1, site.url.partition("//")[2], "info")
    assert datetime.fromisoformat(page["time"]).utcoffset() is not None
    kept = (crawl.data / "logs" / "crawl.log").read_text("utf-8").splitlines()
    assert json.loads(kept[0])["message"] == "crawl begins"


def logged(formatter: logging.Formatter, level: int, message: str, *arguments: object, **options: Any) -> str:
    """What the formatter makes of one event."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler = Handler()
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.log(level, message, *arguments, **options)
    LOG.removeHandler(handler)
    return lines[0]


@pytest.mark.parametrize("formatter", [HumanFormatter(), JsonFormatter()])
def test_a_traceback_and_a_line_break_are_on_one_line(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        line = logged(formatter, logging.ERROR, "could not read %s", "a\nb\u2028c", exc_info=True)
    assert len(line.splitlines()) == 1
    assert "ValueError" in line and "test_logs.py" in line


@pytest.mark.parametrize("formatter", [HumanFormatter(), JsonFormatter()])
def test_contact_details_are_masked(formatter: logging.Formatter) -> None:
    line = logged(formatter, logging.INFO, "%s", "call 130 0000 0001 or 400-000-1234, desk@example.com, 微信abcd0000")
    for part in ("0000 0001", "000-1234", "desk@", "abcd0000"):
        assert part not in line


def test_what_is_no_contact_detail_stays() -> None:
    for text in (
        "https://news.example.com/a/13000000001.html?mail=desk@example.com",
        "evidence: 20260301061500-000000001234-1a2b3c.warc.gz was cut off at byte 1,234,567",
        "crawl ended after 86400 s",
        "jianbao.toml, line 3: [[site]] every",
    ):
        assert without_contacts(text) == text


def test_a_page_that_a_library_speaks_of_has_its_site(tmp_path: Path) -> None:
    handler = log_to_file(tmp_path)
    handler.addFilter(Whereabouts(7, lambda url: "paper"))
    logging.getLogger("scrapy.core").warning("slow %(url)s", {"url": "https://paper.example.com/1"})
    logging.getLogger("scrapy.core").info("nobody needs to know")
    detach(handler)
    (line,) = (tmp_path / "logs" / "crawl.log").read_text("utf-8").splitlines()
    assert "WARNING run=7 site=paper scrapy.core: slow https://paper.example.com/1" in line


def test_files_are_turned_over_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 2000)
    handler = log_to_file(tmp_path)
    for number in range(300):
        LOG.info("event %d", number)
    detach(handler)
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) == 1 + logs.OLDER_FILES
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "event 299" in (tmp_path / "logs" / "crawl.log").read_text("utf-8")


def test_a_file_that_is_replaced_meanwhile_is_written_to(tmp_path: Path) -> None:
    """`jianbao forget` writes a log anew while the schedule keeps on logging."""
    handler = log_to_file(tmp_path)
    file = tmp_path / "logs" / "crawl.log"
    LOG.info("one")
    file.rename(tmp_path / "old")
    file.write_text("")
    LOG.info("two")
    detach(handler)
    assert "two" in file.read_text("utf-8")

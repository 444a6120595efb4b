"""`jianbao doctor`: each thing that can be wrong is found, said in a sentence with what to do, and nothing else is."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive
from archive.lock import lock_data
from jianbao.doctor import folder, machine
from jianbao.doctor.network import check_address
from tests.commands.conftest import Run
from tests.crawler.conftest import Reply, Site


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /closed/\n")
    yield site
    site.close()


@pytest.fixture
def configured(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes a jianbao.toml into the working directory."""
    monkeypatch.chdir(tmp_path)

    def configure(*starts: str, notify: str = "") -> None:
        listed = json.dumps(list(starts) or [f"{site.url}/list/"])
        Path("jianbao.toml").write_text(f'[[site]]\nname = "园区"\nstart = {listed}\nevery = "6h"\n{notify}', "utf-8")

    configure()
    return configure


def examine(run: Run, data: Path, *options: str) -> dict[str, Any]:
    done = run("doctor", "--json", "--data", data, *options)
    results = json.loads(done.stdout)
    assert done.exit_code == any(one["state"] == "wrong" for one in results)
    for one in results:
        assert one["sentence"].endswith(".")
        assert (one["advice"] is None) is (one["state"] == "ok")
    return {one["name"]: one for one in results}


def wrong(results: dict[str, Any]) -> set[str]:
    return {name for name, one in results.items() if one["state"] == "wrong"}


@pytest.mark.usefixtures("configured")
def test_where_all_is_well_it_says_so_and_asks_each_site_once(run: Run, data: Path, site: Site) -> None:
    results = examine(run, data)
    assert wrong(results) == set()
    assert results["site 园区"]["state"] == "ok"
    assert [path for _, path, _ in site.requests] == ["/robots.txt"]
    assert "jianbao" in site.requests[0][2]["user-agent"]


@pytest.mark.usefixtures("configured")
def test_a_person_reads_a_line_for_each_and_what_to_do_below(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert done.exit_code == 0
    assert "✓ SQLite: SQLite " in done.stdout
    assert "– told: Nobody is told" in done.stdout
    assert "\n    Set webhook, mail_to or command" in done.stdout


def test_a_machine_without_anything_yet_is_well_and_stays_untouched(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert wrong(examine(run, tmp_path / "data")) == set()
    assert list(tmp_path.iterdir()) == []


def test_a_site_that_forbids_its_start_or_gives_no_robots_txt(
    run: Run, data: Path, site: Site, configured: Callable[..., None]
) -> None:
    configured(f"{site.url}/closed/list/")
    assert "robots.txt forbids" in examine(run, data)["site 园区"]["sentence"]
    site.pages["/robots.txt"] = Reply(status=503)
    assert "503" in examine(run, data)["site 园区"]["sentence"]


def test_a_site_that_is_not_to_be_reached(run: Run, data: Path, site: Site, configured: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    configured(f"http://127.0.0.1:{port}/")
    assert "refused" in examine(run, data)["site 园区"]["sentence"]
    configured("http://nowhere.invalid/")
    assert "name is not known" in examine(run, data)["site 园区"]["sentence"]
    secured = Site(tls=True)
    configured(f"{secured.url}/")
    assert "certificate is not valid" in examine(run, data)["site 园区"]["sentence"]
    secured.close()


@pytest.mark.parametrize(("hours", "way"), [(3, "behind"), (-3, "ahead")])
def test_a_clock_that_the_sites_contradict(
    run: Run, data: Path, site: Site, configured: Callable[..., None], hours: int, way: str
) -> None:
    moment = datetime.now(UTC) + timedelta(hours=hours)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(404)
        handler.send_header("Date", format_datetime(moment, usegmt=True))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/robots.txt"] = answer
    results = examine(run, data)
    assert wrong(results) == {"clock"}
    assert f"3 hours {way}" in results["clock"]["sentence"]


@pytest.mark.usefixtures("configured")
def test_a_clock_that_is_behind_the_archive(run: Run, data: Path) -> None:
    with open_archive(data) as db:
        db.execute("UPDATE crawls SET started = '2999-01-01T00:00:00Z'")
    assert "clock" in wrong(examine(run, data))


@pytest.mark.usefixtures("configured")
def test_an_archive_that_is_damaged_or_unwell(run: Run, data: Path) -> None:
    with open_archive(data) as db:
        finding = {"sentence": "", "figure": 1.0, "advice": "", "samples": "[]", "opened": "2026-03-01T06:00:00Z"}
        db.table("findings").insert({"site": "a", "check": "failures", **finding})
    assert "status" in examine(run, data)["archive"]["advice"]
    content = (data / "archive.db").read_bytes()
    (data / "archive.db").write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "archive" in wrong(examine(run, data))


@pytest.mark.usefixtures("configured")
def test_a_crawl_under_way_is_fine_and_one_that_is_stuck_is_not(run: Run, data: Path) -> None:
    log = data / "logs" / "crawl.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("", "utf-8")
    at_work = f"At work on it: `jianbao {{}}` (process {os.getpid()})."
    with lock_data(data, "crawl"):
        assert examine(run, data)["lock"]["sentence"] == at_work.format("crawl")
        os.utime(log, (time.time() - 7200, time.time() - 7200))
        assert "nothing for 2 hours" in examine(run, data)["lock"]["sentence"]
    with lock_data(data, "reclean"):
        assert examine(run, data)["lock"]["sentence"] == at_work.format("reclean")


@pytest.mark.usefixtures("configured")
def test_a_run_that_is_overdue(run: Run, data: Path) -> None:
    with open_archive(data) as db:
        db.table("schedule").insert({"site": "园区", "every": "6h", "due": "2026-03-01T06:00:00Z"})
    results = examine(run, data)
    assert wrong(results) == {"schedule"}
    assert "园区 was due" in results["schedule"]["sentence"]


@pytest.mark.usefixtures("configured")
def test_raw_pages_that_others_can_read(run: Run, data: Path) -> None:
    (data / "evidence").mkdir(exist_ok=True)
    (data / "evidence").chmod(0o755)
    assert "chmod 700" in examine(run, data)["write rights"]["advice"]


@pytest.mark.usefixtures("configured")
def test_a_folder_that_cannot_be_written_to(run: Run) -> None:
    results = examine(run, Path("/proc/jianbao"))  # where root cannot write either
    assert "cannot be written to" in results["write rights"]["sentence"]


def test_a_configuration_with_a_mistake(run: Run, data: Path, configured: Callable[..., None]) -> None:
    Path("jianbao.toml").write_text("[[site]]\nname = 3\n", "utf-8")
    assert "line 2" in examine(run, data)["configuration"]["sentence"]
    configured()
    text = Path("jianbao.toml").read_text("utf-8")
    Path("jianbao.toml").write_text(text.replace("6h", "61 * * * *"), "utf-8")
    assert "61 * * * *" in examine(run, data)["configuration"]["sentence"]


def test_a_secret_that_is_not_there(run: Run, data: Path, configured: Callable[..., None]) -> None:
    configured(notify='[notify]\nwebhook = "env:NOT_SET_HERE"\n')
    assert "NOT_SET_HERE" in examine(run, data)["told"]["sentence"]
    signed = (
        '[notify]\nwebhook = "https://hooks.example.com/1"\nformat = "feishu"\nwebhook_secret = "env:NOT_SET_HERE"\n'
    )
    configured(notify=signed)
    told = examine(run, data)["told"]
    assert (told["state"], "NOT_SET_HERE" in told["sentence"]) == ("wrong", True)


@pytest.mark.usefixtures("configured")
def test_the_address_in_the_browser(run: Run, data: Path, site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    assert "browser" in wrong(examine(run, data, "--url", address))
    assert check_address(address, expected=False).state == "note"
    site.pages["/-/health"] = Reply(b"<html>another program</html>")
    assert "something else" in examine(run, data, "--url", f"{site.url}/")["browser"]["sentence"]
    site.pages["/-/health"] = Reply(b'{"ok": false}', status=503)
    assert examine(run, data, "--url", site.url)["browser"]["state"] == "ok"


def test_a_disk_that_is_full_or_will_be_soon(data: Path) -> None:
    assert machine.check_disk(data, free=10**6).state == "wrong"
    assert machine.check_disk(data, free=10**12).state == "ok"
    with open_archive(data) as db:
        day_ago = (datetime.now(UTC) - timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("UPDATE crawls SET started = ?", (day_ago,))
    with (data / "large").open("wb") as file:
        file.truncate(10**9)  # a gigabyte a day, none of it on the disk
    result = machine.check_disk(data, free=3 * 10**9)
    assert (result.state, "3 days" in result.sentence) == ("wrong", True)


def test_a_python_that_is_not_tested_is_said() -> None:
    assert machine.check_python((3, 12)).state == "ok"
    assert machine.check_python((3, 99)).state == "note"


def test_a_read_only_file_system_is_named_and_no_file_to_delete(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.chdir(tmp_path)
    lock_data(data, "crawl").release()
    monkeypatch.setattr(folder, "lock_data", refuse)
    monkeypatch.setattr(folder.tempfile, "TemporaryFile", refuse)
    results = examine(run, data)
    for name in ("write rights", "lock"):
        assert results[name]["sentence"] == f"{data} cannot be written to: Read-only file system."
        assert results[name]["advice"].startswith("Mount its file system for writing")

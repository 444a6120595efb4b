"""The service crawls what is due, one site at a time, and stops, reloads and survives as a service should."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import open_archive, read_archive
from archive.schedule import planned_runs
from jianbao.cli import main
from jianbao.demo import DemoSite

PATIENCE = 60.0
"""Seconds after which something that should have happened has not."""


class Running:
    """A service under way, its log in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "service.log"
        command = [sys.executable, "-m", "jianbao", "schedule"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=folder, stderr=log, stdout=log)

    def wait_for(self, what: str | Callable[[], bool]) -> None:
        bound = time.monotonic() + PATIENCE
        while not (what in self.said if isinstance(what, str) else what()):
            assert time.monotonic() < bound and self.process.poll() is None, self.said
            time.sleep(0.1)

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


def describe(site: DemoSite, *names: str, every: str = "6h", delay: float = 0) -> str:
    return "".join(
        f'[[site]]\nname = "{name}"\nstart = ["{url}"]\ndepth = 0\nevery = "{every}"\ndelay = {delay}\n'
        for name, url in zip(names, site.start_urls, strict=False)
    )


@pytest.fixture
def folder(tmp_path: Path, site: DemoSite) -> Path:
    (tmp_path / "jianbao.toml").write_text(describe(site, "main", "twin"), "utf-8")
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    yield running
    if running.process.poll() is None:
        running.process.kill()


def crawls(folder: Path) -> list[tuple[str, str | None]]:
    with read_archive(folder / "data") as db:
        return db.execute("SELECT outcome, finished FROM crawls ORDER BY id").fetchall()


def test_what_is_due_is_crawled_one_after_the_other_and_planned_again(service: Running, folder: Path) -> None:
    service.wait_for(lambda: service.said.count("crawl ended with status 0") == 2)
    begun = [line for line in service.said.splitlines() if "crawl begins" in line or "crawl ended" in line]
    assert [("begins" in line) for line in begun] == [True, False, True, False]
    with read_archive(folder / "data") as db:
        assert db.execute("SELECT count(DISTINCT site) FROM articles").fetchone()[0] == 2
        now = datetime.now(UTC)
        for due in planned_runs(db).values():
            assert timedelta(hours=5) < due - now < timedelta(hours=7)
    assert service.stop() == 0
    assert "stopped" in service.said


@pytest.mark.heavy
def test_a_restart_waits_for_what_is_planned_and_makes_up_what_was_missed(folder: Path) -> None:
    now = datetime.now(UTC)
    with open_archive(folder / "data") as db:
        db.table("schedule").insert_all(
            [
                {"site": "main", "every": "6h", "due": (now + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")},
                {"site": "twin", "every": "6h", "due": (now - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")},
            ]
        )
    running = Running(folder)
    running.wait_for("site=twin jianbao.schedule: crawl ended with status 0")
    time.sleep(1)
    assert running.stop() == 0
    assert running.said.count("crawl begins") == 1


@pytest.mark.heavy
def test_a_stop_lets_the_crawl_finish_its_page_and_the_next_run_goes_on(folder: Path, site: DemoSite) -> None:
    slow = describe(site, "main", delay=1).replace("depth = 0", "depth = 2")
    (folder / "jianbao.toml").write_text(slow, "utf-8")
    running = Running(folder)

    def has_articles() -> bool:
        try:
            with read_archive(folder / "data") as db:
                return bool(db.execute("SELECT count(*) FROM articles").fetchone()[0])
        except Exception:
            return False

    running.wait_for(has_articles)
    assert running.stop() == 0
    assert [outcome for outcome, _ in crawls(folder)] == ["interrupted"]
    with read_archive(folder / "data") as db:
        assert db.execute("SELECT count(*) FROM pages WHERE state = 'pending'").fetchone()[0] > 0


@pytest.mark.heavy
def test_a_changed_configuration_counts_at_once_and_a_broken_one_does_not(
    service: Running, folder: Path, site: DemoSite
) -> None:
    service.wait_for(lambda: service.said.count("crawl ended") == 2)
    file = folder / "jianbao.toml"
    file.write_text("[[site]]\nname = 3\n", "utf-8")
    service.wait_for("going on as before")
    file.write_text(describe(site, "main", "other"), "utf-8")
    os.utime(file, (time.time() + 5, time.time() + 5))
    service.wait_for("site=other jianbao.schedule: crawl ended with status 0")
    with read_archive(folder / "data") as db:
        assert set(planned_runs(db)) == {"main", "other"}
    assert service.stop() == 0


@pytest.mark.heavy
def test_a_crawl_that_fails_does_not_take_the_service_along(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        start = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    (folder / "jianbao.toml").write_text(f'[[site]]\nname = "dead"\nstart = ["{start}"]\nevery = "6h"\n', "utf-8")
    running = Running(folder)
    running.wait_for("site=dead jianbao.schedule: crawl ended with status 1")
    assert running.process.poll() is None
    assert running.stop() == 0
    with read_archive(folder / "data") as db:
        assert [row[0] for row in db.execute('SELECT "check" FROM findings WHERE closed IS NULL')] == ["no-articles"]


def test_the_list_says_when_each_site_is_due(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, ["schedule", "--list"])
    assert done.exit_code == 0
    assert [line.split()[:3] for line in done.stdout.splitlines()[1:]] == [["main", "6h", "at"], ["twin", "6h", "at"]]


def test_a_configuration_without_a_schedule_is_refused_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    Path("jianbao.toml").write_text('[[site]]\nname = "a"\nstart = ["https://a.example/"]\n', "utf-8")
    done = CliRunner().invoke(main, ["schedule"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert 'every = "6h"' in done.stderr

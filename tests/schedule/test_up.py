"""`jianbao up` is one tree of processes: it crawls and serves, stops as one, and no part of it outlives the rest."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive import read_archive
from jianbao.demo import DemoSite
from tests.schedule.running import PATIENCE, Running, find


def count_articles(data: Path) -> int:
    with read_archive(data) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


def health(up: Running) -> dict[str, Any]:
    report: dict[str, Any] = httpx.get(f"{up.address}-/health").json()
    return report


def is_alive(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(listed.strip()) and not listed.startswith("Z")


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path, site: DemoSite) -> Path:
    text = f'[[site]]\nname = "main"\nstart = ["{site.start_urls[0]}"]\nevery = "6h"\ndelay = 1\n'
    (tmp_path / "jianbao.toml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def up(folder: Path) -> Iterator[Running]:
    running = Running(folder, "--log-format", "json", "up", "--port", "0")
    yield running
    for pid in running.family():
        if running.process.poll() is None or pid != running.process.pid:
            os.kill(pid, signal.SIGKILL)


@pytest.mark.heavy
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_crawls_and_serves_and_one_signal_ends_both(folder: Path, up: Running, number: signal.Signals) -> None:
    up.wait_for(lambda: '"crawl begins"' in up.said)
    assert health(up)["ok"] is True
    up.wait_for(lambda: count_articles(folder / "data"))
    everyone = up.family()
    assert find("crawl --config", everyone)
    up.process.send_signal(number)
    assert up.process.wait(PATIENCE) == 0
    up.wait_for(lambda: not any(map(is_alive, everyone)))  # Python's own helper sees a moment later that it is alone
    assert '"message": "stopped"' in up.said
    assert "Traceback" not in up.said
    with read_archive(folder / "data") as db:
        assert [row[0] for row in db.execute("SELECT outcome FROM crawls")] == ["interrupted"]


@pytest.mark.heavy
def test_a_schedule_that_dies_ends_it_all_with_one_line(up: Running) -> None:
    up.wait_for(lambda: '"crawl begins"' in up.said)
    os.kill(up.child("multiprocessing.spawn"), signal.SIGKILL)
    assert up.process.wait(PATIENCE) == 1
    last = up.said.splitlines()[-1]
    assert last == "Error: the schedule ended with status -9: serving has ended too; see above"


@pytest.mark.heavy
def test_the_schedule_does_not_outlive_it(up: Running) -> None:
    up.wait_for(lambda: '"crawl begins"' in up.said)
    schedule = up.child("multiprocessing.spawn")
    up.process.kill()
    up.process.wait()
    up.wait_for(lambda: not is_alive(schedule))
    assert '"message": "stopped"' in up.said


@pytest.mark.heavy
def test_a_crawl_that_is_killed_is_one_bad_run(folder: Path, up: Running) -> None:
    os.kill(up.child("crawl --config"), signal.SIGKILL)
    up.wait_for(lambda: "crawl ended with status -9" in up.said)
    up.wait_for(lambda: [finding["check"] for finding in health(up)["findings"]] == ["died"])
    up.process.terminate()
    assert up.process.wait(PATIENCE) == 0


def run_up(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jianbao", "up", *options]
    environment = {key: value for key, value in os.environ.items() if key != "JIANBAO_PASSWORD"}
    return subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.mark.heavy
def test_what_keeps_it_from_beginning_is_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_up(folder, "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot listen" in done.stderr
    done = run_up(folder, "--port", "0", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "JIANBAO_PASSWORD" in done.stderr
    (folder / "jianbao.toml").write_text('[[site]]\nname = "a"\nstart = ["https://a.example/"]\n', "utf-8")
    done = run_up(folder, "--port", "0")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert 'every = "6h"' in done.stderr

"""Starting: by `jianbao serve`, by plain Datasette, and not at all."""

from __future__ import annotations

import http.client
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from jianbao import assets
from jianbao.assets import datasette_folder
from jianbao.cli import main

Get = Callable[[str], httpx.Response]

JIANBAO = (sys.executable, "-c", "from jianbao.cli import main; main()")
DATASETTE = (sys.executable, "-c", "from datasette.cli import cli; cli()")
README = (datasette_folder() / "README.md").read_text(encoding="utf-8")


def test_serve_answers_at_the_address_it_names_and_ends_on_ctrl_c(data: Path) -> None:
    server = subprocess.Popen(
        [*JIANBAO, "serve", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        address = re.search(r"http://([\d.:]+)/", server.stdout.readline())
        assert address
        browser = http.client.HTTPConnection(address[1], timeout=20)
        browser.request("GET", "/archive/articles")
        assert browser.getresponse().status == 200
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
        assert (server.returncode, errors) == (0, "")
    finally:
        server.kill()


def test_serve_without_an_archive_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(tmp_path) in result.stderr and "jianbao crawl" in result.stderr


def test_serve_of_a_file_that_is_no_archive_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_text("not a database " * 100)
    result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_serve_on_a_taken_port_is_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port), "--data", str(data)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1 and str(port) in result.stderr


def test_serve_help_has_an_example() -> None:
    assert "Example: jianbao serve" in CliRunner().invoke(main, ["serve", "--help"]).output


@pytest.mark.parametrize("path", ["/archive/articles", "/-/settings.json"])
def test_plain_datasette_as_documented_shows_the_same_site(get: Get, data: Path, path: str) -> None:
    (command,) = re.findall(r"```\n(datasette .*?)```", README, re.DOTALL)
    _, archive, *options = shlex.split(command.replace("\\\n", " "))
    assert archive == "data/archive.db"
    plain = subprocess.run(
        [*DATASETTE, str(data / "archive.db"), *options, "--get", path],
        capture_output=True,
        text=True,
        check=True,
        cwd=datasette_folder().parent,
    )
    assert plain.stdout.strip() == get(path).text.strip()


def test_an_archive_that_is_replaced_is_served_anew_and_one_that_is_away_is_an_error_page(
    serve_articles: Callable[..., Get], tmp_path: Path, data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    get = serve_articles()
    assert get("/archive/articles.all.json").json() == []
    (tmp_path / "archive.db").rename(tmp_path / "away.db")
    for path in ("/", "/search?_search=a", "/archive/articles", "/archive/articles.csv") * 3:
        assert get(path).status_code in (200, 503), path  # a connection that is open still reads the old file
    shutil.copy(data / "archive.db", tmp_path / "archive.db")
    assert len(get("/archive/articles.all.json").json()) == 24
    assert "Traceback" not in "".join(capfd.readouterr())


def test_an_archive_that_a_newer_version_adds_to_is_served_on(
    serve_articles: Callable[..., Get], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    get = serve_articles()
    paths = ("/", "/search?_search=a", "/archive/articles", "/archive/articles.csv", "/-/health", "/-/metrics")
    assert {get(path).status_code for path in paths} == {200}
    with closing(sqlite3.connect(tmp_path / "archive.db")) as newer:
        newer.executescript("CREATE TABLE moods (id INTEGER PRIMARY KEY); ALTER TABLE articles ADD COLUMN mood TEXT")
        assert {get(path).status_code for path in paths} == {200}
        newer.execute("ALTER TABLE findings RENAME COLUMN advice TO counsel")
    answer = get("/-/health")
    assert (answer.status_code, "另一个版本的剪报改动" in answer.text) == (503, True)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_an_installed_package_finds_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "jianbao")
    assert datasette_folder() == tmp_path / "datasette"
    (tmp_path / "jianbao" / "_datasette").mkdir(parents=True)
    assert datasette_folder() == tmp_path / "jianbao" / "_datasette"


def test_an_address_that_cannot_be_had_names_the_option_that_helps(data: Path) -> None:
    """`demo` says the same, and has no --host."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port), "--data", str(data)])
    assert result.stderr.endswith("; give another --port\n")
    result = CliRunner().invoke(main, ["serve", "--host", "192.0.2.1", "--public", "--port", "0", "--data", str(data)])
    assert result.stderr.endswith("; give another --host\n")

"""Who may read: everybody on this machine, others with the password."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from parsel import Selector

from jianbao.cli import main
from jianbao.commands.serve import choose_password
from jianbao.serving import build_datasette

SECRET = "铁树开花-42"
CLOSED = (
    "/",
    "/archive",
    "/archive/articles",
    "/archive/articles/1",
    "/archive/articles.csv",
    "/archive/articles.json",
    "/archive.csv?sql=select+1",
    "/archive?sql=select+1",
    "/archive/versions/1",
    "/archive/articles/1/graph",
    "/archive/crawl_trend",
    "/search?_search=%E9%98%B3",
    "/-/metadata.json",
    "/-/databases.json",
)


@pytest.fixture(scope="module")
def closed(data: Path) -> Datasette:
    return build_datasette(data, password=SECRET)


@pytest.mark.parametrize("path", CLOSED)
def test_without_the_password_every_page_leads_to_the_login(closed: Datasette, path: str) -> None:
    answer = asyncio.run(closed.client.get(path))
    assert (answer.status_code, answer.headers.get("location")) == (302, "/-/login")
    assert "洛阳" not in answer.text


def log_in(closed: Datasette, password: str) -> httpx.Response:
    async def post() -> httpx.Response:
        form = await closed.client.get("/-/login")
        token = Selector(form.text).css("input[name=csrftoken]::attr(value)").get()
        fields = {"username": "reader", "password": password, "csrftoken": token}
        answer: httpx.Response = await closed.client.post("/-/login", data=fields, cookies=form.cookies)
        return answer

    return asyncio.run(post())


def test_the_password_opens_the_archive(closed: Datasette) -> None:
    answer = log_in(closed, SECRET)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    for path in CLOSED:
        page = asyncio.run(closed.client.get(path, cookies={"ds_actor": answer.cookies["ds_actor"]}))
        assert page.status_code == 200, path


def test_another_password_does_not(closed: Datasette) -> None:
    answer = log_in(closed, "铁树")
    assert answer.status_code == 200 and "ds_actor" not in answer.cookies
    assert Selector(answer.text).css("[role=alert]::text").get() == "口令不对。"


def basic(credentials: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(credentials).decode()}"}


@pytest.mark.parametrize("path", ["/archive/articles.json", "/-/metrics"])
def test_a_program_gives_the_password_in_any_letters(closed: Datasette, path: str) -> None:
    answer = asyncio.run(closed.client.get(path, headers=basic(f"reader:{SECRET}".encode())))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        basic("reader:铁树".encode()),
        basic(f"读者:{SECRET}".encode()),
        basic(f"reader:{SECRET}".encode("gbk")),
        basic(b"reader:tieshu"),
        {"Authorization": "Basic *no base64*"},
        {"Authorization": "Basic abcde"},
        {"Authorization": "Basic "},
    ],
)
@pytest.mark.parametrize("path", ["/archive/articles.json", "/-/metrics"])
def test_a_program_with_another_password_is_refused(closed: Datasette, header: dict[str, str], path: str) -> None:
    answer = asyncio.run(closed.client.get(path, headers=header))
    assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Basic ")


def test_without_a_password_credentials_are_no_matter(site: Datasette) -> None:
    assert asyncio.run(site.client.get("/", headers=basic("读者:铁树".encode()))).status_code == 200


def test_without_a_password_there_is_nothing_to_log_in_to(site: Datasette) -> None:
    assert "/-/login" not in asyncio.run(site.client.get("/")).text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_none(host: str) -> None:
    assert choose_password(host, public=False) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "archive.example"])
def test_others_need_one_unless_it_is_public(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match="JIANBAO_PASSWORD"):
        choose_password(host, public=False)
    assert choose_password(host, public=True) is None
    monkeypatch.setenv("JIANBAO_PASSWORD", SECRET)
    assert choose_password(host, public=False) == SECRET


def test_a_terminal_is_asked_for_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", lambda *args, **options: SECRET)
    assert choose_password("0.0.0.0", public=False) == SECRET


def test_a_refusal_is_one_clear_line(data: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0", "--data", str(data)])
    assert result.exit_code == 2
    assert "--public" in result.stderr and "Traceback" not in result.stderr


def test_public_and_a_password_contradict_each_other(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANBAO_PASSWORD", SECRET)
    result = CliRunner().invoke(main, ["serve", "--public", "--data", str(data)])
    assert result.exit_code == 2 and "contradict" in result.stderr

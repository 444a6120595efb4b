"""`jianbao check` and `jianbao init` ask for a page as a crawl does, and say in one line why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.crawler.conftest import Site, article, redirect


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.pages["/%E6%96%B0%E9%97%BB/1%202.html"] = article(1, "2.html")
    yield site
    site.close()


def test_an_address_with_chinese_characters_and_spaces_is_asked_for(run: Run, site: Site) -> None:
    done = run("check", "--json", f"{site.url}/新闻/1 2.html")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["title"] == "第1号园区开工"


def test_init_takes_an_address_with_chinese_characters(
    run: Run, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    site.pages["/%E6%96%B0%E9%97%BB/1.html"] = article(1)
    done = run("init", "--url", f"{site.url}/新闻/1.html")
    assert done.exit_code == 0, done.stderr
    assert f'start = ["{site.url}/新闻/1.html"]' in Path("jianbao.toml").read_text("utf-8")


def test_links_are_joined_to_the_address_that_a_redirect_leads_to(run: Run, site: Site) -> None:
    site.pages["/old/1.html"] = redirect("/%E6%96%B0%E9%97%BB/1%202.html")
    done = run("check", "--json", f"{site.url}/old/1.html")
    read = json.loads(done.stdout)
    assert [link["url"] for link in read["related"]] == [f"{site.url}/%E6%96%B0%E9%97%BB/2.html"]
    assert read["url"] == f"{site.url}/%E6%96%B0%E9%97%BB/1%202.html"


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
def test_an_answer_that_is_no_http_is_one_line(run: Run, site: Site, answer: bytes) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    site.pages["/broken.html"] = reply
    done = run("check", f"{site.url}/broken.html")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"Error: {site.url}/broken.html: ")

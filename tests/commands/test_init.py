"""`jianbao init`: it shows what would be archived, and writes a configuration that works."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.configuration import SiteSettings, read_configuration
from jianbao.demo import DemoSite


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


def test_an_article_is_shown_and_a_configuration_written(run: Any, demo: DemoSite) -> None:
    url = demo.start_urls[0]
    done = run("init", "--url", url)
    assert done.exit_code == 0, done.stderr
    assert "title" in done.stdout
    assert "←" in done.stdout  # what is stripped, and by which rule
    assert re.search(r"^1\. .+http://", done.stdout, re.M)  # a related article
    assert re.findall(r"^  jianbao (\w+)", done.stdout, re.M) == ["crawl", "serve", "schedule"]
    (site,) = read_configuration(Path("jianbao.toml")).sites
    assert site == SiteSettings(name=url.split("/")[2], start=(url,))


def test_a_listing_is_shown_by_what_it_names(run: Any, demo: DemoSite) -> None:
    done = run("init", "--url", f"{demo.url}/")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"^A listing that names \d+ articles:$", done.stdout, re.M)
    assert "The first of them:" in done.stdout


def test_another_site_is_added_to_what_stands_in_the_file(run: Any, demo: DemoSite) -> None:
    mine = (
        '# mine\n\n[[site]]\nname = "周报"\nstart = ["https://weekly.example.com/"]\n[site.selectors]\ntitle = "h2"\n'
    )
    Path("jianbao.toml").write_text(mine, "utf-8")
    done = run("init", "--url", demo.start_urls[0])
    assert done.exit_code == 0, done.stderr
    assert "Added it to jianbao.toml." in done.stdout
    assert Path("jianbao.toml").read_text("utf-8").startswith(mine)
    first, second = read_configuration(Path("jianbao.toml")).sites
    assert (first.name, second) == ("周报", SiteSettings(name=demo.url.split("/")[2], start=(demo.start_urls[0],)))


def test_a_site_that_is_in_the_file_is_not_added_again(run: Any, demo: DemoSite) -> None:
    assert run("init", "--url", demo.start_urls[0]).exit_code == 0
    written = Path("jianbao.toml").read_text("utf-8")
    again = run("init", "--url", f"{demo.url}/")
    assert again.exit_code == 1
    assert again.stderr == (
        f"Error: {demo.url}/ is on the site '{demo.url.split('/')[2]}' of jianbao.toml already: add it to `start` there,"
        " or write the file anew with --force\n"
    )
    assert Path("jianbao.toml").read_text("utf-8") == written
    assert run("init", "--url", f"{demo.url}/", "--force").exit_code == 0
    assert [site.start for site in read_configuration(Path("jianbao.toml")).sites] == [(f"{demo.url}/",)]


def test_a_file_that_is_no_configuration_is_left_alone(run: Any, demo: DemoSite) -> None:
    Path("jianbao.toml").write_text("mine = [", "utf-8")
    done = run("init", "--url", demo.start_urls[0])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: jianbao.toml, line 1: ")
    assert done.stderr.count("\n") == 1
    assert Path("jianbao.toml").read_text("utf-8") == "mine = ["


def test_a_file_that_takes_no_further_table_is_left_as_it_was(run: Any, demo: DemoSite) -> None:
    mine = 'site = [{name = "周报", start = ["https://weekly.example.com/"]}]\n'
    Path("jianbao.toml").write_text(mine, "utf-8")
    done = run("init", "--url", demo.start_urls[0])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Error: cannot add the site: jianbao.toml, line 3: ")
    assert Path("jianbao.toml").read_text("utf-8") == mine
    assert list(Path().iterdir()) == [Path("jianbao.toml")]


def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    run: Any, demo: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init", "--url", demo.start_urls[0]).exit_code == 0
    mine = Path("jianbao.toml").read_text("utf-8").replace("127.0.0.1", "news.example.com")
    Path("jianbao.toml").write_text(mine, "utf-8")

    def write_half(file: Path, text: str, *_: object) -> None:
        with file.open("w") as half:
            half.write(text[: len(text) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", write_half)
    done = run("init", "--url", demo.start_urls[0])
    assert (done.exit_code, done.stderr) == (1, "Error: cannot write jianbao.toml: No space left on device\n")
    assert Path("jianbao.toml").read_text("utf-8") == mine
    assert list(Path().iterdir()) == [Path("jianbao.toml")]


def test_a_file_that_only_its_owner_reads_stays_so(run: Any, demo: DemoSite) -> None:
    Path("jianbao.toml").touch(0o600)
    assert run("init", "--url", demo.start_urls[0]).exit_code == 0
    assert stat.S_IMODE(Path("jianbao.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["/nowhere.html", "/robots.txt"])
def test_what_cannot_be_read_is_one_line_and_no_file(run: Any, demo: DemoSite, path: str) -> None:
    done = run("init", "--url", demo.url + path)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {demo.url}{path}: ")
    assert done.stderr.count("\n") == 1
    assert not Path("jianbao.toml").exists()


def test_no_address_is_a_usage_error(run: Any) -> None:
    assert run("init", "--url", "nonsense").exit_code == 2


def test_every_key_of_the_example_may_be_used_as_it_stands(run: Any, demo: DemoSite) -> None:
    run("init", "--url", demo.start_urls[0])
    text = Path("jianbao.toml").read_text("utf-8")
    Path("jianbao.toml").write_text(re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.M), "utf-8")
    configuration = read_configuration(Path("jianbao.toml"))
    assert configuration.crawler.contact
    assert configuration.sites[0].every == "6h"
    assert configuration.sites[0].selectors
    assert configuration.notify.webhook

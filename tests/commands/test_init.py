"""`jianbao init`: it shows what would be archived, and writes a configuration that works."""

from __future__ import annotations

import re
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


def test_an_existing_file_is_kept_unless_told_otherwise(run: Any, demo: DemoSite) -> None:
    Path("jianbao.toml").write_text("# mine")
    refused = run("init", "--url", demo.start_urls[0])
    assert refused.exit_code == 1
    assert refused.stderr == ("Error: jianbao.toml is there already: edit it, or have it written anew with --force\n")
    assert Path("jianbao.toml").read_text() == "# mine"
    assert run("init", "--url", demo.start_urls[0], "--force").exit_code == 0
    assert read_configuration(Path("jianbao.toml")).sites


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
    Path("jianbao.toml").write_text(re.sub(r"^# (?=\w+ = )", "", text, flags=re.M), "utf-8")
    configuration = read_configuration(Path("jianbao.toml"))
    assert configuration.crawler.contact
    assert configuration.sites[0].every == "6h"

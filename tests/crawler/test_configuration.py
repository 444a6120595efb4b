"""`jianbao.toml`: what is read from it, and what is said of what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.configuration import (
    Configuration,
    ConfigurationError,
    CrawlerSettings,
    NotifySettings,
    SiteSettings,
    read_configuration,
)

WHOLE = """\
[crawler]
contact = "https://archive.example.com/about"
timeout = 20
max_body = 5
max_pages = 1000
max_minutes = 30

[[site]]
name = "园区"
start = ["https://news.example.com/list/", "https://news.example.com/feed.xml"]
hosts = ["news.example.com", "M.example.com:8080"]
depth = 2
delay = 0.5
concurrency = 2
turns = 3
refresh = "all"
every = "0 6 * * 1-5"
max_pages = 100
max_minutes = 2.5
[site.selectors]
title = "h1.title"
body = "//div[@id='text']"

[[site]]
name = "paper"
start = ["https://paper.example.org/"]

[notify]
webhook = "https://hooks.example.com/1"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jianbao.toml"


def read(file: Path, text: str) -> Configuration:
    file.write_text(text, "utf-8")
    return read_configuration(file)


def test_every_key_is_read(file: Path) -> None:
    configuration = read(file, WHOLE)
    assert configuration.crawler == CrawlerSettings(
        contact="https://archive.example.com/about", timeout=20, max_body=5, max_pages=1000, max_minutes=30
    )
    site, paper = configuration.sites
    assert (site.name, site.depth, site.delay, site.concurrency, site.turns) == ("园区", 2, 0.5, 2, 3)
    assert (site.refresh, site.every, site.max_pages, site.max_minutes) == ("all", "0 6 * * 1-5", 100, 2.5)
    assert site.all_hosts == ("news.example.com", "m.example.com:8080")
    assert site.selectors is not None
    assert site.selectors.title is not None
    assert "contains" in site.selectors.title  # CSS becomes XPath
    assert site.selectors.body == "//div[@id='text']"
    assert paper == SiteSettings(name="paper", start=("https://paper.example.org/",))
    assert configuration.notify == NotifySettings(webhook="https://hooks.example.com/1")


def test_an_empty_file_and_a_byte_order_mark_are_no_error(file: Path) -> None:
    assert read(file, "") == Configuration()
    assert read(file, "\ufeff" + WHOLE).sites == read(file, WHOLE).sites


SITE = '[[site]]\nname = "a"\nstart = ["https://a.example/"]\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SITE + "dept = 2", 4, "[[site]] dept: there is no such key"),
        (SITE + "selector = 2", 4, "bad_certificates, selectors"),
        (SITE + 'depth = "two"', 4, "[[site]] depth: is to be a whole number from 0 to 20, not 'two'"),
        (SITE + "depth = true", 4, "[[site]] depth"),
        (SITE + "depth = -1", 4, "[[site]] depth"),
        (SITE + "delay = nan", 4, "[[site]] delay"),
        (SITE + "\n# none\nconcurrency = 0", 6, "[[site]] concurrency"),
        (SITE + 'every = "often"', 4, "[[site]] every"),
        (SITE + 'refresh = "daily"', 4, "[[site]] refresh"),
        (SITE + 'hosts = ["http://b.example/"]', 4, "[[site]] hosts"),
        (SITE + 'hosts = "b.example"', 4, "[[site]] hosts"),
        (SITE + '[site.selectors]\ntitle = "h1["', 5, "[site.selectors] title"),
        (SITE + '[site.selectors]\nbody = "//div["', 5, "[site.selectors] body"),
        (SITE + '[site.selectors]\nheading = "h1"', 5, "[site.selectors] heading"),
        (SITE + SITE, 5, "[[site]] name: another site is called 'a' already"),
        (SITE + '[[site]]\nname = "b"\n', 4, "[[site]] start: is missing"),
        (SITE + '[[site]]\nname = "b"\nstart = []', 6, "[[site]] start: is to hold at least one address"),
        (SITE + '[[site]]\nname = "b"\nstart = ["b.example"]', 6, "'b.example' is no web address"),
        (SITE + '[[site]]\nname = ""\nstart = ["http://b.example"]', 5, "[[site]] name"),
        ('[site]\nname = "a"', 1, "[[site]]: is to be written [[site]]"),
        ('[crawler]\ncontact = "me"', 2, "[crawler] contact"),
        ('[crawler]\ncontact = "a@b.example\\r\\nCookie: 1"', 2, "[crawler] contact"),
        ("[crawler]\n\nmax_body = 10485760", 3, "[crawler] max_body"),
        ("crawler = 3", 1, "[crawler]: is to be a table"),
        ("notify = 3", 1, "[notify]: is to be a table"),
        ('[notify]\nwebhook_secret = "env:A"', 2, '[notify] webhook_secret: is for format = "dingtalk" or "feishu"'),
        ('[notify]\nwebhook_secret = "env:A"\nformat = "wecom"', 2, "[notify] webhook_secret: is for"),
        ("\n[sites]\n", 2, "sites: there is no such key"),
        (SITE + "depth = 1\ndepth = 2\ndelay = 1\n", 5, "depth: is there twice"),
        (SITE + "depth = 1\ndepth = 2", 5, "depth: is there twice"),
        (SITE + "depth = two\n", 4, "depth: Invalid value"),
    ],
)
def test_an_error_names_file_line_and_key_in_one_line(file: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read(file, text)
    assert str(error.value).startswith(f"{file}, line {line}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"[[site]\n", b"a = \xb0\xa1", b"a = " + b"[" * 100_000])
def test_what_is_no_toml_is_one_line_too(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"jianbao\.toml(, line 1)?: ") as error:
        read_configuration(file)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no .*jianbao\.toml: `jianbao init`"):
        read_configuration(file)

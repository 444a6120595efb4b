"""`jianbao crawl`: what it prints, and with which status it ends."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from jianbao.commands.crawl import web_address


def summary(stdout: str) -> dict[str, int]:
    """The table at the end, as name -> pages."""
    rows = (line.rsplit(maxsplit=1) for line in stdout.splitlines() if line.strip())
    return {name.strip(): int(pages) for name, pages in rows}


def test_a_crawl_prints_a_table_that_adds_up_and_ends_with_0(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", "/missing", "http://127.0.0.2/x"), "/b": web.article(2)}
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    assert crawl.exit_status == 0
    assert crawl.stderr == ""
    table = summary(crawl.stdout)
    assert table.pop("found") == sum(table.values()) == 4
    assert {name: pages for name, pages in table.items() if pages} == {"archived": 2, "gone": 1, "refused": 1}


def test_a_second_crawl_counts_the_same_articles_as_unchanged(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, etag='"1"')}
    crawler.jianbao("crawl", f"{site.url}/a")
    again = crawler.jianbao("crawl", f"{site.url}/a")
    assert again.exit_status == 0
    assert summary(again.stdout)["unchanged"] == 1
    assert summary(again.stdout)["archived"] == 0


def test_a_crawl_whose_start_is_not_archived_fails_and_says_why(site: Any, web: Any, crawler: Any) -> None:
    crawl = crawler.jianbao("crawl", f"{site.url}/missing")
    assert crawl.exit_status == 1
    assert crawl.stderr == f"Error: not archived: {site.url}/missing (gone: http 404)\n"


def test_a_start_that_refuses_connections_fails_in_one_line(new_site: Any, crawler: Any) -> None:
    site = new_site()
    site.close()
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    assert crawl.exit_status == 1
    assert crawl.stderr == f"Error: not archived: {site.url}/a (failed: connection-refused)\n"


def test_errors_go_to_a_log_file_and_not_to_the_terminal(new_site: Any, crawler: Any) -> None:
    site = new_site()
    site.close()
    crawl = crawler.jianbao("crawl", f"{site.url}/a")
    assert "Traceback" not in crawl.stderr
    assert site.url in (crawl.data / "logs" / "crawl.log").read_text()


def test_without_a_url_the_usage_is_shown(crawler: Any) -> None:
    crawl = crawler.jianbao("crawl")
    assert crawl.exit_status == 2
    assert "URL" in crawl.stderr


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("HTTP://example.com/a", "HTTP://example.com/a"),
        ("example.com/a?b=1", "https://example.com/a?b=1"),
        ("example.com:8080/a", "https://example.com:8080/a"),
        ("localhost:8000", "https://localhost:8000"),
        ("园区.中国/新闻", "https://园区.中国/新闻"),
    ],
)
def test_an_address_without_a_scheme_is_taken_as_https(typed: str, url: str) -> None:
    assert web_address(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["", "nonsense", "two words.com", "ftp://example.com/", "http://", "http://:80/", "http://a:b/", "http://[::1",
     "https://user@example.com/", "/etc/passwd", "javascript:alert(1)", "--"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused_as_such(typed: str) -> None:
    with pytest.raises(click.ClickException) as refused:
        web_address(typed)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("http://a.example:25/1.html", "port: 25"),
        ("http://a.example@b.example/1.html", "credentials-in-url"),
    ],
)
def test_an_address_that_no_crawl_asks_for_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(click.ClickException, match=re.escape(f"({why}): {typed}")):
        web_address(typed)


def test_what_was_never_taken_up_is_left_for_the_next_run(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", "/c", "/d"), "/b": web.article(2), "/c": web.article(3)}
    start = f"{site.url}/a"
    crawl = crawler.jianbao("crawl", start, "--max-pages", "2")
    rows = dict(line.strip().rsplit(maxsplit=1) for line in crawl.stdout.splitlines()[:11])
    assert (rows["found"], rows["archived"], rows["left for next run"]) == ("4", "2", "2")
    rest = crawler.jianbao("crawl", start, "--refresh", "new")
    rows = dict(line.strip().rsplit(maxsplit=1) for line in rest.stdout.splitlines()[:11])
    assert (rows["found"], rows["failed"], rows["gone"], rows["left for next run"]) == ("3", "0", "1", "0")


def test_a_crawl_that_came_to_its_most_pages_says_so(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/a": web.article(1, "/b", "/c"), "/b": web.article(2), "/c": web.article(3)}
    crawl = crawler.jianbao("crawl", f"{site.url}/a", "--max-pages", "2")
    assert (crawl.exit_status, crawl.stderr) == (0, "")
    assert crawl.stdout.endswith("the most pages of one run were asked for; the same command goes on from here\n")
    assert crawl.rows("select count(*) from site_runs") == [(0,)]  # it was to be shorter than it is as a rule

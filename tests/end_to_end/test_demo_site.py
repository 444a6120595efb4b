"""Crawl, clean, archive, export: the whole archive against the sample site's known truth."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from archive import open_archive, search
from jianbao.cli import main
from tests.end_to_end.conftest import Crawled

FIELDS = ("url", "title", "summary", "published", "posted_by", "source", "reporter", "category")
DIGITS = re.compile(r"\D+")


def differences(expected: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    return {name: (value, got[name]) for name, value in expected.items() if got[name] != value}


def test_every_article_is_archived_as_the_site_wrote_it(crawled: Crawled) -> None:
    rows = {row["url"]: row for row in crawled.rows("SELECT * FROM articles")}
    truth = {article.url: article for article in crawled.site.truth}
    assert set(rows) == set(truth)
    wrong = {}
    for url, article in truth.items():
        expected = {name: getattr(article, name) for name in FIELDS} | {"body": "\n".join(article.body)}
        shown = crawled.site.last_shown(article.path, article.site)
        assert shown is not None
        expected |= {"views": shown.views, "published_raw": shown.published_raw}
        if wrong_here := differences(expected, rows[url]):
            wrong[url] = wrong_here
    assert wrong == {}


def test_related_articles_are_in_order_with_title_excerpt_and_target(crawled: Crawled) -> None:
    links = crawled.rows(
        "SELECT a.url AS of, l.position, l.url, l.title, l.snippet, t.url AS leads_to FROM links l"
        " JOIN articles a ON a.id = l.from_id LEFT JOIN articles t ON t.id = l.to_id ORDER BY l.from_id, l.position"
    )
    got: dict[str, list[tuple[object, ...]]] = {}
    for link in links:
        got.setdefault(link["of"], []).append((link["url"], link["title"], link["snippet"], link["leads_to"]))
    expected = {
        article.url: [(link.url, link.title, link.snippet, link.leads_to) for link in article.related]
        for article in crawled.site.truth
    }
    assert {url: links for url, links in got.items() if links != expected[url]} == {}
    assert set(got) == set(expected)


def test_what_is_forbidden_or_missing_is_counted_with_its_reason(crawled: Crawled) -> None:
    pages = {row["url"]: row for row in crawled.rows("SELECT * FROM pages WHERE state != 'fetched'")}
    assert {(url, page["state"]) for url, page in pages.items()} == {
        *((url, "refused") for url in crawled.site.forbidden),
        *((url, "gone") for url in crawled.site.missing),
    }
    assert all(page["reason"] for page in pages.values())
    assert not [request.path for request in crawled.site.requests if "/private" in request.path]


def test_no_contact_line_is_anywhere_but_masked(crawled: Crawled) -> None:
    """Neither a line of it in what people read, nor a number of it in any byte of the archive."""
    shown = crawled.rows("SELECT title, summary, body FROM articles")
    shown += crawled.rows("SELECT title, snippet FROM links")
    texts = "\n".join(str(value) for row in shown for value in row.values())
    numbers = set()
    for article in crawled.site.truth:
        for line in (*article.contacts, *article.chrome):
            assert line not in texts
            numbers |= {number for number in re.findall(r"\d[\d -]{9,}\d", line) if len(DIGITS.sub("", number)) >= 10}
    assert len(numbers) >= 4
    for file in crawled.data.glob("archive.db*"):
        content = file.read_bytes()
        for number in numbers:
            assert number.encode() not in content
            assert DIGITS.sub("", number).encode() not in content


def test_the_csv_is_the_table(crawled: Crawled, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    ran = CliRunner().invoke(main, ["--data", str(crawled.data), "export", str(file)])
    assert ran.exit_code == 0, ran.output
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        exported = {row["url"]: row for row in csv.DictReader(opened)}
    rows = {row["url"]: row for row in crawled.rows("SELECT * FROM articles")}
    assert set(exported) == set(rows)
    for url, row in rows.items():
        assert exported[url]["title"] == row["title"]
        assert exported[url]["body"] == row["body"]


def test_search_finds_what_a_full_scan_finds(crawled: Crawled) -> None:
    db = open_archive(crawled.data)
    try:
        for words in ("洛阳", "园", "产业园", "12345", "厂房"):
            scanned = crawled.rows("SELECT url FROM articles WHERE instr(title || char(10) || body, ?)", words)
            found = {hit.url for hit in search(db, words, limit=1000)}
            assert found == {row["url"] for row in scanned}, words
            assert found
    finally:
        db.close()


def test_a_second_crawl_changes_only_what_time_changes(crawled: Crawled) -> None:
    stable = ["SELECT id, url, title, body, version, last_changed, first_seen FROM articles", "SELECT * FROM versions"]
    stable += ["SELECT * FROM links", "SELECT * FROM removals"]
    before = [crawled.rows(sql) for sql in stable]
    crawled.crawl()
    assert [crawled.rows(sql) for sql in stable] == before
    last = crawled.rows("SELECT * FROM crawls ORDER BY id DESC LIMIT 1")[0]
    assert (last["new"], last["changed"]) == (0, 0)
    assert last["unchanged"] >= len(crawled.site.truth)


def test_an_edited_article_gets_one_version(crawled: Crawled) -> None:
    article = crawled.site.truth[3]
    body = [
        "改过的第一段，说的是园区里新来的一家企业和它的三条生产线。",
        "改过的第二段，说的是它招了多少人，都从哪里来。",
    ]
    crawled.site.edit(article.path, body=body, site=article.site)
    versions = crawled.rows("SELECT count(*) AS n FROM versions")[0]["n"]
    crawled.crawl()
    assert crawled.rows("SELECT count(*) AS n FROM versions")[0]["n"] == versions + 1
    row = crawled.rows("SELECT * FROM articles WHERE url = ?", article.url)[0]
    assert row["version"] == 2
    assert row["body"].split("\n")[:2] == body

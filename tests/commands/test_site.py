"""`jianbao site` shows what was learned of a site without a contact detail, pins it, throws it away."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.learning.crawls import SITE, Crawls, in_this_process
from tests.learning.themes import SPAM, cards, site

PAGES = 20
HOTLINE = "选址专线 130-0000-1234 随时可问"


@pytest.fixture
def learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    in_this_process(monkeypatch)
    crawls = Crawls(tmp_path / "learned")
    pages = site(cards, PAGES)
    crawls.crawl([page.with_line_below(HOTLINE) for page in pages])
    crawls.close()
    return crawls.data


def test_it_shows_places_counts_and_lines_with_contacts_masked(run: Any, learned: Path) -> None:
    shown = run("site", SITE, "--data", learned).stdout
    assert "template 1, from 20 pages fetched since 2025-03-02T08:00:00+00:00" in shown
    assert f"pages read   {PAGES:,};" in shown
    assert "text         body > div.wrap > div.card" in shown
    assert "title        body > div.wrap > div.card > h1.t: " in shown
    assert f"repeats      20 pages, below, chrome, repeats-on-site: {SPAM[0]}" in shown
    assert "选址专线 130****1234 随时可问" in shown
    assert "read step by step: 0" in shown


def test_as_json_it_has_the_record_with_examples(run: Any, learned: Path) -> None:
    facts = json.loads(run("site", SITE, "--json", "--data", learned).stdout)
    (template,) = facts["templates"]
    assert {repeat["example"] for repeat in template["repeats"]} >= set(SPAM)
    assert sum(entry["pages"] for entry in facts["readings"]) == PAGES
    assert len(template["pages"]) == PAGES


def test_no_line_of_a_page_is_in_the_record(learned: Path) -> None:
    ((record,),) = sqlite3.connect(learned / "archive.db").execute("SELECT record FROM learned")
    assert not any(words in record for words in (*SPAM, "专线", "1234"))


def test_pin_and_unpin(run: Any, learned: Path) -> None:
    assert ", pinned" in run("site", SITE, "--pin", "--data", learned).stdout
    assert ", pinned" not in run("site", SITE, "--unpin", "--data", learned).stdout


def test_forgotten_it_is_gone(run: Any, learned: Path) -> None:
    assert run("site", SITE, "--forget", "--data", learned).exit_code == 0
    for arguments in ((), ("--forget",), ("--pin",)):
        again = run("site", SITE, *arguments, "--data", learned)
        assert again.exit_code == 1
        assert again.stderr.startswith(f"Error: nothing was learned of {SITE}")


def test_of_another_site_it_says_which_are_known(run: Any, learned: Path) -> None:
    assert run("site", "other.example", "--data", learned).stderr == (
        f"Error: nothing was learned of other.example; something was of {SITE}\n"
    )

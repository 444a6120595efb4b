"""The table of labels and the descriptions cover what there is, and hold nothing that is not used."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from datasette.app import Datasette
from datasette.filters import Filters
from parsel import Selector
from sqlite_utils import Database

from archive.health import findings, silence, starts, theme
from archive.health.checks import CHECKS, _Check
from crawler.outcomes import _REASONS
from jianbao.assets import datasette_folder
from tests.archive.table_docs import TABLES as SERVED
from tests.datasette.conftest import Get

FOLDER = datasette_folder()
LABELS = yaml.safe_load((FOLDER / "labels.yaml").read_text(encoding="utf-8"))
METADATA = yaml.safe_load((FOLDER / "metadata.yaml").read_text(encoding="utf-8"))
TABLES = METADATA["databases"]["archive"]["tables"]


def test_every_text_is_used_by_a_template_or_plugin() -> None:
    sources = [*FOLDER.glob("templates/*.html"), *FOLDER.glob("plugins/*.py")]
    used = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    composed = ("by_", "error_")  # put together from a column, from a status
    unused = [
        key for key in LABELS["text"] if not re.search(f"""["']{key}["']""", used) and not key.startswith(composed)
    ]
    assert not unused


def test_templates_hold_no_chinese_of_their_own() -> None:
    for file in FOLDER.glob("templates/*.html"):
        assert not re.search("[\u4e00-\u9fff]", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("table", SERVED)
def test_every_column_has_a_label_and_a_description(db: Database, table: str) -> None:
    columns = {row["name"] for row in db.query(f"pragma table_xinfo({table})")}
    assert table in LABELS["tables"]
    assert columns <= set(LABELS["columns"])
    for language in ("", "_zh"):
        assert columns - {"id"} == set(TABLES[table]["columns" + language]) - {"id"}
        assert TABLES[table]["description" + language]


def test_what_the_crawler_says_of_pages_and_sites_has_words_in_both_languages() -> None:
    values = LABELS["values"]
    checks = findings.RUN_CHECKS | silence.CHECKS | {starts.CHECK, theme.CHECK, "died"}
    assert checks == set(values["check"]) == set(LABELS["findings"])
    assert {reason for _, reason in _REASONS} <= set(values["reason"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_finding_names_the_same_figures_in_both_languages(check: _Check) -> None:
    sentence = LABELS["findings"][check.name]["sentence"]
    assert ("{figure:.0%}" in sentence) == check.percent
    assert ("{low:" in sentence, "{high:" in sentence) == (check.worse == "less", check.worse == "more")


def test_every_way_to_narrow_a_list_has_words_in_both_languages() -> None:
    assert {key for key, *_ in Filters([]).lookups()} == set(LABELS["values"]["operator"])


def entries(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from entries(value, f"{path}{key}.")
        else:
            yield path + key, value


@pytest.mark.parametrize(
    ("key", "texts"), list(entries({k: LABELS[k] for k in ("text", "tables", "columns", "values")}))
)
def test_every_label_says_the_same_in_both_languages(key: str, texts: list[str]) -> None:
    chinese, english = texts
    assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english))
    if key != "text.other_language":
        assert not re.search("[\u4e00-\u9fff，。：（）]", english)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("*", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5, zh;q=0.9", "zh-CN"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr, zh;q=0.1, en;q=0", "zh-CN"),
        ("en;q=a, zh", "zh-CN"),
    ],
)
def test_the_page_is_in_the_language_that_the_browser_asks_for(site: Datasette, accepted: str, language: str) -> None:
    page = asyncio.run(site.client.get("/", headers={"accept-language": accepted}))
    assert f'<html lang="{language}">' in page.text
    assert ("最新文章" in page.text) == (language == "zh-CN")
    assert "accept-language" in page.headers["vary"]


def test_the_switch_outweighs_the_browser_and_goes_back_to_the_page(site: Datasette) -> None:
    page = asyncio.run(site.client.get("/archive/removals?kind=contact"))
    address = Selector(page.text).css("a.language::attr(href)").get()
    switched = asyncio.run(site.client.get(str(address)))
    assert (switched.status_code, switched.headers["location"]) == (302, "/archive/removals?kind=contact")
    cookie = switched.headers["set-cookie"].partition(";")[0]
    headers = {"cookie": cookie, "accept-language": "zh-CN"}
    english = Selector(asyncio.run(site.client.get("/archive/removals?kind=contact", headers=headers)).text)
    assert english.css("html::attr(lang)").get() == "en"
    assert english.css("th[title='Name of the cleaning rule that took it out']")
    assert english.css("h1::text").get() == "Removals"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/%5Cevil.example", "/%0d%0aX:%20y"])
def test_the_switch_leads_nowhere_else(site: Datasette, elsewhere: str) -> None:
    answer = asyncio.run(site.client.get(f"/-/language/en?to={elsewhere}"))
    assert answer.status_code == 404 or answer.headers["location"] == "/"
    assert "x" not in answer.headers


def test_conditions_on_a_list_are_named_in_the_readers_language(get: Get) -> None:
    listing = Selector(get("/archive/articles?title__contains=牡丹&category__notnull=1&_sort=id").text)
    assert listing.css("select[name=_filter_op] option[value=startswith]::text").get() == "开头是"
    chips = [" ".join(chip.css("::text").get().split()) for chip in listing.css(".chips a")]
    assert set(chips) == {"标题 包含 牡丹 ✕", "分类 有值 ✕"}


def test_an_error_page_speaks_the_readers_language(site: Datasette) -> None:
    answer = asyncio.run(site.client.get("/nowhere", headers={"accept-language": "en"}))
    assert Selector(answer.text).css("h1::text").get() == "No such page"


def test_the_home_page_calls_findings_what_their_page_is_called() -> None:
    for name, line in zip(LABELS["tables"]["findings"], LABELS["text"]["findings"], strict=True):
        assert name.lower() in line


def test_no_count_stands_before_an_english_plural() -> None:
    """One of them would be `1 rows`."""
    texts = [LABELS["text"][key][1] for key in ("crawl_counts", "rows", "results")]
    assert not [text for text in texts if re.search(r"\} [a-z]", text)]

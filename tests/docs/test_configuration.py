"""docs/configuration.md has every key with its default, and the example in it is one."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from archive.records import Selectors
from crawler.configuration import CrawlerSettings, NotifySettings, SiteSettings, read_configuration
from jianbao.commands.init import example
from tests.docs.pages import ROOT

DOC = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """Key -> cells of the table below a heading."""
    section = re.split(r"^##+ ", DOC.partition(f" `{heading}`\n")[2], flags=re.M)[0]
    return {
        row[1]: [cell.strip() for cell in row[2].split("|")]
        for row in re.finditer(r"^\| `(\w+)` \|(.*)\|$", section, re.M)
    }


@pytest.mark.parametrize(
    ("heading", "settings"),
    [
        ("[[site]]", SiteSettings),
        ("[site.selectors]", Selectors),
        ("[crawler]", CrawlerSettings),
        ("[notify]", NotifySettings),
    ],
)
def test_every_key_is_documented_with_its_default(heading: str, settings: Any) -> None:
    documented = rows(heading)
    assert set(documented) == {field.name for field in fields(settings)}
    for field in fields(settings):
        if field.default not in (MISSING, None, ()):
            default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
            assert documented[field.name][-1] == default, field.name


def test_the_example_in_the_docs_is_read(tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", DOC, re.S)
    assert block is not None
    (tmp_path / "jianbao.toml").write_text(block[1], "utf-8")
    assert [site.name for site in read_configuration(tmp_path / "jianbao.toml").sites] == ["园区", "paper"]


TABLES = {"site": SiteSettings, "site.selectors": Selectors, "crawler": CrawlerSettings, "notify": NotifySettings}


def test_the_file_that_init_writes_names_every_key() -> None:
    text = example("https://news.example.com/")
    shown = {
        (table, key)
        for table, keys in re.findall(r"^(?:# )?\[+([\w.]+)\]+$(.*?)(?=^(?:# )?\[|\Z)", text, re.M | re.S)
        for key in re.findall(r"^(?:# )?(\w+) = ", keys, re.M)
    }
    known = {(table, field.name) for table, settings in TABLES.items() for field in fields(settings)}
    assert shown == known - {("site", "selectors")}

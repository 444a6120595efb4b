"""The table of labels and the descriptions cover what there is, and hold nothing that is not used."""

from __future__ import annotations

import re

import pytest
import yaml
from sqlite_utils import Database

from jianbao.assets import datasette_folder

FOLDER = datasette_folder()
LABELS = yaml.safe_load((FOLDER / "labels.yaml").read_text(encoding="utf-8"))
METADATA = yaml.safe_load((FOLDER / "metadata.yaml").read_text(encoding="utf-8"))
TABLES = METADATA["databases"]["archive"]["tables"]
SERVED = ("articles", "versions", "history", "links", "removals", "pages", "crawls")


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
    assert columns - {"id"} == set(TABLES[table]["columns"]) - {"id"}
    assert TABLES[table]["description"]

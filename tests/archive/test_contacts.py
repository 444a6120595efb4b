"""Equal contact details are linked, and which they are is not stored."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from archive import open_archive, save_article, start_crawl
from archive.contacts import KEY_NAME
from archive.masking import Contact, separate_contacts
from archive.records import Removal
from jianbao.assets import datasette_folder
from tests.archive.samples import article, page, removal

NUMBER = "微信/手机:13000001234"


def save(db: Database, number: int, *removals: Removal, crawl: int, site: str = "a.example") -> None:
    save_article(db, article(number, removals=removals), page(number, site=site), crawl_id=crawl, follow=False)


def contacts(db: Database) -> list[tuple[Any, ...]]:
    return db.execute(
        "SELECT article_id, contacts.kind, hmac FROM contacts JOIN removals ON removals.id = removal_id"
    ).fetchall()


def test_equal_numbers_have_equal_hashes_however_they_are_written(db: Database, crawl: int) -> None:
    save(db, 1, removal(NUMBER), crawl=crawl)
    save(db, 2, removal("请拨打 130 0000 1234"), removal("130 0000 5678"), crawl=crawl)
    (_, kind, one), (_, _, same), (_, _, other) = contacts(db)
    assert kind == "number"
    assert one == same != other
    assert len(one) == 64


def test_an_area_code_of_three_digits_and_a_row_of_thousands_are_read_alike() -> None:
    hotline = Contact("number", "01000000000")
    assert separate_contacts("010-00000000，24小时")[1] == separate_contacts("010 00000000")[1] == (hotline,)
    assert separate_contacts("010-00000000 " * 3_000 + "12")[1] == (hotline,)


@pytest.mark.parametrize(
    "text", ["13000001234，24小时在线", "13000001234 8:00-20:00", "13000001234，13000005678", "13000001234 转 801"]
)
def test_digits_behind_a_number_are_no_part_of_it(db: Database, crawl: int, text: str) -> None:
    save(db, 1, removal("13000001234"), removal(text), crawl=crawl)
    (_, _, alone), (_, _, first), *_ = contacts(db)
    assert first == alone


def test_reading_again_changes_no_row(db: Database, crawl: int) -> None:
    save(db, 1, removal(NUMBER), crawl=crawl)
    before = [list(db.table(table).rows) for table in ("removals", "contacts")]
    save(db, 1, removal(NUMBER), crawl=crawl)
    assert [list(db.table(table).rows) for table in ("removals", "contacts")] == before


def test_another_number_under_the_same_mask_is_another_contact(db: Database, crawl: int) -> None:
    save(db, 1, removal("13000001234"), crawl=crawl)
    before = contacts(db)
    save(db, 1, removal("13011111234"), crawl=crawl)
    assert [row["text"] for row in db.table("removals").rows] == ["130****1234"]
    assert len(contacts(db)) == 1
    assert contacts(db) != before


def test_another_archive_has_other_hashes(db: Database, crawl: int, tmp_path: Path) -> None:
    other = open_archive(tmp_path / "other")
    save(db, 1, removal(NUMBER), crawl=crawl)
    save(other, 1, removal(NUMBER), crawl=start_crawl(other))
    assert contacts(db)[0][2] != contacts(other)[0][2]
    other.close()


def test_the_key_is_its_owners_and_stays_the_same(db: Database, data: Path) -> None:
    key = data / KEY_NAME
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    content = key.read_bytes()
    assert len(content) == 32
    open_archive(data).close()
    assert key.read_bytes() == content


def test_the_query_counts_sites_that_carry_the_same_number(db: Database, crawl: int) -> None:
    metadata = yaml.safe_load((datasette_folder() / "metadata.yaml").read_text(encoding="utf-8"))
    for number, site in enumerate(("a.example", "a.example", "b.example", "c.example"), 1):
        save(db, number, removal(NUMBER), crawl=crawl, site=site)
    save(db, 5, removal("400-000-1234"), crawl=crawl)
    rows = db.execute(metadata["databases"]["archive"]["queries"]["shared_contacts"]["sql"]).fetchall()
    assert [row[1:] for row in rows] == [("number", "微信/手机:130****1234", 3, 4)]


@pytest.mark.parametrize("lost", [True, False])
def test_a_key_that_is_lost_or_open_to_others_is_mended(db: Database, data: Path, lost: bool) -> None:
    key = data / KEY_NAME
    key.unlink() if lost else key.chmod(0o644)
    open_archive(data).close()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

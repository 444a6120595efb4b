"""Several data folders made one: nothing is lost, and neither order nor repetition makes a difference."""

from __future__ import annotations

import itertools
import random
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import (
    add_start,
    open_archive,
    read_archive,
    read_history,
    record_outcome,
    save_article,
    search,
    start_crawl,
)
from archive.contacts import fingerprint
from archive.erasing import erase_forgotten
from archive.evidence import evidence_files
from archive.forgetting import find_by_url
from archive.masking import Contact
from archive.merging import CannotMerge, Merged, merge_folder
from archive.tombstones import bury
from archive.verification import verify_archive
from tests.archive.kills import kills_until_done
from tests.archive.library import fill, written
from tests.archive.samples import SITE, WHEN, article, page, removal, url
from tests.archive.traces import traces

EDITED = "第2号仓库的大门又关上了。\n第2号钥匙还在老人手里。"


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three folders that know some of the same pages, from different days."""
    a, b, c = (tmp_path / name for name in "abc")
    fill(a, map(written, (1, 2)), day=0)
    fill(b, [written(2, body=EDITED, removals=(removal("扫码加群 13000001111", position=1),)), written(3)], day=2)
    fill(b, [written(2)], day=3)
    fill(c, [written(2, title="换了标题", views=99), written(4)], day=1)
    fill(c, [written(1)], day=5)
    with closing(open_archive(c)) as db:
        crawl = start_crawl(db)
        add_start(db, url(3), site=SITE, crawl_id=crawl)
        record_outcome(db, url(8), state="gone", reason="http 404", status=404, crawl_id=crawl)
    return [a, b, c]


def merge(data: Path, *folders: Path) -> list[Merged]:
    with closing(open_archive(data)) as db:
        return [merge_folder(db, data, folder) for folder in folders]


def contents(data: Path) -> dict[str, list[Any]]:
    """What a folder holds, with what ids stand for in place of ids."""
    queries = {
        "articles": "SELECT url, site, title, body, views, first_seen, last_seen, last_changed, version, state FROM articles",
        "versions": """SELECT articles.url, number, seen_at, versions.title, versions.body, versions.sha256, record_sha256
            FROM versions JOIN articles ON articles.id = article_id LEFT JOIN captures ON captures.id = capture_id""",
        "history": """SELECT url, history.version, seen_at, cause FROM history
            JOIN articles ON articles.id = article_id""",
        "links": """SELECT a.url, position, links.url, links.title, snippet, b.url FROM links
            JOIN articles AS a ON a.id = from_id LEFT JOIN articles AS b ON b.id = to_id""",
        "removals": """SELECT url, removals.version, position, rule, kind, text, chars FROM removals
            JOIN articles ON articles.id = article_id""",
        "contacts": """SELECT url, removals.version, position, contacts.kind, hmac FROM contacts
            JOIN removals ON removals.id = removal_id JOIN articles ON articles.id = article_id""",
        "pages": """SELECT pages.url, pages.site, pages.state, pages.reason, pages.depth, pages.status, pages.etag, pages.fetched_at,
            pages.tries, pages.start,
            articles.url, record_sha256, owners.url FROM pages LEFT JOIN articles ON articles.id = pages.article_id
            LEFT JOIN captures ON captures.id = pages.capture_id LEFT JOIN pages AS owners ON owners.id = pages.belongs_to""",
        "captures": "SELECT url, fetched_at, status, sha256, file, length, record_sha256 FROM captures",
        "tombstones": "SELECT url_sha256 FROM tombstones",
    }
    with closing(read_archive(data)) as db:
        return {name: sorted(db.execute(sql).fetchall(), key=str) for name, sql in queries.items()}


def problems(data: Path) -> list[str]:
    with closing(open_archive(data)) as db:
        return [str(problem) for problem in verify_archive(db, data)]


def test_every_order_gives_the_same(folders: list[Path], tmp_path: Path) -> None:
    results = []
    for number, order in enumerate(itertools.permutations(folders)):
        merge(tmp_path / f"merged {number}", *order)
        assert problems(tmp_path / f"merged {number}") == []
        results.append(contents(tmp_path / f"merged {number}"))
    assert all(result == results[0] for result in results)


def test_however_folders_are_grouped_it_gives_the_same(folders: list[Path], tmp_path: Path) -> None:
    a, b, c = folders
    merge(tmp_path / "one by one", a, b, c)
    merge(tmp_path / "b and c", b, c)
    merge(a, tmp_path / "b and c")
    assert contents(a) == contents(tmp_path / "one by one")


def test_a_block_that_two_took_out_has_the_hashes_of_both(folders: list[Path], tmp_path: Path) -> None:
    merge(tmp_path / "merged", *folders)
    with closing(open_archive(tmp_path / "merged")) as db:
        hashes = db.execute("SELECT hmac FROM contacts JOIN removals ON removals.id = removal_id WHERE article_id = 1")
        of_one, of_other = (fingerprint_in(folder) for folder in (folders[0], folders[2]))
        assert of_one != of_other
        assert {hmac for (hmac,) in hashes} == {of_one, of_other}


def fingerprint_in(data: Path) -> str:
    with closing(open_archive(data)) as db:
        return fingerprint(db, Contact("number", "13000007946"))


def test_a_second_time_changes_nothing(folders: list[Path], tmp_path: Path) -> None:
    merged = tmp_path / "merged"
    first = merge(merged, *folders)
    assert [(one.new, one.changed, one.unchanged, one.captures) for one in first] == [
        (2, 0, 0, 2),
        (1, 1, 0, 3),
        (1, 2, 0, 3),
    ]
    with closing(open_archive(merged)) as db:
        before = list(db.conn.iterdump())
    again = merge(merged, *folders, *reversed(folders))
    assert {(one.new, one.changed, one.captures) for one in again} == {(0, 0, 0)}
    with closing(open_archive(merged)) as db:
        assert list(db.conn.iterdump()) == before


def test_a_copy_of_a_folder_brings_nothing(folders: list[Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "copy")
    [merged] = merge(folders[1], tmp_path / "copy")
    assert (merged.new, merged.changed, merged.unchanged, merged.captures) == (0, 0, 2, 0)


def test_versions_are_in_order_of_time_and_the_last_text_is_the_present_one(
    folders: list[Path], tmp_path: Path
) -> None:
    merge(tmp_path / "merged", *folders)
    with closing(open_archive(tmp_path / "merged")) as db:
        history = read_history(db, url(2))
        assert history
        assert [(moment.version, moment.seen_at[:10]) for moment in history.moments] == [
            (1, "2025-03-01"),
            (2, "2025-03-02"),
            (3, "2025-03-03"),
            (1, "2025-03-04"),
        ]
        assert (history.version, history.versions[2].title, history.versions[3].body) == (1, "换了标题", EDITED)
        row = db.execute("SELECT first_seen, last_seen, last_changed FROM articles WHERE url = ?", (url(2),)).fetchone()
        assert [moment[:10] for moment in row] == ["2025-03-01", "2025-03-04", "2025-03-04"]
        assert {hit.url for hit in search(db, "仓库")} == {url(number) for number in (1, 2, 3, 4)}
        assert [row["text"] for row in db.table("removals").rows_where("version = 3")] == ["扫码加群 130****1111"]


def test_evidence_comes_with_it_byte_for_byte(folders: list[Path], tmp_path: Path) -> None:
    merge(tmp_path / "merged", *folders)
    ours = {file.name: file.read_bytes() for file in evidence_files(tmp_path / "merged")}
    assert ours == {file.name: file.read_bytes() for folder in folders for file in evidence_files(folder)}


def test_a_page_that_one_knows_and_the_other_has_pending_is_not_asked_for_again(
    folders: list[Path], tmp_path: Path
) -> None:
    fill(tmp_path / "d", [written(3)], day=2)
    merge(folders[2], tmp_path / "d")
    with closing(open_archive(folders[2])) as db:
        pages = dict(db.execute("SELECT url, state FROM pages").fetchall())
        assert (pages[url(3)], pages[url(8)], pages[url(5)]) == ("fetched", "gone", "pending")
        assert db.execute("SELECT start FROM pages WHERE url = ?", (url(3),)).fetchone() == (1,)


@pytest.mark.parametrize("day", [0, 3])
def test_a_page_that_is_a_part_in_one_folder_and_an_article_in_another_is_what_it_was_last(
    tmp_path: Path, day: int
) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    archive_two_pages(a, day=0, as_part=True)
    archive_two_pages(b, day=day, as_part=False)
    shutil.copytree(a, tmp_path / "a and b")
    shutil.copytree(b, tmp_path / "b and a")
    merge(tmp_path / "a and b", b)
    merge(tmp_path / "b and a", a)
    assert contents(tmp_path / "a and b") == contents(tmp_path / "b and a")
    if day:
        assert contents(tmp_path / "a and b")["pages"] == contents(b)["pages"]


def archive_two_pages(data: Path, *, day: int, as_part: bool) -> None:
    """A folder in which the second page is a part of the first, or an article of its own."""
    first, second = (page(number, fetched_at=WHEN + timedelta(days=day)) for number in (1, 2))
    with closing(open_archive(data)) as db:
        crawl = start_crawl(db)
        parts = [(second, None)] if as_part else []
        save_article(db, article(1), first, crawl_id=crawl, follow=False, parts=parts)
        if not as_part:
            save_article(db, article(2), second, crawl_id=crawl, follow=False)


def test_a_link_leads_to_an_article_that_another_folder_brought(folders: list[Path]) -> None:
    merge(folders[0], folders[1])
    with closing(open_archive(folders[0])) as db:
        linked = "SELECT b.url FROM links JOIN articles AS a ON a.id = from_id JOIN articles AS b ON b.id = to_id"
        assert db.execute(f"{linked} WHERE a.url = ?", (url(2),)).fetchall() == [(url(3),)]


@pytest.mark.parametrize("forgetful", [0, 1, 2])
def test_what_one_has_forgotten_all_forget(folders: list[Path], tmp_path: Path, forgetful: int) -> None:
    with closing(open_archive(folders[forgetful])) as db:
        bury(db, find_by_url(db, [url(2)]).keys)
        erase_forgotten(db, folders[forgetful])
    merge(tmp_path / "merged", *folders)
    merge(tmp_path / "the other way", *reversed(folders))
    for folder in (tmp_path / "merged", tmp_path / "the other way"):
        assert traces(folder, url(2), "第2号仓库", "换了标题") == []
        assert problems(folder) == []
    assert contents(tmp_path / "merged") == contents(tmp_path / "the other way")


def test_evidence_that_is_missing_over_there_is_named(folders: list[Path], tmp_path: Path) -> None:
    [file] = evidence_files(folders[0])
    file.unlink()
    [merged] = merge(tmp_path / "merged", folders[0])
    assert (merged.new, merged.missing) == (2, (str(file),))


def test_a_folder_cannot_be_merged_into_itself(folders: list[Path]) -> None:
    with pytest.raises(CannotMerge, match="itself"):
        merge(folders[0], folders[0] / ".." / "a")


@pytest.mark.heavy
def test_a_merge_that_is_killed_is_ended_by_the_next(folders: list[Path], tmp_path: Path) -> None:
    merge(tmp_path / "expected", *folders)
    expected = contents(tmp_path / "expected")
    randomly = random.Random()
    kills = 0
    while kills < 200:
        data = tmp_path / f"merged {kills}"
        for _ in kills_until_done(lambda data=data: merge(data, *folders), 1 / 8, randomly):
            kills += 1
        assert contents(data) == expected
        assert problems(data) == []
        assert not list(data.rglob("*.warc.gz.*"))
        shutil.rmtree(data)

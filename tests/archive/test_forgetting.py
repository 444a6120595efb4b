"""What is forgotten is in no file any more, and does not come back."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import add_start, back_up, open_archive, read_archive, save_article, search, start_crawl, take_pending
from archive.backup import REGISTRY, register
from archive.erasing import CannotErase, Erased, erase_forgotten
from archive.evidence import Evidence, erasing, evidence_files, read_record
from archive.forgetting import Target, find_by_contact, find_by_url
from archive.health import Finding, open_findings
from archive.health.findings import keep_findings
from archive.learned import find_record, save_record
from archive.tombstones import bury, has_unfinished, is_forgotten
from archive.verification import verify_archive
from tests.archive.checks import index_terms
from tests.archive.kills import kills_until_done
from tests.archive.library import fill, html, written
from tests.archive.samples import SITE, article, exchange, page, removal, url
from tests.archive.traces import traces

PAGE_2 = (url(2), "news.example.com/a/2.html", "河阳县第2号仓库改成了车间", "第2号仓库的大门", "第2号钥匙")
OTHER_NUMBER = "13000009467"


@pytest.fixture
def filled(data: Path) -> Path:
    """Three articles in a row, each naming the next, the second in two versions; with a log and a backup."""
    spam = (removal(f"急租厂房 联系 {OTHER_NUMBER}", position=2),)
    fill(data, (written(1), written(2, removals=spam), written(3)))
    fill(data, (written(2, body="第2号仓库的大门又关上了。\n第2号钥匙还在老人手里。", removals=spam),), day=1)
    (data / "logs").mkdir()
    (data / "logs" / "crawl.log").write_text(f"WARNING {url(2)}: slow\nWARNING {url(3)}: slow\n", "utf-8")
    with closing(read_archive(data)) as db:
        back_up(db, data, data.parent / "all.zip")
    return data


def forget(data: Path, find: Callable[[Database], Target]) -> Erased:
    with closing(open_archive(data)) as db:
        bury(db, find(db).keys)
        return erase_forgotten(db, data)


def forget_url(data: Path, *urls: str) -> Erased:
    return forget(data, lambda db: find_by_url(db, urls))


def test_the_folder_has_traces_that_the_search_for_them_finds(filled: Path) -> None:
    found = traces(filled.parent, *PAGE_2, OTHER_NUMBER)
    assert {word for _, word in found} == {*PAGE_2, OTHER_NUMBER}
    assert {name.partition("-")[0] for name, _ in found} >= {"archive.db", "crawl.log", "all.zip/archive.db"}


def test_nothing_of_it_is_in_any_file_nor_in_backups(filled: Path) -> None:
    erased = forget_url(filled, url(2))
    assert (erased.articles, erased.backups, erased.lost_backups) == (1, 1, ())
    assert traces(filled.parent, *PAGE_2, OTHER_NUMBER) == []
    assert not list(filled.parent.rglob(".*"))


def test_the_index_no_longer_knows_it(filled: Path) -> None:
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        assert search(db, "老人") != []
        assert {row[1] for row in index_terms(db)} == {1, 3}
        assert list(verify_archive(db, filled)) == []


def test_everything_else_is_as_it_was(filled: Path) -> None:
    kept = (
        "SELECT id, url, title, body, version FROM articles WHERE id != 2",
        "SELECT * FROM removals WHERE article_id = 3",
    )
    with closing(open_archive(filled)) as db:
        before = [db.execute(sql).fetchall() for sql in kept]
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        assert [db.execute(sql).fetchall() for sql in kept] == before
        [(file, offset)] = db.execute("SELECT file, offset FROM captures").fetchall()
        assert read_record(filled, file, offset).body == html(written(3))
    for file in evidence_files(filled):
        assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(file)]).returncode == 0


def test_a_page_whose_evidence_named_it_is_fetched_again_in_full(filled: Path) -> None:
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        row = db.execute("SELECT state, etag, article_id FROM pages WHERE url = ?", (url(1),)).fetchone()
        assert row == ("pending", None, 1)
        assert db.execute("SELECT count(*) FROM links WHERE from_id = 1").fetchone() == (0,)


def test_a_page_whose_last_answer_only_confirmed_what_named_it_is_fetched_again_in_full(data: Path) -> None:
    fill(data, (written(1), written(2)))
    fill(data, [written(1)], day=1)  # the same body: kept as a reference, in a file of its own
    forget_url(data, url(2))
    with closing(open_archive(data)) as db:
        row = db.execute("SELECT state, etag, capture_id FROM pages WHERE url = ?", (url(1),)).fetchone()
        assert row == ("pending", None, None)
        assert db.execute("SELECT count(*) FROM captures").fetchone() == (0,)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "printed",
    [
        '<a href="/新闻/1.html">',
        '<a href="/%E6%96%B0%E9%97%BB/1.html">',
        "<base href='/x/'><a href=9.html>",
        '<a href="/x/9\r\n\t.html">',
        '<a href=" /x/9.html ">',
        "<a href='/x/9.html' title=x>",
        '<a href="/x/9.html>',
    ],
)
def test_a_raw_page_that_links_to_it_goes_however_the_address_is_written(
    data: Path, printed: str, charset: str
) -> None:
    forgotten = [f"https://{SITE}/x/9.html", f"https://{SITE}/新闻/1.html"]
    with closing(open_archive(data)) as db, closing(Evidence(db, data)) as evidence:
        crawl = start_crawl(db)
        for number, body in ((1, f"<p>中文{printed}中文</a>"), (2, "<p>中文<a href=/x/99.html>中文</a>")):
            capture = evidence.keep(exchange(number, body=body.encode(charset)))
            save_article(db, article(number), page(number), crawl_id=crawl, follow=False, capture=capture)
        for address in forgotten:
            add_start(db, address, site=SITE, crawl_id=crawl)
    assert sum(forget_url(data, address).records for address in forgotten) == 1
    with closing(open_archive(data)) as db:
        assert db.execute("SELECT url FROM captures").fetchall() == [(url(2),)]


def test_it_does_not_come_back(filled: Path) -> None:
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        crawl = start_crawl(db)
        add_start(db, url(2), site=SITE, crawl_id=crawl)
        save_article(db, written(1), page(1), crawl_id=crawl, follow=True)
        taken = take_pending(db, crawl_id=crawl, limit=99, max_depth=9)
        assert url(2) not in [pending.url for pending in taken]
    assert traces(filled, *PAGE_2) == []


def test_all_addresses_that_led_to_it_are_forgotten(data: Path) -> None:
    with closing(open_archive(data)) as db:
        crawl = start_crawl(db)
        save_article(db, written(2), page(2, requested_url=url(22)), crawl_id=crawl, follow=False)
    forget_url(data, url(22))
    with closing(open_archive(data)) as db:
        assert is_forgotten(db, url(2))
        assert is_forgotten(db, url(22).replace("https", "http"))
    assert traces(data, url(2), url(22)) == []


def test_the_findings_of_a_site_go_with_its_last_page(data: Path) -> None:
    fill(data, (written(2, related=()),))
    with closing(open_archive(data)) as db:
        finding = Finding(
            site="news.example.com", check="failures", sentence="", figure=1.0, low=None, high=0.5, advice=""
        )
        keep_findings(db, "news.example.com", [finding], checks={"failures"})
    forget_url(data, url(2))
    with closing(open_archive(data)) as db:
        assert open_findings(db) == []


def test_an_article_that_moved_goes_with_the_page_that_it_was_read_from(data: Path) -> None:
    fill(data, (written(2),))
    with closing(open_archive(data)) as db:  # the page now names another address as its own
        save_article(db, written(3), page(2), crawl_id=start_crawl(db), follow=False)
    assert forget_url(data, url(2)).articles == 2
    with closing(open_archive(data)) as db:
        assert db.execute("SELECT url FROM articles").fetchall() == []


def test_a_kill_between_rows_and_file_is_made_good(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_cut_out", die)
        with pytest.raises(KeyboardInterrupt):
            forget_url(filled, url(2))
    forget_url(filled, url(2))
    assert traces(filled.parent, *PAGE_2) == []


@pytest.mark.parametrize("named", [2, 202])
def test_the_further_parts_of_an_article_go_with_it(data: Path, named: int) -> None:
    with closing(open_archive(data)) as db:
        crawl = start_crawl(db)
        part = page(202, body=b"the rest")
        save_article(db, written(2), page(2), parts=[(part, None)], crawl_id=crawl, follow=False)
    assert forget_url(data, url(named)).articles == 1
    assert traces(data, url(2), url(202)) == []


@pytest.mark.parametrize("written_as", [OTHER_NUMBER, "130 0000 9467", "１３０-００００-９４６７", "+86 13000009467"])
def test_a_contact_takes_every_page_with_it(filled: Path, written_as: str) -> None:
    fill(filled, [written(5, body="咨询请打130-0000-9467。\n第5号仓库。"), written(6)])
    erased = forget(filled, lambda db: find_by_contact(db, filled, written_as))
    assert erased.articles == 2
    assert traces(filled.parent, *PAGE_2, OTHER_NUMBER, "130-0000-9467", "第5号仓库。") == []
    with closing(open_archive(filled)) as db:
        assert [row[0] for row in db.execute("SELECT url FROM articles")] == [url(1), url(3), url(6)]


def test_a_contact_that_stands_in_the_evidence_alone_is_found(data: Path) -> None:
    fill(data, [written(1)])
    with closing(open_archive(data)) as db:
        db.execute("DELETE FROM removals")
        assert find_by_contact(db, data, "13000007946").articles == ((url(1), written(1).title),)
        assert find_by_contact(db, data, "13000000000").keys == frozenset()


def test_no_finding_names_it_as_an_example(filled: Path) -> None:
    with closing(open_archive(filled)) as db:
        db.table("findings").insert(  # type: ignore[union-attr]
            {"site": SITE, "check": "undated", "sentence": "", "figure": 1.0, "advice": "", "opened": "",
             "samples": json.dumps([url(1), url(2)])}
        )  # fmt: skip
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        assert json.loads(db.execute("SELECT samples FROM findings").fetchone()[0]) == [url(1)]


def test_nothing_that_was_learned_of_the_site_names_it(filled: Path) -> None:
    with closing(open_archive(filled)) as db:
        record = {"templates": [{"container": [{"tag": "div"}], "pages": [url(1), url(2)], "reads": True}]}
        save_record(db, SITE, json.dumps(record), "digest")
    forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        found = find_record(db, SITE)
        assert found
        assert json.loads(found.record)["templates"] == [
            {"container": [{"tag": "div"}], "pages": [url(1)], "reads": True}
        ]
    assert traces(filled, *PAGE_2) == []


def test_no_block_that_was_taken_out_of_another_page_has_its_title(filled: Path) -> None:
    fill(filled, [written(1, removals=(removal(f"上一篇：{written(2).title}", kind="chrome"), removal("分享到：")))])
    forget_url(filled, url(2))
    assert traces(filled, *PAGE_2) == []
    with closing(open_archive(filled)) as db:
        assert db.execute("SELECT text FROM removals WHERE article_id = 1").fetchall() == [("分享到：",)]


def test_a_backup_that_was_moved_is_named(filled: Path) -> None:
    (filled.parent / "all.zip").rename(filled.parent / "moved.zip")
    assert forget_url(filled, url(2)).lost_backups == (filled.parent / "all.zip",)


def test_a_backup_that_cannot_be_read_leaves_the_rest_to_be_done(filled: Path) -> None:
    backup = filled.parent / "all.zip"
    content = backup.read_bytes()
    backup.write_bytes(content[:999])
    with pytest.raises(CannotErase, match=r"all\.zip.*delete it"):
        forget_url(filled, url(2))
    with closing(open_archive(filled)) as db:
        assert has_unfinished(db)
    backup.unlink()
    forget_url(filled, url(2))
    assert traces(filled.parent, *PAGE_2) == []


def test_a_reader_in_the_middle_of_its_rows_is_waited_for_and_then_named(filled: Path) -> None:
    with closing(read_archive(filled)) as reader, closing(open_archive(filled)) as db:
        rows = reader.execute("SELECT * FROM pages")
        rows.fetchone()
        db.execute("PRAGMA busy_timeout = 100")
        bury(db, find_by_url(db, [url(2)]).keys)
        with pytest.raises(CannotErase, match="another program is reading"):
            erase_forgotten(db, filled)
        rows.close()
        erase_forgotten(db, filled)
    assert traces(filled.parent, *PAGE_2) == []


@pytest.mark.heavy
def test_two_hundred_kills_while_forgetting_are_all_made_good(filled: Path, tmp_path: Path) -> None:
    """However often it is killed, and wherever, the same command ends it, and nothing else is lost."""
    randomly = random.Random()
    kills = 0
    while kills < 200:
        folder = tmp_path / f"folder {kills}"
        shutil.copytree(filled, folder)
        backup = folder / "all.zip"
        shutil.copy(filled.parent / "all.zip", backup)
        (folder / REGISTRY).unlink()
        register(folder, backup)
        for _ in kills_until_done(lambda data=folder: forget_url(data, url(2)), 1 / 8, randomly):
            kills += 1
        assert traces(folder, *PAGE_2, OTHER_NUMBER) == []
        assert not list(folder.rglob(".*"))
        with closing(open_archive(folder)) as db:
            assert list(verify_archive(db, folder)) == []
            assert [row[0] for row in db.execute("SELECT url FROM articles")] == [url(1), url(3)]
            assert not has_unfinished(db)
            [(file, offset)] = db.execute("SELECT file, offset FROM captures").fetchall()
            assert read_record(folder, file, offset).body == html(written(3))
        shutil.rmtree(folder)

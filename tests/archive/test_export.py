"""Exports hold what the table holds, in files that spreadsheets open right."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlite_utils import Database

from archive import ExportError, export_articles, save_article, spreadsheet
from archive.export import EXPORT_COLUMNS, FORMULA_STARTS, write_csv
from tests.archive.samples import BODY, WHEN, article, page, url


@pytest.fixture
def shelf(db: Database, crawl: int) -> Database:
    save_article(db, article(1), page(1), crawl_id=crawl, follow=False)
    save_article(
        db,
        article(2, title='=1+1,"引号"', body="-首行\n,次行\t有制表符", published="2024-01-02", views=None),
        page(2, site="other.example"),
        crawl_id=crawl,
        follow=False,
    )
    save_article(
        db,
        article(3, published=None, published_raw=None, source="@某报", reporter="", category="洛阳"),
        page(3),
        crawl_id=crawl,
        follow=False,
    )
    return db


def table(db: Database) -> list[dict[str, Any]]:
    return list(db.query(f"SELECT {', '.join(EXPORT_COLUMNS)} FROM articles ORDER BY id"))


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def read_sheet(file: Path) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in openpyxl.load_workbook(file)["articles"].rows]


def test_every_column_of_the_table_is_exported_but_the_derived_ones(db: Database) -> None:
    columns = {row[0] for row in db.execute("SELECT name FROM pragma_table_xinfo('articles')")}
    assert columns - set(EXPORT_COLUMNS) == {"url_key", "month", "checksum"}


def test_csv_equals_the_table_but_for_the_guard(shelf: Database, tmp_path: Path) -> None:
    assert export_articles(shelf, tmp_path / "a.csv") == 3

    def unguarded(cell: str) -> str:
        return cell[1:] if cell.startswith(tuple(f"'{start}" for start in FORMULA_STARTS)) else cell

    read = [{name: unguarded(cell) for name, cell in row.items()} for row in read_csv(tmp_path / "a.csv")]
    assert read == [{name: "" if value is None else str(value) for name, value in row.items()} for row in table(shelf)]


def test_csv_is_written_as_the_standard_library_writes_it(tmp_path: Path) -> None:
    cells = (None, "", 0, 2.5, "a,b", 'say "洛阳"', '"', "two\nlines", "a\rb", "a\r\n", "\x85\u2028 ;'|", " a ", "中")
    write_csv(tmp_path / "a.csv", [cells, cells])
    with (tmp_path / "b.csv").open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([EXPORT_COLUMNS, cells, cells])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_csv_begins_with_a_byte_order_mark_for_excel(shelf: Database, tmp_path: Path) -> None:
    export_articles(shelf, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfid,url,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_csv_cell_cannot_be_a_formula(db: Database, crawl: int, tmp_path: Path, start: str) -> None:
    save_article(db, article(title=f"{start}cmd|'/c calc'!A1"), page(), crawl_id=crawl, follow=False)
    export_articles(db, tmp_path / "a.csv")
    assert read_csv(tmp_path / "a.csv")[0]["title"] == f"'{start}cmd|'/c calc'!A1"


def test_jsonl_equals_the_table(shelf: Database, tmp_path: Path) -> None:
    assert export_articles(shelf, tmp_path / "a.jsonl") == 3
    text = (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == table(shelf)
    assert "第1篇" in text


def test_xlsx_has_texts_numbers_dates_and_links(shelf: Database, tmp_path: Path) -> None:
    assert export_articles(shelf, tmp_path / "a.xlsx") == 3
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["articles"]
    head, first, second, third = (dict(zip(EXPORT_COLUMNS, row, strict=True)) for row in sheet.rows)
    assert [cell.value for cell in head.values()] == list(EXPORT_COLUMNS)
    assert head["id"].font.bold
    assert sheet.freeze_panes == "A2"
    assert first["published"].value == datetime(2025, 2, 28)
    assert first["published"].number_format == "yyyy-mm-dd"
    assert first["first_seen"].value == WHEN.replace(tzinfo=None)
    assert first["url"].hyperlink.target == first["url"].value == url(1)
    assert first["body"].value == BODY
    assert first["views"].value == 38
    assert (second["title"].value, second["title"].data_type) == ('=1+1,"引号"', "s")
    assert (third["published"].value, second["views"].value, third["source"].value) == (None, None, "@某报")


def test_xlsx_columns_fit_what_is_in_them(db: Database, crawl: int, tmp_path: Path) -> None:
    save_article(db, article(title="题目" * 10, source="报"), page(), crawl_id=crawl, follow=False)
    export_articles(db, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["articles"]
    assert 40 <= sheet.column_dimensions["D"].width < 45
    assert 6 <= sheet.column_dimensions["G"].width < 11
    assert sheet.column_dimensions["M"].width < 65


def test_what_excel_cannot_hold_is_text_or_says_that_it_was_cut(
    db: Database, crawl: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_LINKS", 1)
    long = "𠮷" * 20_000  # two UTF-16 units each
    save_article(db, article(1, body=long, published="1899-12-31"), page(1), crawl_id=crawl, follow=False)
    save_article(db, article(2, published="0000-00-00"), page(2), crawl_id=crawl, follow=False)
    long_url = f"{url(3)}?q={'a' * 3000}"
    save_article(db, article(3, url=long_url), page(3), crawl_id=crawl, follow=False)
    export_articles(db, tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["articles"].rows)[1:]
    at = EXPORT_COLUMNS.index
    cut = rows[0][at("body")].value
    assert cut.startswith("𠮷𠮷")
    assert cut.endswith(spreadsheet.CUT)
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767
    assert [row[at("published")].value for row in rows[:2]] == ["1899-12-31", "0000-00-00"]
    assert [row[at("url")].value for row in rows] == [url(1), url(2), long_url]
    assert [row[at("url")].hyperlink is not None for row in rows] == [True, False, False]


def test_more_rows_than_a_sheet_holds_are_refused(
    shelf: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 2)
    with pytest.raises(OSError, match=r"export to \.csv"):
        export_articles(shelf, tmp_path / "a.xlsx")
    assert not list(tmp_path.glob("*.xlsx*")) and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"since": date(2025, 1, 1)}, [1, 3]),
        ({"since": date(2025, 2, 28)}, [1, 3]),
        ({"since": date(2025, 3, 1)}, [3]),  # shows no date; first seen on that day
        ({"since": date(2025, 3, 2)}, []),
        ({"site": "other.example"}, [2]),
        ({"site": "unknown"}, []),
        ({"match": "引号"}, [2]),
        ({"match": "麦田 -引号", "site": "news.example.com"}, [1, 3]),
        ({"match": ""}, []),
    ],
)
def test_a_selection(shelf: Database, tmp_path: Path, selection: dict[str, Any], expected: list[int]) -> None:
    assert export_articles(shelf, tmp_path / "a.jsonl", **selection) == len(expected)
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == expected


def test_an_empty_selection_still_has_its_header(shelf: Database, tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.jsonl"):
        assert export_articles(shelf, tmp_path / name, site="unknown") == 0
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").strip() == ",".join(EXPORT_COLUMNS)
    assert read_sheet(tmp_path / "a.xlsx") == [EXPORT_COLUMNS]
    assert (tmp_path / "a.jsonl").read_text() == ""


@pytest.mark.parametrize("name", ["a.xls", "a", "a.csv.gz", ".csv"])
def test_an_unknown_extension_is_refused(shelf: Database, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"\.csv, \.xlsx, \.jsonl"):
        export_articles(shelf, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_an_export_that_fails_leaves_the_old_file(
    shelf: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("old")
    monkeypatch.setattr("archive.export.json.dumps", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_articles(shelf, file)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.jsonl"]


def test_a_link_to_a_file_stays_a_link(shelf: Database, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "a.csv").symlink_to(tmp_path / "real.csv")
    export_articles(shelf, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").is_symlink()
    assert (tmp_path / "real.csv").stat().st_size > 100


def test_an_export_is_one_moment_of_the_archive(shelf: Database, tmp_path: Path) -> None:
    """Articles that a crawl adds while rows are being written are not in the file."""
    rows = shelf.execute("SELECT count(*) FROM articles").fetchone()[0]
    writer_ran = []

    def add_one(*_args: Any) -> None:
        if not writer_ran:
            writer_ran.append(True)
            save_article(other, article(99), page(99), crawl_id=1, follow=False)

    other = Database(shelf.execute("PRAGMA database_list").fetchone()[2])
    shelf.conn.set_progress_handler(add_one, 20)
    assert export_articles(shelf, tmp_path / "a.csv") == rows
    shelf.conn.set_progress_handler(None, 0)
    assert writer_ran
    assert shelf.table("articles").count == rows + 1
    other.close()

"""Rows of tables: each cell stays in its column."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.blocks import split_blocks

HEAD = "<tr><th>企业</th><th>2023年</th><th>2024年</th></tr>"


def lines(rows: str) -> list[str]:
    """The lines of a table with a row of headings and these."""
    return [line.text for line in split_blocks(html.fromstring(f"<table>{HEAD}{rows}</table>")).lines[1:]]


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


@pytest.mark.parametrize("sign", ["—", "-", "--", "/", "…", "★", "*", "&lt;"])
def test_a_cell_that_holds_only_a_sign_stays(sign: str) -> None:
    assert lines(row("青岚茶厂", sign, "120万元")) == [f"青岚茶厂 | {sign.replace('&lt;', '<')} | 120万元"]


@pytest.mark.parametrize("empty", ["", "&nbsp;", "<img src=1.png>", "<br>"])
def test_an_empty_cell_keeps_its_place(empty: str) -> None:
    assert lines(row("青岚茶厂", empty, "120万元")) == ["青岚茶厂 |  | 120万元"]


def test_the_corner_above_the_first_column_may_be_empty() -> None:
    table = html.fromstring(f"<table>{row('', '上半年', '下半年')}{row('租金', '40', '50')}</table>")
    assert [line.text.split(" | ") for line in split_blocks(table).lines] == [
        ["", "上半年", "下半年"],
        ["租金", "40", "50"],
    ]


def test_empty_cells_at_the_end_move_nothing_and_go() -> None:
    assert lines(row("青岚茶厂", "90万元", "") + row("云门冷链", "", "")) == ["青岚茶厂 | 90万元", "云门冷链"]


def test_a_cell_may_span_columns() -> None:
    assert lines("<tr><td colspan=2>两年合计</td><td>210万元</td></tr>") == ["两年合计 |  | 210万元"]


def test_a_cell_may_span_rows() -> None:
    rows = (
        f"<tr><td rowspan=3>洛水区</td><td>40</td><td>50</td></tr>{row('41', '51')}{row('42')}{row('北岭县', '7', '8')}"
    )
    assert lines(rows) == ["洛水区 | 40 | 50", " | 41 | 51", " | 42", "北岭县 | 7 | 8"]


def test_a_cell_may_span_all_rows_below_it() -> None:
    rows = f"<tr><td rowspan=0>洛水区</td><td>40</td><td>50</td></tr>{row('41', '51')}"
    assert lines(rows) == ["洛水区 | 40 | 50", " | 41 | 51"]


def test_a_heading_above_many_columns_is_a_line() -> None:
    rows = f"<tr><td colspan=3>一、工业企业</td></tr>{row('青岚茶厂', '90', '120')}{row('', '', '单位：万元')}"
    assert lines(rows) == ["一、工业企业", "青岚茶厂 | 90 | 120", "单位：万元"]


def test_columns_without_a_word_are_the_layouts() -> None:
    table = html.fromstring(f"<table>{row('', '租金', '|', '40', '')}{row('', '水费', '|', '', '')}</table>")
    assert [line.text for line in split_blocks(table).lines] == ["租金 | 40", "水费"]


def test_a_bar_in_a_cell_parts_no_cells() -> None:
    assert lines(row("甲 | 乙", "A|B", "3")) == ["甲|乙 | A|B | 3"]


def test_a_hidden_cell_takes_no_place() -> None:
    assert lines("<tr><td>青岚茶厂</td><td style='display:none'>9</td><td>90</td><td>120</td></tr>") == [
        "青岚茶厂 | 90 | 120"
    ]

"""Every charset that Chinese pages are in, whatever the page says of itself."""

from __future__ import annotations

import pytest

from pipelines import read_article
from pipelines.decode import decode

SIMPLIFIED = "昨天下午，第一批钢球装上了开往港口的列车。工人们说，这是厂里建成以来最大的一张订单，“要干到春节”。"
TRADITIONAL = "昨天下午，第一批鋼球裝上了開往港口的列車。工人們說，這是廠裡建成以來最大的一張訂單，「要做到春節」。"
DECLARED = (
    None,
    "utf-8",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "utf-16",
    "iso-8859-1",
    "windows-1252",
    "euc-kr",
    "x-sjis",
    "nonsense",
    "base64",
    "rot13",
    "idna",
    "undefined",
)
CANTONESE = "嘅係咗喺佢哋冇啲嘢，記者採訪咗兩日，啲街坊唔肯講。"
NEIGHBOURS = [
    ("어제 오후 첫 번째 연마기가 공단에 도착했다. 작업자들은 다음 달에 생산을 시작한다.", "euc-kr"),
    ("昨日の午後、最初の研磨機が工業団地に到着した。作業員たちは来月から生産を始める。", "shift_jis"),
    ("昨日の午後、最初の研磨機が工業団地に到着した。作業員たちは来月から生産を始める。", "euc-jp"),
]
CASES = [
    (CANTONESE, "big5hkscs"),
    *(
        (SIMPLIFIED, charset)
        for charset in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
    ),
    *((TRADITIONAL, charset) for charset in ("utf-8", "big5", "big5hkscs", "gbk", "utf-16")),
]


def page(text: str, declared: str | None) -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<!DOCTYPE html><html><head>{meta}<title>钢球</title></head><body><h1>钢球</h1><p>{text}</p></body></html>"


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize(("text", "charset"), CASES, ids=lambda value: value if value.isascii() else value[6:11])
def test_a_page_is_decoded_whatever_it_declares(text: str, charset: str, declared: str | None) -> None:
    assert text in decode(page(text, declared).encode(charset, "replace"))


@pytest.mark.parametrize(("text", "charset"), NEIGHBOURS, ids=[charset for _, charset in NEIGHBOURS])
def test_a_neighbours_charset_is_believed_of_the_neighbours_text(text: str, charset: str) -> None:
    assert text in decode(f'<meta charset="{charset}"><p>{text}</p>'.encode(charset))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_is_read(charset: str) -> None:
    assert SIMPLIFIED in read_article(page(SIMPLIFIED, None).encode(charset), "http://site.example/a/1.html").body


def test_characters_that_were_broken_before_do_not_change_the_charset() -> None:
    broken = page(SIMPLIFIED + "\ufffd" * 40, "utf-8").encode() + b"\xe4\xb8"
    assert SIMPLIFIED in decode(broken)


def test_bytes_of_no_charset_are_decoded_without_an_error() -> None:
    assert decode(bytes(range(256)) * 20)

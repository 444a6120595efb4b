"""What was taken out is kept, the contact details in it are not."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest

from archive import mask_contacts
from archive.masking import Contact, name_contact, separate_contacts

MOBILE = "13000001234"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("手机:13000001234", "手机:130****1234"),
        ("招商热线 400-000-1234", "招商热线 400****234"),
        ("电话:0379-00001234", "电话:037****1234"),
        ("微信:cyyq0000", "微信:cy***"),
        ("wx:cyyqabc", "wx:cy***"),
        ("QQ:00012345", "QQ:00****"),
        ("邮箱:cyyq@mail.example", "邮箱:cy***@***"),
        ("微信/手机:13000001234\n请说明需求", "微信/手机:130****1234\n请说明需求"),
    ],
)
def test_contact_details_are_masked(text: str, masked: str) -> None:
    assert mask_contacts(text) == masked


CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
FULL_WIDTH = str.maketrans("0123456789", "0123456789".translate({48 + n: 0xFF10 + n for n in range(10)}))
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
CHINESE_O = str.maketrans("0123456789", "〇幺二三四五六七八九")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
NEGATIVE = str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾")


@pytest.mark.parametrize(
    "written",
    [
        MOBILE.translate(CIRCLED),
        MOBILE.translate(FULL_WIDTH),
        MOBILE.translate(CHINESE),
        MOBILE.translate(CHINESE_O),
        MOBILE.translate(FORMAL),
        MOBILE.translate(NEGATIVE),
        " ".join(MOBILE),
        ".".join(MOBILE),
        "\u200b".join(MOBILE),
        "\u2060\u200d".join(MOBILE),
        " - ".join(MOBILE),
        "·".join(MOBILE),
        "".join(f"{digit}\ufe0f\u20e3" for digit in MOBILE),
        "130-0000-1234",
        "(130) 0000 1234",
        "130转0000转1234",
        "130微0000信1234",
        "13OOOOO1234",
        "l3ooooo1234",
        "1三0零00〇1②34",
        f"+86 {MOBILE}",
        f"{MOBILE}/{MOBILE}",
    ],
)
def test_however_a_number_is_written_it_cannot_be_read_back(written: str) -> None:
    kept = "".join(
        str(unicodedata.digit(char, "")) for char in mask_contacts(f"加老师 {written} 咨询") if char.isnumeric()
    )
    assert len(kept) <= 7
    assert mask_contacts(f"加老师 {written} 咨询").startswith("加老师 ")
    assert mask_contacts(f"加老师 {written} 咨询").endswith(" 咨询")


@pytest.mark.parametrize(
    "text",
    [
        "微信号 cyyqabcd",
        "微 信:cyyqabcd",
        "V信 cyyqabcd",
        "薇信cyyqabcd",
        "威信(同号):cyyqabcd",
        "加V:cyyqabcd",
        "+v cyyqabcd",
        "vx cyyqabcd",
        "v:cyyqabcd",
        "ｖｘ：ｃｙｙｑａｂｃｄ",
        "WeChat: CYYQABCD",
        "微信 c y y q a b c d",
        "微信公众号搜索 cyyqabcd",
        "cyyqabcd(微信同号)",
        "企鹅号 cyyqabcd",
    ],
)
def test_ids_are_masked_after_and_before_the_messengers_name(text: str) -> None:
    masked = re.sub(r"\W", "", unicodedata.normalize("NFKC", mask_contacts(text))).lower()
    assert "cyyq" not in masked


@pytest.mark.parametrize("text", ["加我 cyyq0001", "号:cyyq_0001", "找CYYQ0001办理"])
def test_an_id_of_letters_and_digits_needs_no_messengers_name(text: str) -> None:
    assert "0001" not in mask_contacts(text)


@pytest.mark.parametrize(
    "text",
    [
        "cyyq@mail.example",
        "cyyq[at]mail.example",
        "cyyq#mail.example",
        "cyyq @ mail . example",
        "ｃｙｙｑ＠ｍａｉｌ．ｅｘａｍｐｌｅ",
    ],
)
def test_addresses_of_mail_are_masked(text: str) -> None:
    masked = unicodedata.normalize("NFKC", mask_contacts(text))
    assert "cyyq" not in masked
    assert "mail" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "版权声明:本文由网络收集,如有不妥之处请联系我们删除",
        "admin1年前 (2024-09-27)园区动态38",
        "发布时间 2024-09-27 10:30:15",
        "2024年9月27日,投资48.6亿元",
        "长按扫一扫,加微信",
        "分享给朋友:",
        "http-503: retry",
        "not-an-article: list page",
        "手机号后四位1234",
        "",
        "一、二\n三、四\n五、六",
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert mask_contacts(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"微信:cyyq0000 {MOBILE}",
        "400-000-1234 或 13000001234",
        "cyyq@mail.example QQ 12345",
        "130转0000转1234",
    ],
)
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_contacts(mask_contacts(text)) == mask_contacts(text)


@pytest.mark.parametrize(
    "piece",
    ["1", "1.", "a", "a@", "a.", "a@a. ", "wx ", "a b ", "123年", "123 ab ", "oil", "微信 ", "1... ", "-"],
)
def test_long_hostile_text_takes_time_in_proportion(piece: str) -> None:
    """Twenty times the text may take twenty times as long, with room for noise; a square would take 400 times."""

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        began = time.process_time()
        mask_contacts(text)
        return time.process_time() - began

    short = min(seconds(2_000) for _ in range(3))
    assert seconds(40_000) < 100 * max(short, 0.001)


@pytest.mark.parametrize(
    "written",
    [
        MOBILE,
        f"手机:{MOBILE.translate(FULL_WIDTH)}",
        MOBILE.translate(CHINESE),
        " ".join(MOBILE),
        "130-0000-1234",
        "130转0000转1234",
        f"+86 {MOBILE}",
        f"微信/手机:{MOBILE} {MOBILE}",
        "13OOOOO1234",
    ],
)
def test_all_spellings_of_a_number_are_one_contact(written: str) -> None:
    assert separate_contacts(f"加老师 {written} 咨询")[1] == (Contact("number", MOBILE),)


@pytest.mark.parametrize(
    "written", ["微信:cyyqabcd", "ｖｘ：ＣＹＹＱＡＢＣＤ", "微信 c y y q a b c d", "cyyqabcd(微信同号)"]
)
def test_all_spellings_of_an_id_are_one_contact(written: str) -> None:
    assert separate_contacts(written)[1] == (Contact("id", "cyyqabcd"),)


@pytest.mark.parametrize("written", ["cyyq@mail.example", "CYYQ[at]mail.example", "cyyq @ mail . example"])
def test_all_spellings_of_an_address_are_one_contact(written: str) -> None:
    assert separate_contacts(f"邮箱:{written}")[1] == (Contact("mail", "cyyq@mail.example"),)


def test_details_side_by_side_are_told_apart() -> None:
    text = f"微信:cyyqabcd 手机:{MOBILE}/13000005678 热线 400-000-1234 或 0379-00001234"
    assert set(separate_contacts(text)[1]) == {
        Contact("id", "cyyqabcd"),
        *(Contact("number", number) for number in (MOBILE, "13000005678", "4000001234", "037900001234")),
    }


def test_what_a_user_names_may_be_a_bare_id() -> None:
    assert name_contact("130-0000-1234") == (Contact("number", MOBILE),)
    assert name_contact("Cyyq abcd") == (Contact("id", "cyyqabcd"),)
    assert name_contact(" ") == ()

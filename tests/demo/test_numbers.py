"""No telephone number on the sample sites belongs to anybody."""

from __future__ import annotations

import re
import unicodedata

from jianbao.demo.website import read_static

NOBODYS = re.compile(r"400000\d{4}|13000000\d{3}|037[19]0000\d{4}")
CIRCLED = str.maketrans("①②③④⑤⑥⑦⑧⑨⓪零一二三四五六七八九", "12345678900123456789")
PHONE_LIKE = re.compile(r"(?<!\d)(?:\d[ \-.]?){10,12}(?!\d)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CONTACT_WORD = re.compile(r"电话|热线|手机|微信|[Vv]信|薇|QQ")


def numbers_in(text: str) -> set[str]:
    plain = DATE.sub("", unicodedata.normalize("NFKC", text.translate(CIRCLED)))
    return {re.sub(r"\D", "", number) for number in PHONE_LIKE.findall(plain)}


def test_numbers_are_found_however_they_are_written():
    assert numbers_in("１３０　００００　０２０９") == {"13000000209"}
    assert numbers_in("①③⓪⓪⓪⓪⓪零三七九") == {"13000000379"}
    assert numbers_in("4 0 0 0 0 0 0 8 8 0") == {"4000000880"}


def test_every_number_belongs_to_nobody(shared_site, fetch):
    texts = [file.decode() for path, file in read_static().items() if "<text" in file.decode()]
    for article in shared_site.truth:
        page = fetch(article.url).body.decode("utf-8" if article.site == "main" else "gbk")
        texts.append(re.sub(r"<[^>]+>", "\n", page))
    numbers = set().union(*(numbers_in(text) for text in texts))
    assert len(numbers) >= 12
    assert [number for number in sorted(numbers) if not NOBODYS.fullmatch(number)] == []


def test_every_number_in_a_contact_line_is_one_of_those(shared_site):
    for article in shared_site.truth:
        for line in article.contacts:
            digits = numbers_in(line)
            assert all(NOBODYS.fullmatch(number) for number in digits), line
            assert digits or CONTACT_WORD.search(line) or "厂房" in line, line


def test_account_names_are_plainly_invented(shared_site):
    ids = {
        name for article in shared_site.truth for line in article.contacts for name in re.findall("[a-z]+[0-9]+", line)
    }
    assert ids
    assert all(re.fullmatch(r"(cyyq00|cfzx0)\d+", name) for name in ids)

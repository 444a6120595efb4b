"""Bytes to text: which charset a page is really in, whatever it says of itself."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}
"""Pages labelled with the older, smaller charset use characters of the larger one; decoding is otherwise equal."""

ONE_BYTE = frozenset({"ascii", "iso8859-1", "latin-1", "cp1252", "iso8859-15"})
"""Charsets that editors and servers name by default and that have no Chinese; every byte is a character in them."""

NEIGHBOURS = frozenset({"euc-kr", "euc_kr", "cp949", "shift_jis", "cp932", "euc-jp", "euc_jp", "iso2022_jp"})
"""Charsets of Korean and Japanese, in which the bytes of a Chinese page are characters as well."""

CHINESE = 0.08
"""Share of the frequent characters from which bytes are Chinese: of running text they are a fifth, and of Korean or
Japanese read as Chinese one in a hundred."""

TOLERATED = 0.002
"""Share of undecodable bytes up to which a charset still counts as the right one: a cut-off excerpt or a pasted
character of another charset breaks a few bytes of an otherwise sound page."""

DETECTION_BYTES = 60_000
"""What the statistical detector gets to see; more costs time and does not change its mind."""

COUNTED_BYTES = 20_000
"""What is decoded to tell GB18030 from Big5, from the first Chinese words on."""

REPLACEMENT = "\ufffd".encode()
"""The mark of a broken character, in UTF-8."""

_HAN = re.compile("[\u3400-\u9fff]+")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]{16}")
# The most frequent characters of running Chinese, simplified, traditional and Cantonese: text decoded with the wrong one of
# GB18030 and Big5 is made of rare characters instead.
_FREQUENT = frozenset(
    "的一是不了在人有我他这这個个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年過後們來為國說時會對學"
    "嘅係咗喺佢哋冇啲唔"
)


def decode(html: bytes) -> str:
    """The page as text. Never raises: what no charset can read becomes U+FFFD."""
    charset, bom = read_bom(html)
    if charset and bom:
        return html[len(bom) :].decode(charset, "replace")
    with suppress(UnicodeDecodeError):
        return html.decode("utf-8")
    declared = _declared(html)
    # A page whose bytes say utf-16 in plain ASCII is not in it.
    doubted = (
        declared in ONE_BYTE or (declared or "").startswith("utf-16") or (declared in NEIGHBOURS and _is_chinese(html))
    )
    believed = None if doubted else declared
    charsets = dict.fromkeys(filter(None, (believed, "utf-8", "gb18030", "big5hkscs")))
    for charset in charsets:
        if charset in ("gb18030", "big5hkscs"):
            charset = _gb_or_big5(html, declared)
        if _share_of_errors(html, charset) <= TOLERATED:
            return html.decode(charset, "replace")
    best = from_bytes(html[:DETECTION_BYTES]).best()
    return html.decode(best.encoding if best else min(charsets, key=partial(_share_of_errors, html)), "replace")


def _declared(html: bytes) -> str | None:
    """The charset that the page's own meta element names, as a Python codec, or None."""
    named = html_body_declared_encoding(html[:4096].lower()) or _meta_charset(html)
    return SUPERSETS.get(named, named) if named else None


def _meta_charset(html: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", html[:20_000], re.I)
    return resolve_encoding(found[1].decode("ascii", "ignore")) if found else None


def _share_of_errors(html: bytes, charset: str) -> float:
    try:
        text = html.decode(charset, "replace")
    except (LookupError, UnicodeError):  # no charset: base64, rot13, idna
        return 1.0
    # What was broken before the page was saved is there as characters, which are no errors of this reading.
    broken = html.count(REPLACEMENT) if charset == "utf-8" else 0
    return (text.count("\ufffd") - broken) / max(1, len(text))


def _gb_or_big5(html: bytes, declared: str | None) -> str:
    """GB18030 and Big5 decode each other's bytes; only real Chinese is made of frequent characters."""
    gb, big5 = _frequent(html, "gb18030"), _frequent(html, "big5hkscs")
    if declared in ("gb18030", "big5hkscs") and abs(gb - big5) < 0.02:
        return declared
    return "big5hkscs" if big5 > gb else "gb18030"


def _frequent(html: bytes, charset: str) -> float:
    """The share of frequent characters in the Chinese that the bytes are in a charset."""
    # The head is mostly ASCII: count where the first run of high bytes begins.
    found = _HIGH_BYTES.search(html)
    start = found.start() if found else 0
    text = html[start : start + COUNTED_BYTES].decode(charset, "ignore")
    return sum(map(text.count, _FREQUENT)) / max(1, sum(map(len, _HAN.findall(text))))


def _is_chinese(html: bytes) -> bool:
    return max(_frequent(html, "gb18030"), _frequent(html, "big5hkscs")) >= CHINESE

"""Contact details made unreadable, for what is kept of the text that was taken out.

Only removed blocks and reasons go through here, never an article's own text. So this may take too much (a
sum, a file number) and must not leave anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

CHINESE_DIGITS = dict(zip("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892", strict=True))
SHORT, KEPT = 320, 2_000
"""Characters of a text whose contacts are remembered, and how many such texts: what is taken out of one page of a site is
taken out of the next."""
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me"})
"""Unicode categories of what joins without showing: zero-width characters, the frame of a keycap."""

_SIGNS = r"[^\w\n]{0,3}"
"""What may part the digits of one number: `130-0000`, `1.3.0`, `( 0 )`. Four signs are our own mask."""

_NUMBER = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-/.])\d\d?\1\d\d?(?:[ t]\d\d?:\d\d(?::\d\d)?)?"
    r"(?!\d)(?![^\w\n]{1,3}\d{3})"
    rf"|(?P<hit>(?:\d|(?<![a-z])[oil])(?:{_SIGNS}[\doil]){{4,}})"
)
"""Five digits or more, letters that pass for digits among them. A date stays, unless more digits follow
it."""

_BROKEN_NUMBER = re.compile(rf"(?<![\d*])(?P<hit>\d{{3,}}+(?:{_SIGNS}[^\W\d]{{1,2}}{_SIGNS}\d{{3,}}+)+)(?![\d*])")
"""A number with a word put in to break it: 130转0000转0000."""

_EMAIL = re.compile(r"(?<![\w.+-])(?P<hit>[\w.+-]++\s?(?:@|#|\(at\)|\[at\])\s?[\w-]++(?:\s?\.\s?[\w-]+)+)", re.ASCII)

_MESSENGER = (
    r"微[^\w\n]?信|[薇威维徽葳]信|v信|加v|\+v|(?<![a-z])v(?=\s?[::])|we[^\w\n]?chat|weixin|[wv][^\w\n]?x"
    r"|q[^\w\n]?q|扣扣|企鹅|q群|whatsapp|telegram"
)
_ID_AFTER = re.compile(
    rf"(?:{_MESSENGER})[^a-z0-9\n]{{0,12}}(?P<hit>[a-z0-9][a-z0-9_-]*(?:[^\w\n]{{1,2}}[a-z0-9_-]+){{0,8}})"
)
"""What stands after the messenger's name, with up to a dozen Chinese characters or signs between, spaced or
not."""
_ID_BEFORE = re.compile(rf"(?<![a-z0-9_-])(?P<hit>[a-z][a-z0-9_-]{{5,}}+){_SIGNS}(?:{_MESSENGER})")
"""The id first: cyyq0000(微信同号)."""
_ID_ALONE = re.compile(r"(?<![a-z0-9_])(?P<hit>[a-z0-9_]{6,}+)")
"""A word of letters and at least three digits, as ids are."""


_LETTER_OR_DIGIT = re.compile(r"[a-z0-9]")
"""One of them at least is in every contact, as `_plain` shows it."""
_TELEPHONES = re.compile(r"(?:(?:86)?(?:1[3-9]\d{9}|[48]00\d{7}|0\d{9,11}))+")
"""Digits that are nothing but telephone numbers: several stand side by side when only a sign parts them."""
_TELEPHONE = re.compile(r"(?:86)?(1[3-9]\d{9}|[48]00\d{7}|0\d{9,11})")
_DIGIT = re.compile(r"[\doil]")
_FIVE_DIGITS = re.compile(r"\d{5,}")

ContactKind = Literal["number", "id", "mail"]
"""A telephone or QQ number, a messenger's id, an e-mail address."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact detail in the one form that all its spellings share. It is held in memory only."""

    kind: ContactKind
    """What sort of detail it is."""
    value: str
    """Digits alone for a number; small letters and digits without spaces for the others."""


def mask_contacts(text: str) -> str:
    """The text with phone numbers, messenger ids and e-mail addresses masked: `130****0000`, `wx:ab***`.

    Any number of five digits or more counts, however it is written: full-width, circled, Chinese, spaced,
    dotted, with invisible characters or a word in between. Masking twice changes nothing.
    """
    return separate_contacts(text)[0]


def mask_certain_contacts(text: str) -> str:
    """The text with what is surely a telephone number, a messenger's id or a mail address masked; other numbers stay.

    For lines that are not a page's own words, such as those of a log.
    """
    for pattern, mask in _CERTAIN:
        text, _ = _replace(text, pattern, mask)
    return text


def separate_contacts(text: str) -> tuple[str, tuple[Contact, ...]]:
    """The masked text, and the contact details that were masked in it, each once."""
    return (_separate_short if len(text) <= SHORT else _separate)(text)


def _separate(text: str) -> tuple[str, tuple[Contact, ...]]:
    if not _LETTER_OR_DIGIT.search(_plain(text)[0]):
        return text, ()
    found: dict[Contact, None] = {}
    for pattern, mask, kind in _RULES:
        text, hits = _replace(text, pattern, mask)
        found.update(dict.fromkeys(contact for hit in hits for contact in _normalise(kind, hit)))
    return text, tuple(found)


_separate_short = lru_cache(maxsize=KEPT)(_separate)


def name_contact(text: str) -> tuple[Contact, ...]:
    """What a user names as a contact detail, which need not look like one."""
    plain = "".join(_plain(text)[0].split())
    return separate_contacts(text)[1] or ((Contact("id", plain),) if plain else ())


def _normalise(kind: ContactKind, hit: str) -> list[Contact]:
    if kind == "number":
        return [Contact(kind, number) for number in _numbers(hit)]
    if kind == "mail":
        return [Contact(kind, "".join(re.sub(r"#|\(at\)|\[at\]", "@", hit).split()))]
    words = re.findall(r"[a-z0-9_-]+", hit)
    if max(map(len, words)) <= 2:  # written letter by letter
        words = ["".join(words)]
    return [Contact(kind, max(words, key=len))]


def _numbers(hit: str) -> list[str]:
    """The numbers among digits that stand side by side: telephone numbers, and less than a number behind them is none
    (`400-000-0000，24小时`); else all are one."""
    digits = _digits(hit)
    places = [match.start() for match in _DIGIT.finditer(hit)]
    found: list[str] = []
    at = 0
    while length := _telephone_at(digits, places, at):
        found += _TELEPHONE.findall(digits, at, at + length)
        at += length
    if at == len(digits) or _TELEPHONES.fullmatch(digits, at):
        return [*found, *_TELEPHONE.findall(digits, at)]
    return [*found, *_FIVE_DIGITS.findall(hit, places[at])] if found else [digits]


def _telephone_at(digits: str, places: Sequence[int], at: int) -> int:
    """How many digits from `at` on are a telephone number that a sign parts from what follows; 0 for none."""
    for end in range(at + 10, min(at + 14, len(digits)) + 1):
        parted = end == len(digits) or places[end] > places[end - 1] + 1
        if parted and _TELEPHONE.fullmatch(digits, at, end):
            return end - at
    return 0


def _replace(text: str, pattern: re.Pattern[str], mask: Callable[[str], str | None]) -> tuple[str, list[str]]:
    """The text with each hit masked, and the hits as they stand in its plain form."""
    plain, origin = _plain(text)
    parts: list[str] = []
    hits: list[str] = []
    done = 0
    for match in pattern.finditer(plain):
        masked = mask(match["hit"]) if match["hit"] else None
        if masked is not None:
            start, end = match.span("hit")
            parts += [text[done : origin[start]], masked]
            hits.append(match["hit"])
            done = origin[end - 1] + 1
    return "".join([*parts, text[done:]]), hits


@lru_cache(maxsize=1)
def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text as a reader takes it in, and for each of its characters the position in `text`: every kind
    of digit as 0-9, letters half-width and small, invisible characters left out."""
    shown = [_shown(char) for char in text]
    plain = "".join(shown)
    if len(plain) == len(text) and all(shown):
        return plain, range(len(text))
    return plain, [position for position, part in enumerate(shown) for _ in part]


@cache
def _shown(char: str) -> str:
    """What a reader takes a character for; nothing where it does not show."""
    if char != "\n" and unicodedata.category(char) in _INVISIBLE:
        return ""
    digit = unicodedata.digit(char, None)
    return str(digit) if digit is not None else CHINESE_DIGITS.get(char) or unicodedata.normalize("NFKC", char).lower()


def _digits(hit: str) -> str:
    return "".join(char for char in hit.translate(str.maketrans("oil", "011")) if char.isdigit())


def _mask_number(hit: str) -> str | None:
    if sum(char.isdigit() for char in hit) < 3:
        return None  # a word: "lilo il"
    digits = _digits(hit)
    if len(digits) < 10:
        return f"{digits[:2]}****"
    return f"{digits[:3]}****{digits[-3:] if len(digits) == 10 else digits[-4:]}"


def _mask_telephone(hit: str) -> str | None:
    plain = "".join(filter(str.isdigit, hit))  # without the letters of words beside it that pass for digits
    return _mask_number(hit) if any(map(_TELEPHONES.fullmatch, (plain, _digits(hit)))) else None


def _mask_broken_number(hit: str) -> str | None:
    return _mask_number(hit) if sum(char.isdigit() for char in hit) >= 7 else None


def _mask_email(hit: str) -> str:
    return f"{hit[:2]}***@***"


def _mask_id(hit: str) -> str | None:
    return f"{hit[:2]}***" if sum(char.isalnum() for char in hit) >= 4 else None


def _mask_id_alone(hit: str) -> str | None:
    digits = sum(char.isdigit() for char in hit)
    return f"{hit[:2]}***" if 3 <= digits < len(hit.replace("_", "")) else None


_RULES: tuple[tuple[re.Pattern[str], Callable[[str], str | None], ContactKind], ...] = (
    (_EMAIL, _mask_email, "mail"),
    (_ID_BEFORE, _mask_id, "id"),
    (_NUMBER, _mask_number, "number"),
    (_ID_AFTER, _mask_id, "id"),
    (_ID_ALONE, _mask_id_alone, "id"),
    (_BROKEN_NUMBER, _mask_broken_number, "number"),
)
"""In this order: a number is shown as a number even after 微信, and each rule leaves alone what is
masked."""

_CERTAIN: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (_EMAIL, _mask_email),
    (_NUMBER, _mask_telephone),
    (_ID_AFTER, _mask_id),
)

"""Telephone numbers, as phonenumbers knows them: which digits are one, and of what sort."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

LANDLINE, MOBILE, FREE, DISGUISED = "T", "P", "F", "D"
"""What patterns see instead of a number: with area code, mobile, 400 or 800, and whichever written so as not to be found."""

_DIALLED = re.compile(r"(?:86)?(?:1[3-9][0-9]{9}|0?[1-9][0-9]{8,10}|[48]00[0-9]{7})|\+[0-9]{8,15}")
"""Digits that are worth asking for."""
_NATIONAL = re.compile(r"(?:86|1[3-9]|0[1-9]|[48]00)")
"""How a number begins that is dialled in China: phonenumbers also takes an area code without its 0, and so any count."""
_MASKED = re.compile(
    r"(?P<P>1[3-9][0-9]?\*{3,8}[0-9]{0,4}|1[3-9][0-9]{5}\*{4})|(?P<F>[48]00\*{3,5}[0-9]{2,4}|[48]00[0-9]{3}\*{4})|(?P<T>0[1-9][0-9]{1,2}\*{3,6}[0-9]{2,4})"
)
"""Numbers of which a part is not shown; how many signs stand for it says nothing."""
_SORTS = {
    PhoneNumberType.MOBILE: MOBILE,
    PhoneNumberType.TOLL_FREE: FREE,
    PhoneNumberType.SHARED_COST: FREE,
    PhoneNumberType.UAN: FREE,
}


def sort_of(digits: str) -> str | None:
    """The sort of number that the digits (`*` where one is masked, `+` before a country) are, None for no number."""
    if "*" in digits:
        masked = _MASKED.fullmatch(digits)
        return masked.lastgroup if masked else None
    if not _DIALLED.fullmatch(digits):
        return None
    if digits[0] == "+":
        return _sort_abroad(digits)
    return _sort_at_home(digits) if _NATIONAL.match(digits) else None


def _sort_at_home(digits: str) -> str | None:
    """What phonenumbers would say, by its own patterns: to ask it takes 100 µs, and a hostile page has 50,000 numbers."""
    valid, patterns = _chinese_patterns()
    if digits.startswith("86") and not valid.fullmatch(digits):
        digits = digits[2:]
    digits = digits.removeprefix("0")
    if valid.fullmatch(digits):
        for sort, lengths, pattern in patterns:
            if len(digits) in lengths and pattern.fullmatch(digits):
                return sort
    return None


@cache
def _chinese_patterns() -> tuple[re.Pattern[str], list[tuple[str, frozenset[int], re.Pattern[str]]]]:
    """The pattern of all numbers in China, and those of their sorts in the order in which phonenumbers tries them."""
    known = PhoneMetadata.metadata_for_region("CN")
    if known is None or known.general_desc is None:
        raise LookupError("phonenumbers has no numbers of China")
    sorts = [
        *((LANDLINE, known.premium_rate), (FREE, known.toll_free), (FREE, known.shared_cost), (LANDLINE, known.voip)),
        *((LANDLINE, known.personal_number), (LANDLINE, known.pager), (FREE, known.uan), (LANDLINE, known.voicemail)),
        *((LANDLINE, known.fixed_line), (MOBILE, known.mobile)),
    ]
    stated = [
        (sort, frozenset(desc.possible_length or known.general_desc.possible_length), re.compile(pattern))
        for sort, desc in sorts
        if desc is not None and (pattern := desc.national_number_pattern)
    ]
    return re.compile(known.general_desc.national_number_pattern or ""), stated


@lru_cache(maxsize=4_096)
def _sort_abroad(digits: str) -> str | None:
    try:
        sort = phonenumbers.number_type(phonenumbers.parse(digits))
    except NumberParseException:
        return None
    return None if sort == PhoneNumberType.UNKNOWN else _SORTS.get(sort, LANDLINE)

"""Telephone numbers, as phonenumbers knows them: which digits are one, and of what sort."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

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


@lru_cache(maxsize=4_096)
def sort_of(digits: str) -> str | None:
    """The sort of number that the digits (`*` where one is masked, `+` before a country) are, None for no number."""
    if "*" in digits:
        masked = _MASKED.fullmatch(digits)
        return masked.lastgroup if masked else None
    if not _DIALLED.fullmatch(digits) or not (digits[0] == "+" or _NATIONAL.match(digits)):
        return None
    try:
        number = phonenumbers.parse(digits, "CN")
    except NumberParseException:
        return None
    return _SORTS.get(phonenumbers.number_type(number), LANDLINE) if phonenumbers.is_valid_number(number) else None

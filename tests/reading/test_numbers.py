"""Chinese numbers are sorted by the patterns of phonenumbers as phonenumbers itself would sort them."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import NumberParseException, PhoneNumberType

from pipelines.numbers import FREE, LANDLINE, MOBILE, sort_of


def asked(digits: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, "CN")
    except NumberParseException:
        return None
    sorts = {
        PhoneNumberType.MOBILE: MOBILE,
        PhoneNumberType.TOLL_FREE: FREE,
        PhoneNumberType.SHARED_COST: FREE,
        PhoneNumberType.UAN: FREE,
    }
    valid = phonenumbers.is_valid_number(number)
    return sorts.get(phonenumbers.number_type(number), LANDLINE) if valid else None


@pytest.mark.parametrize(
    "start", ["1", "13", "17", "0", "0379", "010", "021", "400", "800", "86", "8613", "860", "+86", "+852"]
)
def test_a_number_is_what_phonenumbers_says(start: str) -> None:
    dice = random.Random(start)
    for _ in range(150):
        digits = start + "".join(dice.choices("0123456789", k=dice.choice((7, 8, 9, 10))))
        if (sort := sort_of(digits)) is not None:
            assert sort == asked(digits), digits


@pytest.mark.parametrize("first", range(13, 20))
def test_every_prefix_of_mobiles_is_known(first: int) -> None:
    for prefix in range(first * 1000, first * 1000 + 1000, 7):
        digits = f"{prefix}000000"
        assert sort_of(digits) == asked(digits), digits

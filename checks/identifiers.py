"""What makes an identifier valid: pure functions of one normalised value, each with the source of its rule."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from checks.values import digits

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}")
_POSTCODE = re.compile(r"\d{6}")
_AMOUNT = re.compile(r"\d+(\.\d+)?")
_SHORTEST_LANDLINE = 9
"""Digits of area code (without its 0) and number: shorter ones are hotlines (12345)."""
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")

IdProblem = Literal["", "length", "region", "date", "digit"]


def id_problem(number: str, today: date) -> IdProblem:
    """What is wrong with a citizen's ID number by GB 11643-1999: its `length` (18, digits, X last), `region` (province
    code), `date` of birth (no such day, or after `today`), check `digit`; "" when nothing is."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "length"
    if not _PROVINCES.fullmatch(number[:2]):
        return "region"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    if not date(1900, 1, 1) < born <= today:
        return "date"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return "" if _CHECK[total % 11] == number[17] else "digit"


def id_is_male(number: str) -> bool:
    """The sex that a valid ID number states: its 17th digit is odd for a man (GB 11643-1999)."""
    return int(number[16]) % 2 == 1


def is_mobile(number: str) -> bool:
    """True for a mobile number of mainland China: 11 digits from 13 to 19, country code allowed."""
    return bool(_MOBILE.fullmatch(re.sub(r"^(00)?86(?=1\d{10}$)", "", digits(number))))


def is_phone(number: str, area_code: str) -> bool:
    """True for a mobile, a 400/800 number, or a landline; one without area code is taken to be of `area_code` (`0511`).

    An extension of up to five digits behind a whole landline number is allowed.
    """
    plain = digits(number)
    if is_mobile(plain) or _SERVICE.fullmatch(plain):
        return True
    with_area = plain if plain.startswith(("0", "86")) else area_code + plain
    return any(_is_landline(with_area[: len(with_area) - extension]) for extension in range(6))


def _is_landline(number: str) -> bool:
    """True when libphonenumber's plan for China calls it a fixed line."""
    import phonenumbers  # here: every country's plan is loaded with it

    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return False
    if len(str(parsed.national_number)) < _SHORTEST_LANDLINE:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE


def is_email(address: str) -> bool:
    """True for an address of RFC 5321/6531 form whose domain has a dot; nothing is asked of any server."""
    from email_validator import EmailNotValidError, validate_email  # here: slow to load

    if not address.isascii():
        return False
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_postcode(code: str) -> bool:
    """True for a Chinese postcode: six digits, not all the same."""
    return bool(_POSTCODE.fullmatch(code)) and len(set(code)) > 1


def is_amount(value: str) -> bool:
    """True for a decimal number that is not negative."""
    return bool(_AMOUNT.fullmatch(value))


def is_date(value: str) -> bool:
    """True for a normalised date that exists: `2023`, `2023-06` or `2023-06-30`."""
    return first_day(value) is not None


def first_day(value: str) -> date | None:
    """The first day that a normalised date (`2023`, `2023-06`, `2023-06-30`) can mean; None where there is no such date.

    Enough to tell lateness: a date as precise as written is late only when the first day it can mean is late.
    """
    parts = _DATE.fullmatch(value)
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)) if parts else None
    except ValueError:
        return None

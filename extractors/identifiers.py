"""Identifiers that can be checked by themselves."""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_is_valid(number: str) -> bool:
    """Whether it is a citizen's ID number: 18 signs, a possible date of birth, the check digit of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]

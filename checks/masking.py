"""How values are shown in a finding: sensitive ones masked, dates as people write them, long ones cut."""

from __future__ import annotations

import re
from itertools import takewhile

from checks.labels import value_kind
from profiles.profile import Profile

_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{7,10}(\d{3}[\dXx])(?![0-9A-Za-z])")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
LONGEST = 60
"""Characters of a value that a finding quotes."""
BEFORE = 12
"""Characters shown before the place where two long texts part."""


def masked(value: str) -> str:
    """The first and last four characters with stars between; nothing but stars where that would show most of it."""
    if len(value) <= 10:
        return "*" * len(value)
    return value[:4] + "*" * (len(value) - 8) + value[-4:]


def shown(profile: Profile, form: str, name: str, value: str) -> str:
    """`value` as a finding may quote it: masked where the profile calls the field sensitive, ID numbers masked anywhere, cut when long."""
    if (form, name) in profile.sensitive():
        return masked(value)
    return quoted(written_date(value) if value_kind(profile, form, name) in ("date", "period") else value)


def written_date(value: str) -> str:
    """A date of the contract as people write it, as precise as it is: `2024年5月`; anything else unchanged."""
    parts = _DATE.fullmatch(value)
    return "".join(f"{int(part)}{sign}" for part, sign in zip(parts.groups(), "年月日", strict=True) if part) if parts else value


def where_they_differ(one: str, other: str) -> tuple[str, str]:
    """Two long texts from shortly before their first difference, else both as they are: what is quoted of them must show it."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = sum(1 for _ in alike) - BEFORE
    if start <= 0 or max(len(one), len(other)) <= LONGEST:
        return one, other
    return f"…{one[start:]}", f"…{other[start:]}"


def quoted(text: str) -> str:
    """A quotation: ID numbers in it masked, line breaks gone, cut when long."""
    flat = " ".join(_LONG_NUMBER.sub(lambda m: m[1] + "*" * (len(m[0]) - 8) + m[2], text).split())
    return flat if len(flat) <= LONGEST else flat[:LONGEST] + "…"

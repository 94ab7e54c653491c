"""How values are shown in a finding: sensitive ones masked, long ones cut."""

from __future__ import annotations

import re

from profiles.profile import Profile

_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{7,10}(\d{3}[\dXx])(?![0-9A-Za-z])")
LONGEST = 60
"""Characters of a value that a finding quotes."""


def masked(value: str) -> str:
    """The first and last four characters with stars between; nothing but stars where that would show most of it."""
    if len(value) <= 10:
        return "*" * len(value)
    return value[:4] + "*" * (len(value) - 8) + value[-4:]


def shown(profile: Profile, form: str, name: str, value: str) -> str:
    """`value` as a finding may quote it: masked where the profile calls the field sensitive, ID numbers masked anywhere, cut when long."""
    if (form, name) in profile.sensitive():
        return masked(value)
    return quoted(value)


def quoted(text: str) -> str:
    """A quotation: ID numbers in it masked, line breaks gone, cut when long."""
    flat = " ".join(_LONG_NUMBER.sub(lambda m: m[1] + "*" * (len(m[0]) - 8) + m[2], text).split())
    return flat if len(flat) <= LONGEST else flat[:LONGEST] + "…"

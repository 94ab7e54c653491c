"""How numbers are written in Chinese prose, and what they are worth."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

ARABIC: Final = r"(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?)"
HAN: Final = r"[零一二两三四五六七八九十][零一二两三四五六七八九十百千]{0,8}(?:点[零一二三四五六七八九]{1,4})?"
ANY: Final = rf"(?:{ARABIC}|{HAN})"
NUMBER: Final = rf"(?<![\d.A-Za-z]){ANY}"
MORE: Final = r"[余多几来]?"
DASH: Final = r" ?[-—–~～至到]{1,2} ?"
_ABOUT: Final = re.compile("十?[一二两三四五六七八九]{2}")
_ARABIC_ONLY: Final = re.compile(ARABIC)


def worth(written: str) -> Decimal | None:
    """The value of an Arabic (`1,280`) or Chinese (`一百二十`) number; None when it is none or only about one (`三四`)."""
    if _ARABIC_ONLY.fullmatch(written):
        try:
            return Decimal(written.replace(",", ""))
        except InvalidOperation:
            return None
    if _ABOUT.fullmatch(written):
        return None
    import cn2an  # here: it is slow to load, and most numbers are Arabic

    try:
        return Decimal(str(cn2an.cn2an(written, "normal")))
    except (ValueError, TypeError, InvalidOperation):
        return None


def plain(value: Decimal) -> str:
    """`value` without exponent and trailing zeros: `0.31`, `1200`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(written: str, factor: Decimal) -> str | None:
    """`written` times `factor` as plain text; None when `written` is no number."""
    value = worth(written)
    return None if value is None else plain(value * factor)


def bare(scale: str) -> str:
    """A scale (`多万`) without 余, 多, 几, 来."""
    return re.sub(r"[余多几来]", "", scale)

"""Full-width signs and misread digits put right, character by character, so that every offset stays."""

from __future__ import annotations

import re
from typing import Final

_WIDE: Final = {0xFF01 + i: 0x21 + i for i in range(94)}
_KEEP_WIDE: Final = "，；：？！（）"
_SIGNS: Final = str.maketrans(
    {**{chr(wide): chr(narrow) for wide, narrow in _WIDE.items() if chr(wide) not in _KEEP_WIDE}, "\u3000": " ", "\xa0": " ", "〇": "零"}
)
_DIGITS: Final = str.maketrans("OoIl", "0011")
_UNITS: Final = "%‰万亿元年月日天项台套件次人个名条家余多千百小分吨度倍级w"
_STOP_INSIDE: Final = re.compile(r"(?<=\d)[。·•](?=\d)(?!\d{1,2}月)")
_COMMA_INSIDE: Final = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))(?=[\d,，.]{3,16} ?[万亿元件套台次人个名])")
_CONFUSED: Final = re.compile(rf"(?<![A-Za-z0-9.])(?=[OoIl.,]{{0,3}}\d)(?=[\d.,]{{0,12}}[OoIl])[\dOoIl.,]{{2,16}}(?= ?[{_UNITS}])")


def normalise(text: str) -> str:
    """`text` with the same length: full-width digits, letters and signs narrow (Chinese punctuation stays), `38。6` as `38.6`.

    O/o and l/I become 0 and 1 only inside a number that a unit follows (`2O23年`, `l2.5%`); lone surrogates become U+FFFD.
    """
    narrow = text.translate(_SIGNS)
    narrow = "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in narrow) if not narrow.isascii() else narrow
    narrow = _CONFUSED.sub(lambda found: found[0].translate(_DIGITS), narrow)
    narrow = _STOP_INSIDE.sub(".", narrow)
    return _COMMA_INSIDE.sub(",", narrow)

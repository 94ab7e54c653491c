"""What a spreadsheet shows of a stored value: enough of Excel's number formats for forms (ECMA-376 part 1, 18.8.31)."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

_ASIDE: Final = re.compile(r"\[[^\]]*\]|_.|\*.")
_QUOTED: Final = re.compile(r'"([^"]*)"|\\(.)')
_PATTERN: Final = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?")


def shown(value: Any, form: str, is_date: bool = False) -> str:
    """`value` (text, number, date, truth) as a cell of number format `form` shows it.

    A whole number in a general or scientific format comes out in all its digits: it is a phone or a certificate number that
    a narrow column would show as `1.38E+10`. Dates come as `2024年3月9日` where the format has 年, else as `2024-03-09`.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return _moment(value, form)
    if isinstance(value, int | float | Decimal):
        return _number(value, form.split(";")[0])
    return str(value)


def _moment(value: datetime.datetime | datetime.date | datetime.time | datetime.timedelta, form: str) -> str:
    if isinstance(value, datetime.timedelta):
        return str(value)
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    plain = _ASIDE.sub("", form).lower()
    has_day = "d" in plain or "日" in plain
    day = f"{value.year}年{value.month}月{value.day}日" if "年" in form else f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    if not has_day and "m" in plain and "y" in plain:
        day = f"{value.year}年{value.month}月" if "年" in form else f"{value.year:04d}-{value.month:02d}"
    hours = isinstance(value, datetime.datetime) and "h" in plain and (value.hour or value.minute)
    return f"{day} {value:%H:%M}" if hours else day


def _number(value: float | Decimal, form: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    plain = _ASIDE.sub("", form)
    bare = _QUOTED.sub("", plain)
    match = _PATTERN.search(bare)
    if match is None or "E" in bare.upper().replace("GENERAL", "") or bare.strip() == "@":
        return _digits(exact)
    text = _patterned(exact * 100 if "%" in bare else exact, match[0])
    around = _QUOTED.sub(lambda m: m[1] or m[2] or "", plain)
    before, _, after = around.partition(match[0])
    return f"{before}{text}{after}".strip()


def _patterned(value: Decimal, pattern: str) -> str:
    """`value` in a pattern such as `#,##0.00` or `000000`."""
    whole, _, fraction = pattern.partition(".")
    least, most = fraction.count("0"), len(fraction)
    rounded = value.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP) if most else value.to_integral_value(ROUND_HALF_UP)
    sign, digits = ("-" if rounded < 0 else ""), f"{abs(rounded):f}"
    front, _, back = digits.partition(".")
    back = back[:least] + back[least:].rstrip("0")
    front = front.zfill(whole.replace(",", "").count("0"))
    front = f"{int(front):,}" if "," in whole.rstrip(",") and front else front
    return f"{sign}{front}.{back}" if back else f"{sign}{front}"


def _digits(value: Decimal) -> str:
    """All digits, no exponent; a fraction as far as a sheet keeps it (15 significant digits)."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    return f"{Decimal(f'{value:.15g}').normalize():f}"

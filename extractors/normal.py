"""From a value as written to the value that is stored and compared: one function a kind of field (contract.md, "Fields")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from extractors.dates import date_text, dates_in, period

_HAN_OR_WIDE = r"[⺀-鿿豈-﫿＀-￯　-〿“”‘’—…·]"
_LATIN = re.compile(r"[A-Za-z0-9]")
_LEFT_BLANK = re.compile(r"^[\s_＿＿—\-.…:：]*$")
# What Word prints where nobody has filled a control.
_PLACEHOLDER = re.compile(r"(?:单击|点击|单击或点击)(?:此处|这里)?(?:以|来)?输入(?:文字|文本|内容|日期)[。.]?|选择(?:一项|一个日期)[。.]?")

# What stands for "yes" and "no" where a form asks.
_YES = ("是", "属于", "曾获", "有", "Y", "YES", "对")
_NO = ("否", "不是", "不属于", "未获", "未曾", "没有", "无", "N", "NO", "未")

# Misreadings of OCR that are safe to mend inside a number.
_DIGIT_FOR = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "〇": "0",
        "Ｏ": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "丨": "1",
        "。": ".",
        "，": ",",
        "．": ".",
        "Z": "2",
        "S": "5",
        "B": "8",
    }
)

_LOOK_ALIKES = str.maketrans("OolI|", "00111")

_UNITS = {
    "亿": Decimal(10000),
    "千万": Decimal(1000),
    "百万": Decimal(100),
    "十万": Decimal(10),
    "万": Decimal(1),
    "w": Decimal(1),
    "W": Decimal(1),
    "千": Decimal("0.1"),
    "百": Decimal("0.01"),
}
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?|\d*\.\d+"
_AMOUNT = re.compile(rf"({_NUMBER})(亿|千万|百万|十万|万|[wW]|千(?=元)|百(?=元))?(元|人民币)?")
# What makes of a number one that is only about right: it goes on behind it (四十多万), or stands around it (约, 左右).
_MORE = re.compile(r"(?<=[\d零〇一二两三四五六七八九十百千万亿])[多余来几]")
_ABOUT = re.compile(rf"{_MORE.pattern}|^[约近逾超]|^(?:大约|约为|接近|超过|将近)|(?:左右|上下|以上|以内)")


# Where one number goes on over a line's end: its extension, what stands behind a dash or an area code.
_BROKEN_PHONE = re.compile(
    r"\s*(?:转|分机|ext\.?)[:：]?\s*(?=\d)|\s*-\s*\n\s*|\s*\n\s*-\s*|(?<=^0\d{2})\n(?=\d{8})|(?<=^0\d{3})\n(?=\d{7})", re.MULTILINE
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """NFKC without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def tidy(text: str) -> str:
    """Line breaks joined, spaces inside Chinese text removed, one space kept between Latin words or numbers."""
    text = re.sub(r"[\u200b\ufeff\u00ad]", "", text)
    text = re.sub(r"\s+", " ", text.replace("\u3000", " ").replace("\xa0", " ")).strip()
    return re.sub(r" (?=(.))", lambda m: " " if _LATIN.match(m[1]) and _LATIN.match(text[m.start() - 1]) else "", text)


def is_blank(text: str) -> bool:
    """Whether nothing was written: only spaces, underscores, dots, or the words of a control that was left alone."""
    return not text or bool(_LEFT_BLANK.match(text) or _PLACEHOLDER.fullmatch(text))


def text(raw: str) -> str:
    """Words as written, spaces and line breaks in order."""
    return tidy(raw)


def code(raw: str) -> str:
    """A certificate number: NFKC without white space, dashes of one kind."""
    return re.sub(r"[‐‑‒–—−﹣]", "-", plain(raw))


def id_number(raw: str) -> str:
    """An ID number: digits and a capital X."""
    return re.sub(r"[^0-9A-Z]", "", plain(raw).upper().replace("×", "X"))


def phone(raw: str) -> str:
    """Digits only; several numbers joined by `、` in the order written."""
    numbers = []
    written = re.sub(_BROKEN_PHONE, "-", unicodedata.normalize("NFKC", raw))
    parts = [piece for part in re.split(r"[、,，;；/]|\s{2,}|\n|或", written) for piece in _side_by_side(part)]
    for part in parts:
        digits = re.sub(r"\D", "", re.sub(r"^\s*\+?86[-\s]?(?=1\d)", "", part))
        if digits:
            numbers.append(digits)
    return "、".join(_rejoined(numbers))


def _side_by_side(part: str) -> list[str]:
    """Whole numbers with one space between them, apart; a number written in groups stays one."""
    pieces = part.split()
    return pieces if len(pieces) > 1 and all(len(re.sub(r"\D", "", piece)) >= 7 for piece in pieces) else [part]


def _rejoined(numbers: list[str]) -> list[str]:
    """Pieces that a line break cut in two become one number again."""
    if (len(numbers) > 1 and all(len(n) < 7 for n in numbers)) or (sum(map(len, numbers)) <= 12 and any(len(n) < 7 for n in numbers)):
        return ["".join(numbers)]
    return numbers


def email(raw: str) -> str:
    """A mail address: NFKC, no white space, without `mailto:`."""
    return re.sub(r"^(?:mailto|e-?mail|邮箱)[:：]?", "", plain(raw).replace("＠", "@"), flags=re.IGNORECASE).rstrip("。；;,，")


def postcode(raw: str) -> str:
    """NFKC without white space."""
    return plain(raw)


def year(raw: str) -> str:
    """`2022` for `2022年`; Chinese numerals too; else as written."""
    found = re.fullmatch(r"((?:19|20)\d{2})年?度?", plain(raw))
    if found:
        return found[1]
    dates = dates_in(raw)
    return date_text(dates[0][:1]) if len(dates) == 1 and dates[0][1] is None else (f"{dates[0][0]}" if len(dates) == 1 else tidy(raw))


def date(raw: str) -> str:
    """`2023-06-30`, `2023-06` or `2023`, as precise as written; else as written."""
    dates = dates_in(raw)
    return date_text(dates[0]) if dates else tidy(raw)


def amount(raw: str) -> str:
    """A decimal number in 万元: `482000元` → `48.2`, `约48万` → `48`; `无` and whatever holds no number as written."""
    written = _MORE.sub("", re.sub(r"(?<=\d)[。．](?=\d)", ".", plain(raw)))
    found = _AMOUNT.search(written)
    if not found:
        return _chinese_amount(written) or tidy(raw)
    if re.match("[千百]", written[found.end() :]):  # of what?
        return tidy(raw)
    number = Decimal(found[1].replace(",", ""))
    if found[2]:
        number *= _UNITS[found[2]]
    elif found[3]:
        number /= 10000
    return decimal(number)


def is_about(raw: str) -> bool:
    """Whether an amount or a count is written as about that much (`四十多万`, `约48`, `3家左右`); its value is the number named."""
    return bool(_ABOUT.search(plain(raw)) and re.search(r"[\d一二两三四五六七八九十百千]", raw))


def decimal(number: Decimal) -> str:
    """Without exponent or needless zeros."""
    written = f"{number.normalize():f}"
    return written if "." not in written else written.rstrip("0").rstrip(".")


def _chinese_amount(written: str) -> str | None:
    found = re.search(r"(?<![几数])[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟点]+", written)
    if not found:
        return None
    numeral, unit = found[0], written[found.end() :]
    divide = 10000
    if numeral.endswith("万") or not unit.startswith("元"):
        numeral, divide = numeral.removesuffix("万"), 1
    try:
        return decimal(Decimal(str(_cn2an(numeral, "smart"))) / divide)
    except (ValueError, InvalidOperation):
        return None


def count(raw: str) -> str:
    """A whole number: `2` for `2家`, `两个`; else as written."""
    written = _MORE.sub("", plain(raw))
    found = re.search(r"\d+(?:\.\d+)?", written.replace(",", ""))
    if found:
        return decimal(Decimal(found[0]))
    numeral = re.fullmatch(r"([零〇一二两三四五六七八九十百]+)[个家户]?", written)
    if numeral:
        try:
            return str(int(_cn2an(numeral[1], "smart")))
        except ValueError:
            return tidy(raw)
    return tidy(raw)


def yes_no(raw: str) -> str:
    """`是` or `否`; else as written."""
    written = plain(raw).strip("。.，,").upper()
    for answer, words in (("否", _NO), ("是", _YES)):
        if written in words or any(len(word) > 1 and written.startswith(word) for word in words):
            return answer
    found = re.match(r"[是否]", written)
    return found[0] if found else tidy(raw)


def names(raw: str) -> str:
    """People separated by `、`; titles like 同志 dropped, blanks inside a two-character name too."""
    written = unicodedata.normalize("NFKC", raw.replace("\u3000", " "))
    written = re.sub(r"\s*\n\s*", "\n", written)
    parts = re.split(
        r"[、,;/|，；]|\s*和\s*(?=\S{2,4}$)",
        written.replace("\n", "、" if re.search(r"[\u4e00-\u9fff]{2,}\n[\u4e00-\u9fff]{2,}", written) and "、" not in written else ""),
    )
    people: list[str] = []
    for part in parts:
        people += _people(part)
    return "、".join(people)


def _people(part: str) -> list[str]:
    words = [word for word in part.split() if word]
    if len(words) > 1 and all(len(word) >= 2 for word in words):
        return [name(word) for word in words]
    joined = name("".join(words))
    if len(words) > 1 and len(joined) > 4 and "·" not in joined:
        return _paired(words)
    return [joined] if joined else []


def _paired(words: list[str]) -> list[str]:
    """`张 三 李四` → 张三, 李四: single characters belong to their neighbour."""
    people: list[str] = []
    held = ""
    for word in words:
        if len(word) == 1 and len(held) != 1:
            held = word
        else:
            people.append(held + word)
            held = ""
    return people + ([held] if held else [])


def name(raw: str) -> str:
    """One person, without white space and without 同志, 先生, 女士."""
    return re.sub(r"(?:同志|先生|女士)$", "", re.sub(r"\s", "", tidy(raw)))


def organisation(raw: str) -> str:
    """An organisation without white space and without a printed （盖章）."""
    written = re.sub(r"[（(](?:盖章|公章|签章|加盖公章|章)[）)]", "", tidy(raw))
    return written.strip("：: _＿")


def periods(raw: str) -> tuple[str | None, str | None]:
    """Start and end of a period (see `extractors.dates.period`), each None where none can be read."""
    return period(raw)


def mended(raw: str, kind: str) -> str:
    """What OCR wrote, with the misreadings mended that are safe for this kind: look-alikes of digits inside numbers."""
    if kind in {"id_number", "mobile", "phone", "postcode", "year"}:
        return raw.translate(_DIGIT_FOR) if kind != "phone" or not re.search(r"[A-Za-z]{3,}", raw) else raw
    if kind in {"amount", "count"} and re.search(r"[\dOolI]", raw) and not re.search(r"[A-Za-z]{3,}", raw):
        return _one_point(raw.translate(_LOOK_ALIKES))
    if kind == "email":
        return re.sub(r"[。．](?=[A-Za-z])", ".", raw).replace("＠", "@").replace("©", "@").replace("®", "@")
    if kind in {"text", "certificate_number"} and re.fullmatch(r"\s*[1lI|丨]\s*", raw):
        return "/"
    if kind == "certificate_number":
        return re.sub(r"[【〖〔\[]\s*((?:19|20)\d\d)\s*[】〗〕\]]", r"〔\1〕", raw)
    if kind in {"text", "prose", "blank", "organisation", "address"}:
        return re.sub(r"(?<=[\u4e00-\u9fff])[☑☐□](?=[\u4e00-\u9fff])", "口", raw)
    if kind in {"date", "period"}:
        return re.sub(r"(?<=\d)[oO]|[oO](?=\d)", "0", re.sub(r"(?<=\d)[lI]|[lI](?=\d)", "1", raw))
    return raw


def _one_point(raw: str) -> str:
    """A number in which a misread comma or full stop is a decimal point again, but one before three figures and a further point none."""
    raw = re.sub(r"(?<=\d)\s+(?=\d)", "", raw)
    raw = re.sub(r"(?<=\d)[。．，,.](?=\d{3}(?:[。．，,.]\d|$))", ",", raw) if re.search(r"\d[。．，,.]\d+[。．，,.]\d", raw) else raw
    return re.sub(r"(?<=\d)(?:[。．]|[,，](?!\d{3}(?!\d)))(?=\d)", ".", raw).replace("，", ",")


NORMALISERS: dict[str, Callable[[str], str]] = {
    "text": text,
    "prose": text,
    "blank": organisation,
    "choice": text,
    "name": name,
    "names": names,
    "organisation": organisation,
    "address": text,
    "yes_no": yes_no,
    "date": date,
    "year": year,
    "amount": amount,
    "count": count,
    "id_number": id_number,
    "mobile": phone,
    "phone": phone,
    "email": email,
    "postcode": postcode,
    "certificate_number": code,
    "sequence": count,
}


def normalise(raw: str, kind: str) -> str:
    """`raw` normalised for a field of this kind (a period has two values: see `periods`)."""
    return NORMALISERS[kind](raw)


def _cn2an(numeral: str, mode: str) -> int | float:
    """`cn2an.cn2an`, loaded when a numeral comes: it takes a fifth of a second. Raises ValueError."""
    import cn2an

    return cn2an.cn2an(numeral, mode)  # type: ignore[no-any-return]

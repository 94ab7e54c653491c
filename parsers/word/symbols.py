"""Characters of symbol fonts as Unicode: what a person sees, so that a tick is a tick whatever Word stored.

Sources: Microsoft's Wingdings, Wingdings 2, Webdings and Symbol code charts with the Unicode equivalents of Unicode 7.0
(L2/11-052 and later); ballot boxes and ticks are folded into few: `☑` ticked, `☐` empty, `☒` crossed, `√`, `×`.
"""

from __future__ import annotations

import re
from typing import Final


def _row(first: int, characters: str) -> dict[int, str]:
    return {first + offset: character for offset, character in enumerate(characters) if character != " "}


_WINGDINGS: Final = {
    **_row(0x6C, "●❍■□□❑❒◆◆◆❖"),
    **_row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x9E, "·•▪○○○◉◎"),
    0xA7: "▪",
    0xA8: "☐",
    0xAB: "★",
    0xB6: "☆",
    0xD8: "➢",
    0xE0: "→",
    0xE8: "→",
    0xF0: "⇨",
    **_row(0xFB, "×√☒☑"),
}
_WINGDINGS_2: Final = {
    **_row(0x4F, "×√☒☑☒☒"),
    **_row(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x96, "•●●●○○○◉◎"),
    0x9F: "■",
    0xA0: "■",
    0xA1: "□",
    0xA2: "■",
    0xA3: "☐",
    0xA4: "☐",
    0x2A: "☐",
    0x30: "☐",
}
_WEBDINGS: Final = {0x61: "√", 0x63: "☐", 0x67: "■", 0x72: "×", 0x6E: "●"}
_SYMBOL: Final = {
    **_row(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
    **_row(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
    **_row(0x30, "0123456789"),
    **_row(0xA1, "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    0x20: " ",
    0x25: "%",
    0x28: "(",
    0x29: ")",
    0x2B: "+",
    0x2C: ",",
    0x2D: "−",
    0x2E: ".",
    0x2F: "/",
    0x3A: ":",
    0x3C: "<",
    0x3D: "=",
    0x3E: ">",
    0x7E: "~",
    0xC5: "⊕",
    0xC7: "∩",
    0xC8: "∪",
    0xCE: "∈",
    0xD0: "∠",
    0xD1: "∇",
    0xD6: "√",
    0xD7: "⋅",
    0xDB: "⇔",
    0xDE: "⇒",
    0xE5: "∑",
    0xF2: "∫",
    0xB7: "·",
}
_FONTS: Final = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": {},
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
    "zapfdingbats": {0x33: "√", 0x34: "√", 0x35: "×", 0x36: "×", 0x6E: "■", 0x6F: "☐", 0x6C: "●"},
    "marlett": {0x61: "√", 0x62: "√"},
}
# A private-use character without a known font: Wingdings is by far the likeliest, but these letters are ticks of Wingdings 2.
_PRIVATE: Final = re.compile("[\uf000-\uf0ff]")
_UNKNOWN: Final = {**_WINGDINGS, 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0xB7: "·"}


def is_symbol_font(font: str | None) -> bool:
    """Whether letters in `font` are pictures."""
    return font is not None and font.strip().lower() in _FONTS


def symbol(code: int, font: str | None) -> str:
    """What character `code` (0x00–0xFF, or in the private area U+F000–U+F0FF) of symbol font `font` looks like.

    "" for a picture without an equivalent; the character itself when `font` is none of the symbol fonts.
    """
    private = 0xF000 <= code <= 0xF0FF
    table = _FONTS.get((font or "").strip().lower())
    if table is None:
        return _UNKNOWN.get(code - 0xF000, "") if private else chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""
    return table.get(code - 0xF000 if private else code, "") if private or code <= 0xFF else chr(code) if code <= 0x10FFFF else ""


def decoded(text: str, ascii_font: str | None, high_font: str | None) -> str:
    """`text` of a run as seen: characters below U+0080 stand in `ascii_font`, Latin-1 and private ones in `high_font` (ECMA-376 17.3.2.26)."""
    if not (is_symbol_font(ascii_font) or is_symbol_font(high_font) or _PRIVATE.search(text)):
        return text
    return "".join(_decoded_one(character, ascii_font, high_font) for character in text)


def _decoded_one(character: str, ascii_font: str | None, high_font: str | None) -> str:
    code = ord(character)
    if character in " \t\n\u3000" or code in range(0x100, 0xF000) or code > 0xF0FF:
        return character
    if code >= 0xF000:
        return symbol(code, high_font if is_symbol_font(high_font) else ascii_font if is_symbol_font(ascii_font) else None)
    font = ascii_font if code < 0x80 else high_font
    return symbol(code, font) if is_symbol_font(font) else character

"""Word's 字数 and plain character counts (contract.md, "Counting")."""

from __future__ import annotations

import re

# What Word counts one by one: Han, kana, Hangul, CJK signs and full-width forms, and the signs that an East Asian font shows wide.
_WIDE = "⺀-⿟⿰-〿぀-ㇿ㈀-鿿ꀀ-꓏가-힣豈-﫿︰-﹏＀-￯𠀀-𯨟" + "“”‘’—…"
_COUNTED = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")
_BLANKS = re.compile(r"[\s\u3000\u200b\ufeff]")


def word_count(text: str) -> int:
    """字数: each East Asian character counts 1, each unbroken run of anything else but white space 1."""
    return len(_COUNTED.findall(text.replace("\u3000", " ")))


def character_count(text: str) -> int:
    """Characters without white space."""
    return len(_BLANKS.sub("", text))

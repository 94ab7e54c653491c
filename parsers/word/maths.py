"""Formulas of Word (OMML, ECMA-376 part 1, 22.1) on one line."""

from __future__ import annotations

from typing import Final

from parsers.word.names import Element, M, W

_BETWEEN: Final = {M + "den": "/", M + "sup": "^"}


def linear(element: Element) -> str:
    """The formula's characters in order, a fraction as `a/b`, a power as `a^b`, a root as `√a`; deleted parts left out."""
    written: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            written.append(current)
        elif current.tag in (M + "t", W + "t"):
            written.append(current.text or "")
        elif current.tag != W + "del":
            before = _BETWEEN.get(current.tag, "√" if current.tag == M + "rad" else "")
            stack.extend(reversed([before, *current]))
    return "".join(written)

"""Lines that head page after page."""

from __future__ import annotations

from rapidfuzz import fuzz

ALIKE = 85
"""How alike (0–100) two readings of one running head must be."""


def repeats(text: str, head: str) -> bool:
    """Whether `text` is the line `head` that stands on another page, as far as misreading allows; blank lines repeat nothing."""
    one, other = "".join(text.split()), "".join(head.split())
    return bool(one and other) and fuzz.ratio(one, other) >= ALIKE

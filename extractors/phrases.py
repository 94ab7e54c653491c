"""The printed phrases of a letter, found in text that may be misread."""

from __future__ import annotations

from rapidfuzz import fuzz

from extractors.submission import FormName
from profiles.profile import Profile

# So many phrases tell a letter that has no heading.
PHRASES = 2
# A phrase of a letter that is so long tells it alone.
LONG_PHRASE = 8


def phrase_claim(text: str, profile: Profile, scan: bool) -> tuple[FormName | None, int]:
    """The letter whose printed phrases stand in this text (without white space), and how many of them."""
    for form in profile.forms:
        if form.kind == "letter":
            hits = [phrase for phrase in map(squeezed, form.landmarks) if holds(text, phrase, scan)]
            if len(hits) >= PHRASES or any(len(phrase) >= LONG_PHRASE for phrase in hits):
                return form.name, len(hits)
    return None, 0


def squeezed(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def holds(text: str, phrase: str, scan: bool) -> bool:
    """Whether the phrase stands in the text; a long one may be misread in a scan."""
    if phrase in text:
        return True
    return scan and len(phrase) >= LONG_PHRASE and len(text) >= len(phrase) and fuzz.partial_ratio(phrase, text) >= 85

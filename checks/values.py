"""Values held against each other: what counts as the same name, unit or phone number."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s\u3000“”‘’\"'「」『』《》〈〉()\[\]【】·,，.。、:：;；\-—–_]+")


def plain(text: str | None) -> str:
    """`text` for comparing: NFKC, lower case, without white space, quotes, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text or "")).lower()

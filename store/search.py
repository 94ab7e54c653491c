"""Full text in Chinese on SQLite's FTS5: one space between every Han character, phrases as queries."""

from __future__ import annotations

import re
import unicodedata

from extractors.submission import Project
from store.masking import Mask

_HAN = r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
_EDGE = re.compile(rf"(?={_HAN})|(?<={_HAN})")


def spaced(text: str) -> str:
    """`text` in NFKC with every Han character a word of its own, so that one-character words are found and no dictionary is needed."""
    return " ".join(_EDGE.sub(" ", unicodedata.normalize("NFKC", text.replace("\0", " "))).split())


def phrase(query: str) -> str:
    """An FTS5 query that finds what contains every white-space separated part of `query` as it stands; "" when it asks for nothing."""
    parts = (spaced(part.replace('"', " ")) for part in query.split())
    return " ".join(f'"{part}"' for part in parts if any(character.isalnum() for character in part))


def text_of(project: Project, mask: Mask) -> tuple[str, str]:
    """(name, body) to be searched: the project's name; every value that counts and the unit, masked and spaced."""
    values = (mask.value(choice.form, choice.field, choice.value) for choice in project.choices)
    body = "\n".join((*(mask.running(value) for value in values), mask.running(project.unit or "")))
    return spaced(mask.running(project.name)), spaced(body)

"""How likely a value read from paper is what stands there.

The reader's own confidence does not find its errors (design.md: 0 of 17 below 0.9), so a value counts as sure only
when something else confirms it: a check digit, the same value elsewhere on the form, a second reader, later the Word file.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from extractors.flow import Flow
from extractors.identifiers import id_is_valid
from extractors.normal import plain
from extractors.submission import Field
from parsers.document import Box, Seal

# Confirmed from outside; of a shape that misreadings seldom keep; nothing known; hard to read; against what is known.
CONFIRMED, SHAPELY, OPEN, POOR, REFUTED = 0.97, 0.9, 0.78, 0.6, 0.4
# Below this the reader itself gives up.
READER_DOUBTS = 0.8

# Two names without the blank between them are longer than a name of Han characters is.
_PERSON = r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3})"

_SHAPES = {
    "mobile": r"1[3-9]\d{9}",
    "phone": r"1[3-9]\d{9}|0\d{2,3}\d{7,8}",
    "postcode": r"\d{6}",
    "date": r"\d{4}-\d{2}(-\d{2})?",
    "period": r"\d{4}-\d{2}(-\d{2})?",
    "year": r"(19|20)\d{2}",
    "certificate_number": r"[A-Z]{0,4}\d{6,20}|\D*\d{4,}\D*",
    "amount": r"\d+(\.\d+)?",
    "count": r"\d+",
    "sequence": r"\d+",
    "name": r"[\u4e00-\u9fff·]{2,8}",
    "names": rf"{_PERSON}(?:、{_PERSON})*",
}
# Kinds that may stand several times on a form with one value.
_REPEATED = frozenset({"postcode", "organisation", "address", "mobile", "phone", "name"})
# Kinds whose value is one of a few words, and surely read once it is one of them.
_CLOSED = frozenset({"choice", "yes_no"})
# What in a mail address is read one for another.
_RISKY = re.compile(r"[lI1oO0]")
# In most fonts l, I and 1 are one shape, to every reader; among figures alone it is 1.
_ONE_SHAPE = re.compile(r"(?=[^@]*[A-Za-z])[^@]*[lI1]")


def first_sight(flow: Flow, value: str) -> float:
    """What the lines themselves say of a value: words struck out in them, a second reader's agreement or contradiction, own doubts."""
    if flow.corrected:
        return POOR
    if flow.seconds:
        backed = any(plain(value) in plain(second) or plain(flow.text) in plain(second) for second in flow.seconds)
        return CONFIRMED if backed else POOR
    return OPEN if flow.confidence >= READER_DOUBTS else POOR


def weigh(fields: Sequence[Field], kinds: dict[str, str], seals: Sequence[Seal], by_hand: Container[str] = ()) -> tuple[Field, ...]:
    """The fields with their confidence (0–1), starting from `first_sight`. `kinds` gives each field's kind.

    Those written `by_hand` are never sure: no shape or second reader proves handwriting.
    """
    most = (OPEN if field.field in by_hand else 1.0 for field in fields)
    return tuple(replace(f, confidence=min(limit, _weight(f, fields, kinds, seals))) for f, limit in zip(fields, most, strict=True))


def _weight(field: Field, fields: Sequence[Field], kinds: dict[str, str], seals: Sequence[Seal]) -> float:
    kind = kinds.get(field.field, "prose")
    if field.field in {"word_count", "character_count"}:
        return POOR
    if kind == "id_number":
        return CONFIRMED + 0.02 if id_is_valid(field.value) else REFUTED
    shape = _SHAPES.get(kind)
    if shape is not None and not re.fullmatch(shape, field.value):
        return REFUTED
    if _under_a_seal(field.box, field.page, [seal for seal in seals if seal.colour == "grey"]):
        return POOR
    if kind == "email" and _ONE_SHAPE.match(field.value):
        return min(field.confidence, OPEN - 0.05)
    if field.confidence >= CONFIRMED or (kind in _REPEATED and _stands_twice(field, fields, kinds)):
        return CONFIRMED
    if field.confidence < OPEN or _under_a_seal(field.box, field.page, seals):
        return POOR
    if kind in _CLOSED:
        return CONFIRMED if len(field.value) <= 6 else OPEN
    if kind == "email":
        return _mail(field.value, [f.value for f in fields if f is not field])
    return OPEN if shape is None else SHAPELY


def _stands_twice(field: Field, fields: Sequence[Field], kinds: dict[str, str]) -> bool:
    """Whether another place of the form says the same, or (a union's name) begins with it."""
    same = [f for f in fields if f is not field and kinds.get(f.field) == kinds.get(field.field) and f.box != field.box]
    return any(f.value == field.value or (len(field.value) >= 6 and f.value.startswith(field.value)) for f in same) or any(
        len(f.value) >= 6 and field.value.startswith(f.value) for f in same
    )


def _mail(address: str, others: Sequence[str]) -> float:
    """A mail address: sure when it is one, its domain stands on the form again or is a common one, and no sign is easily misread."""
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", address, re.ASCII):
        return REFUTED
    name, _, domain = address.partition("@")
    known = domain in {"163.com", "126.com", "qq.com", "sina.com", "139.com", "189.cn", "foxmail.com", "sohu.com", "yeah.net"}
    repeated = any(other.endswith("@" + domain) for other in others)
    if _RISKY.search(name) or (_RISKY.search(domain.rsplit(".", 1)[0]) and not (known or repeated)):
        return OPEN - 0.05
    return SHAPELY if known or repeated else OPEN


def _under_a_seal(box: Box | None, page: int | None, seals: Sequence[Seal]) -> bool:
    if box is None:
        return False
    return any(box.x0 < s.box.x1 and s.box.x0 < box.x1 and box.y0 < s.box.y1 and s.box.y0 < box.y1 for s in seals)

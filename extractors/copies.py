"""Which copy of a form counts where it came several times, and the values that count of the copies that do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from extractors.agreement import compare, may_be_reread
from extractors.identity import bare_name, natural
from extractors.reread import stands_elsewhere
from extractors.submission import Choice, Field, Form
from profiles.profile import FormRule, Profile

_NEWER = re.compile(r"修改|更正|更新|最新|终稿|定稿|最终|新版|补充|final|new|v\d", re.IGNORECASE)
_COUNTS = frozenset({"word_count", "character_count"})
# Two copies that share no more than this part of their fields are two halves of one form.
HALVES = 0.1
# What agreement with Word makes of a scan value's confidence.
CONFIRMED, DOUBTED = 0.99, 0.6


def sort_out(forms: Sequence[Form]) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """(forms that count, copies that do not): one a form and source, two where they are halves of one."""
    used: list[Form] = []
    unused: list[Form] = []
    for slot in dict.fromkeys((form.form, form.source) for form in forms):
        copies = sorted((f for f in forms if (f.form, f.source) == slot), key=_worth, reverse=True)
        kept = [copies[0]]
        for copy in copies[1:]:
            (kept if _is_other_half(copy, kept) else unused).append(copy)
        used += _with_marks(sorted(kept, key=lambda f: (natural(f.file), f.first_page or 0)))
    return tuple(used), tuple(unused)


def _worth(form: Form) -> tuple[object, ...]:
    """What makes a copy count: written in, sealed, signed, nearly as full as the fullest, named as newer, later."""
    written = sum(f.field not in _COUNTS for f in form.fields)
    return (
        written > 0,
        form.sealed is True,
        form.signed is True,
        written // 4,
        bool(_NEWER.search(form.file.rpartition("/")[2])),
        written,
        natural(form.file),
    )


def _is_other_half(copy: Form, kept: Sequence[Form]) -> bool:
    own = {f.field for f in copy.fields} - _COUNTS
    others = {f.field for form in kept for f in form.fields}
    return bool(own) and copy.form in {"nomination", "person"} and len(own & others) <= HALVES * len(own)


def _with_marks(forms: Sequence[Form]) -> list[Form]:
    """Halves of one form share their seal and signature."""
    if len(forms) < 2:
        return list(forms)
    sealed = True if any(f.sealed for f in forms) else forms[0].sealed
    return [replace(f, sealed=sealed) for f in forms]


def choices(forms: Sequence[Form], profile: Profile) -> tuple[Choice, ...]:
    """The value that counts of every field: Word's, else the scan's, and whether the two agree."""
    found: list[Choice] = []
    for rule in profile.forms:
        word, scan = (fields_by_name(f for f in forms if f.form == rule.name and f.source == source) for source in ("word", "scan"))
        kinds = kinds_of(rule)
        for name in dict.fromkeys([*kinds, *word, *scan]):
            one, other = word.get(name), scan.get(name)
            if one is None and other is None:
                continue
            chosen = one or other
            assert chosen is not None  # noqa: S101  one of them is there
            found.append(
                Choice(rule.name, name, chosen.value, "word" if one else "scan", agreement(one, other, kinds.get(name, "prose")), one, other)
            )
    return tuple(found)


def fields_by_name(forms: Iterable[Form]) -> dict[str, Field]:
    """Row 0 of these forms by field."""
    found: dict[str, Field] = {}
    for form in forms:
        for field in form.fields:
            if field.row == 0:
                found.setdefault(field.field, field)
    return found


def kinds_of(rule: FormRule) -> dict[str, str]:
    """Field name → kind, in the form's order; a period's two fields are of kind `period`."""
    kinds: dict[str, str] = {}
    for field in rule.fields():
        kinds |= dict.fromkeys(field.yields or (field.name,), field.kind)
    return kinds | {section.name: "prose" for section in rule.sections}


def agreement(word: Field | None, scan: Field | None, kind: str) -> Literal["same", "unsure", "differs", "one-sided"]:
    """`same`, `differs`, `unsure` or `one-sided`; counts of words are not compared."""
    if word is None or scan is None or word.field in _COUNTS:
        return "one-sided"
    return compare(word.value, scan.value, kind, (), scan.confidence, scan.alternatives, scan.raw)


def reread(forms: Sequence[Form], profile: Profile) -> tuple[Form, ...]:
    """The forms, those of a scan with what Word says wherever their ink may say so; `raw` keeps what was read first."""
    kinds: dict[str, dict[str, str]] = {rule.name: kinds_of(rule) for rule in profile.forms}
    words = {name: fields_by_name(f for f in forms if f.form == name and f.source == "word") for name in kinds}

    texts = {name: "\n".join(f.text for f in forms if f.form == name and f.source == "word") for name in kinds}

    def again(form: Form, field: Field) -> Field:
        word, kind = words.get(form.form, {}).get(field.field), kinds.get(form.form, {}).get(field.field, "prose")
        if word and kind == "prose" and stands_elsewhere(word.value, field.value, texts[form.form], form.text):
            return replace(field, value=word.value, alternatives=())
        return _reread(field, word, kind)

    return tuple(replace(f, fields=tuple(again(f, field) for field in f.fields)) if f.source == "scan" else f for f in forms)


def _reread(scan: Field, word: Field | None, kind: str) -> Field:
    if word is None or word.value == scan.value or not may_be_reread(word.value, scan.value, kind, scan.alternatives):
        return scan
    return replace(scan, value=word.value, alternatives=())


def confirmed(forms: Sequence[Form], picked: Sequence[Choice]) -> tuple[Form, ...]:
    """The forms, their scan values surer where Word says the same and doubted where it does not."""
    verdicts = {(c.form, c.field): c.agreement for c in picked if c.word and c.scan}
    return tuple(
        replace(form, fields=tuple(_weighed(f, verdicts.get((f.form, f.field))) for f in form.fields)) if form.source == "scan" else form
        for form in forms
    )


def weighed_choices(picked: Sequence[Choice]) -> tuple[Choice, ...]:
    """The same choices, their scan values as sure as the comparison left them."""
    return tuple(replace(c, scan=_weighed(c.scan, c.agreement)) if c.scan and c.word else c for c in picked)


def _weighed(field: Field, verdict: str | None) -> Field:
    confidence = field.confidence
    if verdict == "same":
        confidence = max(confidence, CONFIRMED)
    elif verdict in {"unsure", "differs"}:
        confidence = min(confidence, DOUBTED)
    return field if confidence == field.confidence else replace(field, confidence=confidence)


def confirmed_summaries(forms: Sequence[Form], profile: Profile) -> tuple[Form, ...]:
    """The 汇总表 of a message: scan values surer where Word's table says the same of the same project, doubted where it does not."""
    kinds = {name: kind for rule in profile.forms if rule.name == "summary" for name, kind in kinds_of(rule).items()}
    word = [field for form in forms if form.source == "word" for field in form.fields]
    known = {(_row_name(word, f.row), f.field): f for f in word}

    def weighed(field: Field, fields: Sequence[Field]) -> Field:
        other = known.get((_row_name(fields, field.row), field.field))
        kind = kinds.get(field.field, "text")
        again = _reread(field, other, kind)
        return _weighed(again, agreement(other, again, kind) if other else None)

    return tuple(replace(f, fields=tuple(weighed(x, f.fields) for x in f.fields)) if f.source == "scan" else f for f in forms)


def _row_name(fields: Sequence[Field], row: int) -> str:
    """What a row of the table is known by: its project, without one its number; the head is known by nothing."""
    values = {field.field: field.value for field in fields if field.row == row}
    return bare_name(values.get("project_name") or values.get("seq", "")) if row else ""

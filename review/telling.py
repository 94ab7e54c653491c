"""What a letter tells a unit of its findings: form by form, alike ones in one sentence, nothing of other units, no ID number.

A finding is kept as its sentence; read back by the profile's text of its rule it is slots again, which can be joined or asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from checks.finding import Severity
from checks.labels import form_rule, form_title, label
from profiles.profile import Profile, RuleText, RuleVariant
from texts import say

# Findings that speak of another unit are told without it: a letter says nothing about others.
_ABOUT_OTHERS: Final[Mapping[str, str]] = {
    "same-completer": "letters.same_completer",
    "same-grassroots-unit": "letters.same_grassroots_unit",
}
_SILENT_RULES: Final = frozenset({"same-project"})
_ID_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{10}(\d{3}[\dXx])(?![0-9A-Za-z])")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Point:
    """One finding as the store keeps it: the name of its rule, its severity, its Chinese text (what is wrong and what to send), its place."""

    rule: str
    severity: Severity
    text: str
    form: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """A point with the words of the profile it was said in and what filled their slots; no words where the profile has changed since."""

    point: Point
    words: RuleText | RuleVariant | None
    slots: Mapping[str, str]


def clean(text: str) -> str:
    """`text` on one line, without control characters, ID numbers masked: safe for XML, a header and a letter."""
    flat = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return _ID_NUMBER.sub(r"\1**********\2", flat)


def told(points: Iterable[Point], severity: Severity, profile: Profile, own: Collection[str] = ()) -> list[str]:
    """The sentences of one severity in the order of the forms, each once. `own` are the names of the unit's projects, which may be named."""
    chosen = [point for point in points if point.severity == severity and point.rule not in _SILENT_RULES]
    said = [_read_back(point, profile) for point in sorted(chosen, key=lambda point: _place(point, profile))]
    groups: dict[object, list[_Said]] = {}
    for one in said:
        groups.setdefault(_alike(one), []).append(one)
    return list(dict.fromkeys(_sentence(group, own) for group in groups.values()))


def asked(points: Iterable[Point], profile: Profile) -> list[str]:
    """The questions that only the unit can answer: of the findings to verify, those for which the profile has a question."""
    said = (_read_back(point, profile) for point in sorted(points, key=lambda point: _place(point, profile)) if point.severity == "verify")
    return list(dict.fromkeys(clean(one.words.ask.format_map(one.slots)) for one in said if one.words and one.words.ask))


def _place(point: Point, profile: Profile) -> tuple[int, int, int]:
    """Where a point stands in a letter: by form, by rule, by field, each in the profile's order; what concerns no form comes first."""
    form = form_rule(profile, point.form or "")
    names = form.names() if form else ()
    return (
        profile.forms.index(form) if form else -1,
        list(profile.rules).index(point.rule) if point.rule in profile.rules else len(profile.rules),
        names.index(point.field) if point.field in names else len(names),
    )


def _read_back(point: Point, profile: Profile) -> _Said:
    rule = profile.rules.get(point.rule)
    known: tuple[RuleText | RuleVariant, ...] = (rule, *rule.variants.values()) if rule else ()
    placed = _placed(point, profile)
    for words in sorted(known, key=lambda words: -len(words.text)):
        match = _pattern(words.text, placed).fullmatch(point.text)
        if match:
            return _Said(point, words, match.groupdict())
    return _Said(point, None, {})


def _placed(point: Point, profile: Profile) -> tuple[tuple[str, str], ...]:
    """The slots that a point's place fills."""
    if form_rule(profile, point.form or "") is None or point.form is None:
        return ()
    title = ("form", form_title(profile, point.form))
    return (title, ("label", label(profile, point.form, point.field))) if point.field else (title,)


@lru_cache(maxsize=512)
def _pattern(template: str, placed: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """What a text made from `template` looks like, its slots as groups; those in `placed` are known to say this."""
    known = {name: re.escape(words) for name, words in placed}
    seen: set[str] = set()
    made = ""
    for number, part in enumerate(_SLOT.split(template)):
        if number % 2 == 0:
            made += re.escape(part)
        elif part in seen:
            made += f"(?P={part})"
        else:
            made += f"(?P<{part}>{known.get(part, '.*?')})"
            seen.add(part)
    return re.compile(made, re.DOTALL)


def _alike(said: _Said) -> object:
    """What two findings have in common that differ only in the cell they name; a finding that names none stands for itself."""
    if said.words is None or "label" not in said.slots:
        return said.point
    return said.point.rule, said.words.text, tuple(sorted((name, value) for name, value in said.slots.items() if name != "label"))


def _sentence(group: Sequence[_Said], own: Collection[str]) -> str:
    first = group[0]
    if first.point.rule in _ABOUT_OTHERS and not _of_own(first.slots.get("others", ""), own):
        return say(_ABOUT_OTHERS[first.point.rule])
    if len(group) == 1 or first.words is None:
        return clean(first.point.text)
    labels = dict.fromkeys(one.slots["label"] for one in group)
    return clean(first.words.text.format_map({**first.slots, "label": say("letters.between_labels").join(labels)}))


def _of_own(others: str, own: Collection[str]) -> bool:
    """True when `others`, names as a finding lists them, are all of the unit's own projects."""
    names = {say("checks.project", name=name) for name in own}
    rest = others
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return bool(others) and not rest.strip("、")

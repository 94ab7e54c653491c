"""Reading a campaign's file: a `Profile`, or the line and the reason why it is none."""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from errors import ProfileError
from profiles.profile import FormRule, Profile
from profiles.toml_lines import Place, line_of, lines_of
from texts import say

DEFAULT = "zhenjiang_2024"

# pydantic's type of error → our sentence; whatever else goes wrong is told as pydantic says it.
SENTENCES = {
    "missing": "profiles.missing",
    "extra_forbidden": "profiles.unknown",
    "literal_error": "profiles.not_allowed",
    "string_type": "profiles.no_string",
    "bool_parsing": "profiles.no_yes_no",
    "bool_type": "profiles.no_yes_no",
    "int_parsing": "profiles.no_number",
    "int_type": "profiles.no_number",
    "float_type": "profiles.no_number",
    "float_parsing": "profiles.no_number",
    "tuple_type": "profiles.no_list",
    "value_error": "profiles.broken_pattern",
}

Fault = tuple[Place, str]


def load_profile(path_or_name: str | Path = DEFAULT) -> Profile:
    """The campaign in the file at this path, or the bundled one of this name.

    Raises ProfileError with `file`, `line` (1-based; 0 where none can be named) and `why` when it cannot be read, is no
    TOML, or breaks the model.
    """
    file, text = _read(path_or_name)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(file=file, line=_toml_line(str(error), text), why=say("profiles.no_toml", why=str(error))) from error
    places = lines_of(text)
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: line_of(places, e["loc"]))
        raise ProfileError(file=file, line=line_of(places, first["loc"]), why=_sentence(first)) from error
    for place, why in faults(profile):
        raise ProfileError(file=file, line=line_of(places, place), why=why)
    return profile


def faults(profile: Profile) -> Iterator[Fault]:
    """(place, reason) of everything that each part allows but the whole does not."""
    yield from _doubles(profile)
    for i, form in enumerate(profile.forms):
        yield from _form_faults(form, ("forms", i))
    for kind, (least, most) in profile.roster.quota.items():
        if not 0 <= least <= most:
            yield ("roster", "quota", kind), say("profiles.quota", least=least, most=most)
    for i, unit in enumerate(profile.roster.units):
        if unit.kind not in profile.roster.quota:
            yield ("roster", "units", i), say("profiles.missing", name=f"quota.{unit.kind}")


def _doubles(profile: Profile) -> Iterator[Fault]:
    lists: tuple[tuple[Place, list[str]], ...] = (
        (("forms",), [form.name for form in profile.forms]),
        (("categories",), [category.name for category in profile.categories]),
        (("roster", "units"), [unit.name for unit in profile.roster.units]),
    )
    for place, names in lists:
        for name, count in Counter(names).items():
            if count > 1:
                yield (*place, len(names) - 1 - names[::-1].index(name)), say("profiles.double", name=name)


def _form_faults(form: FormRule, place: Place) -> Iterator[Fault]:
    names = [name for field in form.fields() for name in (field.name, *field.yields)]
    for name, count in Counter(names).items():
        if count > 1:
            yield place, say("profiles.double", name=name)
    for j, block in enumerate(form.blocks):
        for k, field in enumerate(block.fields):
            if field.kind in {"choice", "yes_no"} and not field.choices:
                yield (*place, "blocks", j, "fields", k), say("profiles.missing", name="choices")
            if field.kind == "period" and len(field.yields) != 2:
                yield (*place, "blocks", j, "fields", k), say("profiles.period")
    for i, sentence in enumerate(form.printed):
        for slot in _slots(sentence):
            if slot not in names:
                yield (*place, "printed", i), say("profiles.slot", name=slot)


def _slots(sentence: str) -> list[str]:
    try:
        return [slot for _, slot, _, _ in string.Formatter().parse(sentence) if slot is not None]
    except ValueError:
        return [sentence]


def _read(path_or_name: str | Path) -> tuple[str, str]:
    """The name to call it by, and its text."""
    bundled = files("profiles").joinpath(f"{path_or_name}.toml")
    path = Path(path_or_name)
    try:
        if re.fullmatch(r"\w+", str(path_or_name)) and not path.is_file():
            return f"{path_or_name}.toml", bundled.read_text(encoding="utf-8")
        return str(path_or_name), path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError(file=str(path_or_name), line=0, why=say("profiles.no_utf8")) from error
    except OSError as error:
        raise ProfileError(file=str(path_or_name), line=0, why=say("profiles.no_file", why=error.strerror or type(error).__name__)) from error


def _toml_line(message: str, text: str) -> int:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else text.count("\n") + 1


def _sentence(error: ErrorDetails) -> str:
    names = [part for part in error["loc"] if isinstance(part, str)]
    key = SENTENCES.get(error["type"], "profiles.other")
    return say(key, name=names[-1] if names else "", value=str(error["input"])[:40], why=error["msg"])

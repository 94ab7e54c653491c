"""What a form says about whose it is: the project's name, people, units, and where its file lies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from extractors.essay import title_project
from extractors.normal import plain
from extractors.submission import Form

# Two project names so alike (0–100) are the same project; below the second figure they are two.
SAME_PROJECT, OTHER_PROJECT = 85, 55


@dataclass(frozen=True, slots=True)
class Identity:
    """Names (each perhaps empty) on a form, its folder (without the file's name) and file."""

    projects: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    folder: str = ""
    file: str = ""

    @property
    def nameless(self) -> bool:
        """Whether it names nothing."""
        return not (self.projects | self.people | self.units)


def identity(form: Form) -> Identity:
    """The identity of one form."""
    projects = [form.value("project_name"), form.value("commitment_project"), form.value("commitment_project_2")]
    if form.form == "recommendation":
        projects.append(title_project(form.text))
    people = (form.value("name") or "").split("、")
    units = [form.value("employer"), form.value("unit_name"), form.value("commitment_unit")]
    folder, _, _ = form.file.rpartition("/")
    return Identity(_names(projects), _names(people), _names(units), folder, form.file)


def _names(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(bare for value in values if value and (bare := bare_name(value)))


@lru_cache(maxsize=4096)
def bare_name(text: str) -> str:
    """A name without white space, quotes and punctuation."""
    return re.sub(r"[^\w]|_", "", plain(text))


def likeness(left: Iterable[str], right: Iterable[str]) -> float | None:
    """How alike (0–100) the nearest two names are; None when one side names nothing."""
    pairs = [fuzz.ratio(a, b) for a in left for b in right]
    return max(pairs, default=None)


def same_people(left: Iterable[str], right: Iterable[str], scan: bool) -> bool | None:
    """Whether both name the same person (in scans one sign of three or more may be misread); None when one names nobody."""
    a, b = set(left), set(right)
    if not a or not b:
        return None
    if a & b:
        return True
    return scan and any(len(x) == len(y) >= 3 and sum(p != q for p, q in zip(x, y, strict=True)) == 1 for x in a for y in b)


def in_path(path: str, names: Iterable[str]) -> set[str]:
    """The names that occur in a path, compared without punctuation."""
    squeezed = bare_name(path)
    return {name for name in names if len(name) >= 2 and name in squeezed}


def leading_number(path: str) -> int | None:
    """The number that a file's name begins with (`2.推荐材料.docx` → 2), None without one; a year or a date is none."""
    found = re.match(r"\s*[（(【\[]?\s*(\d{1,2})(?!\d)(?!\s*[年月日])", path.rpartition("/")[2])
    return int(found[1]) if found else None


def natural(path: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key: figures by value, so that IMG_9 comes before IMG_10."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in re.findall(r"\d+|\D+", path))


def union(identities: Sequence[Identity]) -> Identity:
    """All that several forms say together."""
    return Identity(
        frozenset().union(*(i.projects for i in identities)),
        frozenset().union(*(i.people for i in identities)),
        frozenset().union(*(i.units for i in identities)),
    )

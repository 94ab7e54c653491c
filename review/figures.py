"""Who is a worker and who a technician, and the selection's figures against the notice's limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from profiles.profile import Profile

Standing = Literal["worker", "technician", "undecided"]


@dataclass(frozen=True, slots=True)
class Who:
    """A first completer: 一线工人 or 一线技术人员, and whether the 职称 is a senior one."""

    standing: Standing
    senior: bool


def standing(skill_level: str, title: str, position: str, words: Mapping[str, Iterable[str]]) -> Who:
    """Title and no grade → technician; grade and no title → worker; both → by the position's words, else undecided.

    `words` are the profile's: `nothing`, `worker_positions`, `technician_positions`, `senior_titles`. A worker is never senior
    in the sense of the notice (职称为高级的 counts among technicians).
    """
    nothing = set(words.get("nothing", ())) | {""}
    has_grade, has_title = skill_level.strip() not in nothing, title.strip() not in nothing
    if has_grade and has_title:
        works, plans = _any(words, "worker_positions", position), _any(words, "technician_positions", position)
        kind: Standing = "undecided" if works == plans else "worker" if works else "technician"
    else:
        kind = "worker" if has_grade else "technician" if has_title else "undecided"
    return Who(kind, kind != "worker" and has_title and _any(words, "senior_titles", title))


def _any(words: Mapping[str, Iterable[str]], name: str, text: str) -> bool:
    return any(re.search(pattern, text) for pattern in words.get(name, ()))


@dataclass(frozen=True, slots=True)
class Selection:
    """Figures of a set of projects: `shares` are fractions (0–1), None where there is nothing to share.

    `worker_share` is of all whose standing is known, `senior_share` of the technicians; `*_ok` hold them against the notice
    (≥ 50 %, < 10 %).
    """

    projects: int
    workers: int
    technicians: int
    undecided: int
    seniors: int
    worker_share: float | None
    senior_share: float | None
    workers_ok: bool | None
    seniors_ok: bool | None


def selection(people: Iterable[Who], profile: Profile) -> Selection:
    """The figures of `people`, one a project."""
    known = list(people)
    workers = sum(who.standing == "worker" for who in known)
    technicians = sum(who.standing == "technician" for who in known)
    seniors = sum(who.senior and who.standing == "technician" for who in known)
    worker_share = workers / (workers + technicians) if workers + technicians else None
    senior_share = seniors / technicians if technicians else None
    return Selection(
        projects=len(known),
        workers=workers,
        technicians=technicians,
        undecided=len(known) - workers - technicians,
        seniors=seniors,
        worker_share=worker_share,
        senior_share=senior_share,
        workers_ok=None if worker_share is None else worker_share >= profile.limits.worker_share,
        seniors_ok=None if senior_share is None else senior_share < profile.limits.senior_share,
    )

"""Rules between projects: one first completer once, one project by one unit, one basic organisation through one unit."""

from __future__ import annotations

from collections.abc import Iterator

from checks.case import Desk, Hit, hit_at
from checks.labels import row_name
from checks.register import Neighbour
from extractors.submission import Project


def _slots(neighbours: list[Neighbour]) -> dict[str, object]:
    first = neighbours[0]
    return {
        "others": "、".join(row_name(0, other.name) for other in neighbours),
        "units": "、".join(dict.fromkeys(other.unit or "" for other in neighbours)),
        "person": first.first_completer,
        "employer": first.employer,
        "share": f"{max((other.similarity or 0 for other in neighbours), default=0):.0%}",
    }


def _elsewhere(project: Project, desk: Desk) -> list[Neighbour]:
    """Neighbours that another known unit nominates."""
    return [other for other in desk.register.of(project.key) if project.unit and other.unit and other.unit != project.unit]


def same_completer(project: Project, desk: Desk) -> Iterator[Hit]:
    """The first completer of another current project is the same person. 一（二）4: “本次活动作为第一完成人，只能被提名 1 次”."""
    found = [other for other in desk.register.of(project.key) if other.same_person]
    if found:
        yield hit_at(project, "person", "name", variant="" if found[0].same_person == "id" else "name", slots=_slots(found))


def same_project(project: Project, desk: Desk) -> Iterator[Hit]:
    """Another unit nominates the same project, or nearly the same text. 一（一）5: “每个项目只能由一个提名单位提名”."""
    found = [other for other in _elsewhere(project, desk) if other.same_name or other.similarity is not None]
    if found:
        variant = "" if any(other.similarity is not None for other in found) else "name"
        yield hit_at(project, "nomination", "project_name", variant=variant, slots=_slots(found))


def same_grassroots_unit(project: Project, desk: Desk) -> Iterator[Hit]:
    """The first unit's projects come through two nominating units. 一（一）5: “同一基层组织的所有项目只能通过一个提名单位被提名”."""
    found = [other for other in _elsewhere(project, desk) if other.same_firm]
    if found:
        slots = {**_slots(found), "firm": project.value("person", "unit_name") or project.value("person", "employer") or ""}
        yield hit_at(project, "person", "unit_name", slots=slots)

"""Rows of the store → what letters and exports are made from. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from email.utils import parseaddr
from typing import Final, cast
from zoneinfo import ZoneInfo

from checks.finding import Severity
from profiles.profile import Profile
from review.letters import Case, ProjectCase, SilentUnit
from review.telling import Point
from store.rows import FindingRow, MessageRow, ProjectRow

# What the newest mail of a unit settles; older ones' are past.
_OF_THE_NEWEST: Final = frozenset({"subject-format", "late", "quota"})


def unit_cases(
    messages: Sequence[MessageRow],
    projects: Iterable[ProjectRow],
    findings: Iterable[FindingRow],
    profile: Profile,
    addresses: Mapping[str, str] | None = None,
) -> tuple[Case, ...]:
    """One `Case` for each unit that sent something, in order of its name: its current projects, the open findings, the mail to answer.

    The newest mail is answered; `addresses` (unit → address) goes before its sender's.
    """
    known = dict(addresses or {})
    opened = opened_points(findings)
    by_unit: dict[str, list[MessageRow]] = {}
    for message in messages:
        if message.unit:
            by_unit.setdefault(message.unit, []).append(message)
    current: dict[str, list[ProjectRow]] = {}
    for project in projects:
        if project.unit and project.superseded_by is None:
            current.setdefault(project.unit, []).append(project)
    return tuple(
        _case(unit, sorted(own, key=_when), current.get(unit, ()), opened, profile, known.get(unit)) for unit, own in sorted(by_unit.items())
    )


def _when(message: MessageRow) -> str:
    return message.received_at or ""


def _case(
    unit: str,
    messages: Sequence[MessageRow],
    projects: Sequence[ProjectRow],
    opened: Mapping[tuple[str, str | None], tuple[Point, ...]],
    profile: Profile,
    address: str | None,
) -> Case:
    newest = messages[-1]
    whole = [
        point
        for message in messages
        for point in opened.get((message.message, None), ())
        if message is newest or point.rule not in _OF_THE_NEWEST
    ]
    return Case(
        unit=unit,
        address=address or parseaddr(newest.sender)[1],
        subject=newest.subject,
        message_id=newest.message_id,
        received=_day(newest.received_at, profile.dates.timezone),
        points=tuple(dict.fromkeys(whole)),
        projects=tuple(
            ProjectCase(
                name=project.project_name or "",
                first_completer=project.first_completer or "",
                points=_open_still(project, opened.get((project.message, project.project), ())),
            )
            for project in projects
        ),
        messages=len(messages),
        by_hand=not (newest.message_id or newest.sender),
    )


def _open_still(project: ProjectRow, points: Sequence[Point]) -> tuple[Point, ...]:
    """What the unit still has to hear of: nothing of a project that the office let pass, of one it turned down only why."""
    told: Mapping[str | None, tuple[str, ...]] = {"passed": (), "rejected": ("ineligible",)}
    severities = told.get(project.decision)
    return tuple(point for point in points if severities is None or point.severity in severities)


def _point(finding: FindingRow) -> Point:
    return Point(finding.rule, cast(Severity, finding.severity), finding.text, finding.form, finding.field)


def opened_points(findings: Iterable[FindingRow]) -> dict[tuple[str, str | None], tuple[Point, ...]]:
    """The open findings by (message, project)."""
    points: dict[tuple[str, str | None], list[Point]] = {}
    for finding in findings:
        if finding.state == "open":
            points.setdefault((finding.message, finding.project), []).append(_point(finding))
    return {key: tuple(found) for key, found in points.items()}


def _day(received_at: str | None, timezone: str) -> date | None:
    if not received_at:
        return None
    moment = datetime.fromisoformat(received_at)
    return (moment.astimezone(ZoneInfo(timezone)) if moment.tzinfo else moment).date()


def silent_units(names: Iterable[str], profile: Profile, addresses: Mapping[str, str] | None = None) -> tuple[SilentUnit, ...]:
    """The units that `Status.silent` names, with the kind that the roster gives them (`industry` where it does not know them)."""
    kinds = {unit.name: unit.kind for unit in profile.roster.units}
    known = dict(addresses or {})
    return tuple(SilentUnit(name, kinds.get(name, "industry"), known.get(name, "")) for name in names)

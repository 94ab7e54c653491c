"""今日: what is new, what waits, what is overdue, who is silent; figures against the notice's, each a link to what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from datasette import Response

from profiles.profile import Profile
from review.desk.context import Asked, Desk, Route
from review.desk.letters import until
from review.letters import chinese_date
from review.words import RULES
from store.lists import UNDECIDED, Share, Today
from store.queries import CANNED
from texts import say

STATUSES = ("complete", "review", "incomplete", "ineligible")


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: its name and address, `parts` as (status, start, length) in per cent of the longest, `total`, the notice's `limit`.

    `limit` is (start, end) in per cent; `told` says it in words.
    """

    name: str
    address: str
    parts: tuple[tuple[str, float, float], ...]
    total: int
    limit: tuple[float, float] | None
    told: str


async def today(desk: Desk, asked: Asked) -> Response:
    """The first page of the morning."""
    moment = desk.today()
    figures = desk.store.desk.today(moment.replace(hour=0, minute=0, second=0, microsecond=0))
    days = (desk.profile.dates.deadline - moment.date()).days
    shown = {
        "figures": figures,
        "day": chinese_date(moment.date()),
        "deadline": chinese_date(desk.profile.dates.deadline),
        "days": days,
        "until": until(desk),
        "waiting": sum(figures.statuses.values()) - sum(figures.decisions.values()),
        "total": sum(figures.statuses.values()),
        "categories": _categories(figures, desk.profile),
        "units": _units(figures, desk.profile),
        "rules": _rules(figures),
        "campaign": desk.profile,
        "questions": CANNED,
        "statuses": STATUSES,
    }
    return await asked.page("today.html", shown)


def queue_address(**wanted: str) -> str:
    """The address of the queue with these filters."""
    return f"/-/queue?{urlencode(wanted)}"


def _bar(share: Share, name: str, address: str, most: int, limit: tuple[int, int] | None = None) -> Bar:
    parts: list[tuple[str, float, float]] = []
    at = 0.0
    for status in STATUSES:
        length = 100 * getattr(share, status) / most
        if length:
            parts.append((status, round(at, 2), round(length, 2)))
        at += length
    place = (round(100 * limit[0] / most, 2), round(100 * limit[1] / most, 2)) if limit else None
    told = (
        ""
        if limit is None
        else say("desk.wanted_one", most=limit[1])
        if limit[0] == limit[1]
        else say("desk.wanted", least=limit[0], most=limit[1])
    )
    return Bar(name, address, tuple(parts), share.total, place, told)


def _categories(figures: Today, profile: Profile) -> tuple[Bar, ...]:
    """All categories of the notice in its order, those of none last, against how many are chosen of each."""
    shares = {share.name: share for share in figures.categories}
    names = [category.name for category in profile.categories] + [name for name in shares if name not in {c.name for c in profile.categories}]
    wanted = profile.limits.per_category
    most = max([wanted, *(share.total for share in shares.values())])
    return tuple(
        _bar(
            shares.get(name, Share(name, 0, 0, 0, 0)),
            name or say("desk.category_unknown"),
            queue_address(category=name or UNDECIDED),
            most,
            (wanted, wanted) if name else None,
        )
        for name in names
    )


def _units(figures: Today, profile: Profile) -> tuple[Bar, ...]:
    """The roster's units first, then the others by how many they sent, against the quota of their kind."""
    shares = {share.name: share for share in figures.units}
    known = {unit.name: profile.roster.quota[unit.kind] for unit in profile.roster.units if unit.kind in profile.roster.quota}
    rest = profile.roster.quota.get("industry")
    names = [unit.name for unit in profile.roster.units] + [name for name in shares if name not in known]
    most = max([1, *(limit[1] for limit in known.values()), *(share.total for share in shares.values())])
    return tuple(
        _bar(
            shares.get(name, Share(name, 0, 0, 0, 0)),
            name or say("desk.unit_unknown"),
            queue_address(unit=name) if name else "/-/queue",
            most,
            known.get(name, rest) if name else None,
        )
        for name in names[:60]
    )


def _rules(figures: Today) -> tuple[Bar, ...]:
    most = max([1, *(number for _, number in figures.rules)])
    return tuple(
        Bar(RULES.get(rule, rule), queue_address(rule=rule), (("plain", 0, round(100 * number / most, 2)),), number, None, "")
        for rule, number in figures.rules
    )


ROUTES = (Route(r"^/$", today),)

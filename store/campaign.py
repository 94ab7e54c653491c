"""Copies what queries need of the campaign (dates, limits, roster) into the database, so that plain SQL can use it."""

from __future__ import annotations

import sqlite3

from profiles.profile import Profile
from store.connection import transaction


def keep_campaign(database: sqlite3.Connection, profile: Profile) -> None:
    """The tables `campaign` and `roster` say what the profile says; nothing is written when they do already."""
    facts = sorted(_facts(profile).items())
    units = sorted(
        (unit.name, place, unit.kind, *profile.roster.quota.get(unit.kind, (0, 0))) for place, unit in enumerate(profile.roster.units)
    )
    same_facts = [tuple(row) for row in database.execute("SELECT name, value FROM campaign ORDER BY name")] == facts
    same_units = [tuple(row) for row in database.execute("SELECT * FROM roster ORDER BY unit")] == units
    if same_facts and same_units:
        return
    with transaction(database):
        database.execute("DELETE FROM campaign")
        database.execute("DELETE FROM roster")
        database.executemany("INSERT INTO campaign VALUES (?,?)", facts)
        database.executemany("INSERT INTO roster VALUES (?,?,?,?,?)", units)


def _facts(profile: Profile) -> dict[str, str]:
    limits = profile.limits
    return {
        "name": profile.name,
        "title": profile.title,
        "deadline": profile.dates.deadline.isoformat(),
        "applied_by": profile.dates.applied_by.isoformat(),
        "recommendation": str(limits.recommendation),
        "summary_text": str(limits.summary_text),
        "per_category": str(limits.per_category),
    }

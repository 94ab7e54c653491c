"""The metadata of datasette: titles, descriptions, facets, order, questions, and who may look."""

from __future__ import annotations

from typing import Any

from profiles.profile import Profile
from review.words import COLUMNS, INNER, VIEWS
from store.looking import columns_of
from store.queries import CANNED, hidden_tables
from texts import say

LOGGED_IN = {"id": "*"}
REVIEWING = {"role": ["reviewer", "admin"]}
FACETS: dict[str, list[str]] = {
    "project_list": ["status", "unit", "category", "decision"],
    "finding_list": ["rule", "severity", "state"],
    "message_list": ["status", "unit"],
    "file_list": ["status", "media_type"],
    "part_list": ["form", "source", "sealed", "signed"],
    "field_list": ["form", "source"],
    "value_list": ["agreement", "chosen_from", "form"],
    "history_list": ["actor", "action"],
}
ORDER: dict[str, dict[str, str]] = {
    "project_list": {"sort_desc": "received_at"},
    "message_list": {"sort_desc": "received_at"},
    "sighting_list": {"sort_desc": "seen_at"},
    "field_list": {"sort": "confidence"},
    "history_list": {"sort_desc": "at"},
}


def metadata(profile: Profile) -> dict[str, Any]:
    """What datasette is told about intake.db for this campaign."""
    title = say("lists.title", office=profile.office.name)
    about = say("lists.about", title=profile.title, notice=profile.notice)
    return {
        "title": title,
        "description": about,
        "allow": LOGGED_IN,
        "allow_sql": REVIEWING,
        "databases": {
            "intake": {
                "title": say("lists.data"),
                "description": say("lists.data_about"),
                "allow": LOGGED_IN,
                "allow_sql": REVIEWING,
                "tables": _views() | _inner(),
                "queries": {q.name: {"sql": q.sql, "title": q.name, "description": q.about} for q in CANNED},
            }
        },
    }


def _inner() -> dict[str, Any]:
    titles = {name: (say("lists.inner", name=INNER[name][0]), INNER[name][1]) for name in hidden_tables()}
    return {name: {"title": title, "description": about, "hidden": True, "allow": REVIEWING} for name, (title, about) in titles.items()}


def _views() -> dict[str, Any]:
    return {
        view: {
            "title": title,
            "description": about,
            "columns": {name: COLUMNS[name] for name in columns_of(view)},
            "facets": FACETS.get(view, []),
            "size": 50,
            **ORDER.get(view, {}),
        }
        for view, (title, about) in VIEWS.items()
    }

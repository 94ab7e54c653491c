"""What the columns, views and codes of the contract are called in Chinese, for the pages: all of it stands in the table of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from checks.labels import form_rule
from checks.labels import label as form_label
from profiles.profile import Profile
from texts import say, table

_NOTES = table("view_notes")
VIEWS: dict[str, tuple[str, str]] = {view: (title, _NOTES[view]) for view, title in table("views").items()}
"""(title, what it holds) of the contract's views."""
INNER: dict[str, tuple[str, str]] = {name: (text.partition("：")[0], text.partition("：")[2]) for name, text in table("inner").items()}
"""(title, what it holds) of the tables behind the views."""
COLUMNS: Mapping[str, str] = table("columns")
CODES: dict[str, Mapping[str, str]] = {
    column: table(f"code_{column}")
    for column in ("status", "severity", "decision", "source", "chosen_from", "agreement", "state", "sealed", "signed", "used")
}
RULES: Mapping[str, str] = table("rules")
LOOKUPS: Mapping[str, str] = table("lookups")
PARAMETERS: Mapping[str, str] = table("parameters")
ACTIONS: Mapping[str, str] = table("actions")
ROLES: Mapping[str, str] = table("roles")
SPANS: Mapping[str, str] = table("spans")
SAME_WORDS = {"状态": "status", "处理": "state", "采用": "chosen_from"}
"""Columns of the canned queries that hold the codes of a contract's column."""
FORM_COLUMNS, FIELD_COLUMNS = ("form", "表"), ("field", "字段")


def label(column: str) -> str:
    """The short Chinese name of a column; itself where it has none."""
    return re.split("[（；：，]", COLUMNS.get(column, column))[0]


def said(column: str, value: object) -> str | None:
    """The Chinese word for a code in a column, None where it is no code."""
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, str):
        return None
    if column in ("rule", "规则"):
        return RULES.get(value)
    return CODES.get(SAME_WORDS.get(column, column), {}).get(value)


def spoken(profile: Profile, column: str, value: object, of: Mapping[str, object]) -> str | None:
    """The Chinese word for a value of a list that is a code: `of` are the other values of its row by column. None where it is no code."""
    if not isinstance(value, str):
        return said(column, value)
    if column in FORM_COLUMNS:
        return form_title(profile, value)
    if column in FIELD_COLUMNS:
        form = next((str(of[name]) for name in FORM_COLUMNS if of.get(name)), "")
        return field_label(profile, form, value) if form else None
    if column == "action":
        return ACTIONS.get(value)
    if column in ("before", "after") and of.get("action"):
        return told_change(str(of["action"]), value, profile)
    return said(column, value)


def form_title(profile: Profile, form: str) -> str | None:
    """What a form is called, with its 附件; None for a name that the campaign does not have."""
    other = say("desk.other_form") if form == "other" else None
    return next((f"{known.attachment} {known.title}".strip() for known in profile.forms if known.name == form), other)


def told_change(action: str, text: str | None, profile: Profile) -> str:
    """What a history line's `before` or `after` says, in Chinese."""
    if not text:
        return table("actions")["nothing"]
    if action == "decide":
        return CODES["decision"].get(text, text)
    if action in ("give", "assign"):
        return _told_hand(text, profile)
    if action == "correct":
        place, _, value = text.partition(" ")
        return f"{field_label(profile, *place.partition('.')[::2])} {value}"
    rule, *named = text.split(" ")
    words = [RULES.get(rule, rule), *(table("verdicts").get(word, "") for word in named[-1:])]
    return " ".join(word for word in words if word)


def _told_hand(text: str, profile: Profile) -> str:
    """What was done about a file: what stands in its place, which form it is (its project is named by the page)."""
    form, _project, file = [*text.split(" ", 2), "", ""][:3]
    return " ".join(part for part in (file, form_title(profile, form)) if part)


def field_label(profile: Profile, form: str, field: str) -> str:
    """What a field is called on its form, told from those of the same label; itself where the campaign does not have it."""
    special = table("field_labels").get(field)
    return special or (form_label(profile, form, field) if form_rule(profile, form) else field)


def size(count: int) -> str:
    """A number of bytes as a clerk reads it: `145 字节`, `5.6 kB`, `3.1 MB`."""
    if count < 1000:
        return say("page.bytes", count=count)
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def local_time(text: str, timezone: str) -> str:
    """An ISO 8601 time as `2024-04-09 17:05` in `timezone`; anything else as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment.astimezone(ZoneInfo(timezone)) if moment.tzinfo else moment).strftime("%Y-%m-%d %H:%M")

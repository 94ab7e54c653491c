"""一个项目: the page, and every act on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from datasette import Response

from errors import NotFound, Overtaken, UsageError
from extractors.normal import normalise
from profiles.profile import Profile
from review.desk.context import Asked, Desk, Route
from review.desk.showing import may_see, reveal
from review.sheet import blocks, remarks, shots
from review.words import ACTIONS
from store.decisions import Act, FindingKey
from store.desk import Change, Correct, Decide, Judge, Note, Record, Undo
from store.rows import ProjectSheet
from texts import say

PATIENCE = 8.0
"""Seconds that a clerk waits at most for the rules to run again."""
DECISIONS = ("passed", "returned", "rejected")
REASONS_WANTED = frozenset({"dismissed", "rejected"})


async def project(desk: Desk, asked: Asked, notice: str = "", status: int = 200) -> Response:
    """Everything about one project."""
    key = asked.place["project"]
    sheet = await asyncio.to_thread(desk.store.show, key)
    if sheet.project.project != key:
        raise NotFound(what=say("store.project"), key=key)
    record = desk.store.desk.record(key)
    seen = may_see(desk, asked)
    full = desk.store.desk.full_values(key) if seen else {}
    shown = {
        "sheet": sheet,
        "record": record,
        "blocks": blocks(sheet, record, full, desk.profile),
        "remarks": remarks(sheet.findings, record, sheet),
        "message_remarks": remarks(sheet.message_findings, record, sheet),
        "shots": shots(sheet, record, desk.profile),
        "seen": seen,
        "notice": notice,
        "actions": ACTIONS,
        "decisions": DECISIONS,
        "to_confirm": len(_unverified(sheet, record)),
        "editable": asked.may("reviewer") and sheet.project.superseded_by is None,
    }
    return await asked.page("project.html", shown, status)


async def act(desk: Desk, asked: Asked) -> Response:
    """Does what the posted form asks, then leads back to the project, to the place that was worked on."""
    key, form = asked.place["project"], asked.form
    sheet = await asyncio.to_thread(desk.store.show, key)
    by = Act(asked.who.name, desk.now(), form.get("reason", "").strip())
    if form.get("do") == "reveal":
        return _revealed(desk, asked, key, by.reason)
    changes = wanted(form, sheet, desk.store.desk.record(key), desk.profile, desk.store.desk.full_values(key))
    if not by.reason:
        by = Act(by.actor, by.at, _own_reason(form, changes))
    try:
        desk.store.desk.act(key, int(form.get("version") or -1), changes, by)
    except Overtaken as overtaken:
        return await project(desk, asked, str(overtaken), 409)
    if any(isinstance(change, Correct | Undo) for change in changes):
        await asyncio.to_thread(desk.settler.poke, PATIENCE)
    return Response.redirect(f"/-/project/{key}" + (f"#{form['at']}" if _is_anchor(form.get("at", "")) else ""))


def _revealed(desk: Desk, asked: Asked, key: str, reason: str) -> Response:
    if not reason:
        raise UsageError(why=say("desk.reason_needed"))
    response = Response.redirect(f"/-/project/{key}")
    reveal(desk, asked, key, reason, response)
    return response


def _own_reason(form: Mapping[str, str], changes: tuple[Change, ...]) -> str:
    """The reason that the act itself gives; raises UsageError where a person must write one."""
    if form.get("do") in ("confirm", "confirm_all"):
        return say("desk.confirmed")
    if form.get("do") == "undo":
        return say("desk.undone")
    if any((isinstance(change, Judge) and change.state in REASONS_WANTED) or isinstance(change, Note) for change in changes):
        raise UsageError(why=say("desk.reason_needed"))
    return ""


def wanted(
    form: Mapping[str, str], sheet: ProjectSheet, record: Record, profile: Profile, full: Mapping[tuple[str, str, str], str]
) -> tuple[Change, ...]:
    """The changes that a posted form asks for; `full` are the sensitive values. Raises UsageError for one that makes no sense."""
    match form.get("do"):
        case "decide":
            return (Decide(_one_of(form.get("decision"), (*DECISIONS, ""))),)
        case "correct":
            return (Correct(*_field(form, profile), _normal(form, profile)),)
        case "uncorrect":
            return (_uncorrected(_field(form, profile), sheet, record, full),)
        case "accept" | "dismiss" | "reopen" | "confirm":
            state = {"accept": "accepted", "dismiss": "dismissed", "confirm": "dismissed", "reopen": "open"}[form["do"]]
            return (Judge(_finding(form, sheet), state),)
        case "confirm_all":
            return tuple(Judge(key, "dismissed") for key in _unverified(sheet, record))
        case "note":
            return (Note(),)
        case "undo" if form.get("event", "").isdecimal():
            return (Undo(int(form["event"])),)
        case _:
            raise UsageError(why=say("desk.bad_value"))


def _uncorrected(place: tuple[str, str], sheet: ProjectSheet, record: Record, full: Mapping[tuple[str, str, str], str]) -> Correct:
    """The correction taken back; one that was made on an earlier version stays there, and here what was read counts again."""
    if place in record.corrections:
        return Correct(*place, None)
    read = {row.source: full.get((*place, row.source), row.value) for row in sheet.fields if (row.form, row.field, row.row) == (*place, 0)}
    return Correct(*place, read.get("word") or read.get("scan") or "")


def _unverified(sheet: ProjectSheet, record: Record) -> tuple[FindingKey, ...]:
    """The findings that wait for somebody to look."""
    open_ones = (row for row in sheet.findings if row.severity == "verify" and row.state == "open")
    keys = ((row.message, row.project, row.rule, row.form, row.field) for row in open_ones)
    return tuple(key for key in keys if key not in record.verdicts)


def _one_of(value: str | None, known: tuple[str, ...]) -> str | None:
    if value not in known:
        raise UsageError(why=say("desk.bad_value"))
    return value or None


def _field(form: Mapping[str, str], profile: Profile) -> tuple[str, str]:
    """(form, field) of a correction, when the campaign has it."""
    wanted_form, field = form.get("form", ""), form.get("field", "")
    if (wanted_form, field) not in _kinds(profile):
        raise UsageError(why=say("desk.bad_value"))
    return wanted_form, field


def _kinds(profile: Profile) -> dict[tuple[str, str], str]:
    """The kind of every field that may be corrected."""
    found: dict[tuple[str, str], str] = {}
    for form in profile.forms:
        if form.name != "summary":
            for rule in form.fields():
                found |= {(form.name, name): rule.kind if not rule.yields else "date" for name in rule.yields or (rule.name,)}
            found |= {(form.name, section.name): "prose" for section in form.sections}
    return found


def _normal(form: Mapping[str, str], profile: Profile) -> str:
    """The value as the contract normalises it."""
    raw = form.get("value", "").strip()
    return normalise(raw, _kinds(profile)[form["form"], form["field"]]) if raw else ""


def _finding(form: Mapping[str, str], sheet: ProjectSheet) -> FindingKey:
    """The finding of the project or its message that the form names."""
    try:
        named = tuple(json.loads(form.get("finding", "")))
    except ValueError as error:
        raise UsageError(why=say("desk.bad_value")) from error
    for row in (*sheet.findings, *sheet.message_findings):
        key = (row.message, row.project, row.rule, row.form, row.field)
        if key == named:
            return key
    raise UsageError(why=say("desk.bad_value"))


def _is_anchor(text: str) -> bool:
    return bool(text) and len(text) < 80 and text.replace("-", "").replace("_", "").isalnum() and text.isascii()


ROUTES = (
    Route(r"^/-/project/(?P<project>[^/]+)$", project),
    Route(r"^/-/project/(?P<project>[^/]+)/act$", act, role="reviewer", post=True),
)

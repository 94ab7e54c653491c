"""One file of a message: what became of it, its pages, and what a person may put right: read it again, give another, say what it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import get_args

from datasette import Response

from errors import Overtaken, UsageError
from extractors.submission import FormName
from intake.originals import Originals
from pipeline.pages import PageImages
from review.desk.context import Asked, Desk, Route, missing
from review.desk.pictures import covered
from store.decisions import Act
from store.hands import Assign, Give, Handling, Reread, TakeBack
from store.lists import MessageSheet
from store.rows import FileRow, ProjectRow
from texts import say

PATIENCE = 8.0
"""Seconds that a clerk waits at most for the message to be read again."""
MOST_PAGES = 60
UNUSABLE = frozenset({"failed", "unsupported", "encrypted"})


async def file(desk: Desk, asked: Asked, notice: str = "", status: int = 200) -> Response:
    """One file."""
    sheet = await asyncio.to_thread(desk.store.desk.message, asked.place["message"])
    position, row = _file(asked, sheet)
    record = desk.store.desk.hands(sheet.message.message)
    targets = await asyncio.to_thread(_targets, desk, sheet)
    images = PageImages(desk.store.data / "pages")
    pages = [n for n in range(1, min(row.pages or 0, MOST_PAGES) + 1) if images.path(row.sha256, n).is_file()]
    shown = {
        "sheet": sheet,
        "file": row,
        "position": position,
        "record": record,
        "hand": record.rows.get(position),
        "pages": pages,
        "parts": [part for part in sheet.parts if part.file == row.path],
        "forms": tuple((form.name, f"{form.attachment} {form.title}".strip()) for form in desk.profile.forms),
        "targets": targets,
        "names": {project.project: project.project_name for project in targets},
        "notice": notice,
        "lines": [line for line in record.lines if _about(line.after or line.before or "", row)],
    }
    return await asked.page("file.html", shown, status)


def _about(told: str, row: FileRow) -> bool:
    return told.split(" ", 2)[-1].split(" ← ")[0] == row.path


def _file(asked: Asked, sheet: MessageSheet) -> tuple[int, FileRow]:
    position = int(asked.place["position"])
    if position >= len(sheet.files):
        raise missing("file_here", str(position))
    return position, sheet.files[position]


def _targets(desk: Desk, sheet: MessageSheet) -> tuple[ProjectRow, ...]:
    """The current projects of the message's unit; of an unknown unit those of the message itself."""
    unit = sheet.message.unit
    found = (*sheet.projects, *(desk.store.desk.papers(unit).projects if unit else ()))
    return tuple({row.project: row for row in found if row.superseded_by is None}.values())


async def picture(desk: Desk, asked: Asked) -> Response:
    """A page of the file, what is sensitive on it covered."""
    sheet = await asyncio.to_thread(desk.store.desk.message, asked.place["message"])
    _, row = _file(asked, sheet)
    number = int(asked.place["page"])
    path = PageImages(desk.store.data / "pages").path(row.sha256, number) if row.sha256 else None
    if path is None or not path.is_file():
        raise missing("picture", f"{number}")
    return await covered(desk, asked, path, row.sha256, number)


async def act(desk: Desk, asked: Asked) -> Response:
    """Does what the form asks, has the message read again, and leads back to the file."""
    key = asked.place["message"]
    sheet = await asyncio.to_thread(desk.store.desk.message, key)
    _file(asked, sheet)
    by = Act(asked.who.name, desk.now(), asked.form.get("reason", "").strip())
    version = asked.form.get("version", "")
    try:
        wanted = await asyncio.to_thread(_wanted, desk, asked, sheet)
        desk.store.desk.handle(key, int(version) if version.isdecimal() else -1, wanted, by)
    except Overtaken as overtaken:
        return await file(desk, asked, str(overtaken), 409)
    await asyncio.to_thread(desk.settler.poke, PATIENCE)
    return Response.redirect(f"/-/message/{key}/file/{asked.place['position']}")


def _wanted(desk: Desk, asked: Asked, sheet: MessageSheet) -> Handling:
    """What the posted form asks for. Raises UsageError for what makes no sense."""
    position, form = int(asked.place["position"]), asked.form
    match form.get("do"):
        case "reread":
            return Reread()
        case "give":
            return _given(desk, asked, position)
        case "assign":
            return _assigned(desk, form.get("form", ""), form.get("project", ""), position, sheet)
        case "undo" if form.get("event", "").isdecimal():
            return TakeBack(int(form["event"]))
        case _:
            raise UsageError(why=say("desk.bad_value"))


def _given(desk: Desk, asked: Asked, position: int) -> Give:
    """The uploaded file, safe among the originals, as a hand-delivered one of its own list."""
    name, data = asked.files.get("file", ("", b""))
    if not name or not data:
        raise UsageError(why=say("file.none_chosen"))
    originals = Originals(desk.store.data / "originals")
    sha256 = originals.put(data)
    manifest = {"name": name, "files": [{"path": name, "sha256": sha256}]}
    given = originals.put(json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return Give(position, given, sha256, name[:200])


def _assigned(desk: Desk, form: str, project: str, position: int, sheet: MessageSheet) -> Assign:
    known = {row.project for row in _targets(desk, sheet)}
    if form not in ("", *_form_names()) or (project and project not in known) or (form not in ("", "summary") and not project):
        raise UsageError(why=say("file.form_and_project"))
    return Assign(position, form, "" if form == "summary" else project)


def _form_names() -> Iterator[str]:
    return (name for name in get_args(FormName) if name != "other")


_ONE = r"^/-/message/(?P<message>[^/]+)/file/(?P<position>[0-9]{1,4})"
ROUTES = (
    Route(_ONE + "$", file),
    Route(_ONE + r"/(?P<page>[0-9]{1,4})\.jpg$", picture),
    Route(_ONE + "/act$", act, role="reviewer", post=True),
)

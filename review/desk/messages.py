"""来件: every message, its files, what became of each; the originals for whom the role allows, never as active content."""

from __future__ import annotations

import asyncio

from datasette import Response

from intake.originals import Originals
from review.desk.context import Asked, Desk, Route, download, missing
from review.words import CODES
from texts import say

PAGE = 50
STATUSES = ("waiting", "processed", "partial", "failed", "unrelated")


async def messages(desk: Desk, asked: Asked) -> Response:
    """All messages, the newest first, `?status=` of one status only."""
    status, number = asked.request.args.get("status") or "", asked.page_number()
    status = status if status in STATUSES else ""
    rows, counts = await asyncio.to_thread(desk.store.desk.messages, status, number, PAGE)
    total = counts.get(status, 0) if status else sum(counts.values())
    shown = {"rows": rows, "total": total, "counts": counts, "status": status, "number": number, "pages": max(1, -(-total // PAGE))}
    return await asked.page("messages.html", shown)


async def message(desk: Desk, asked: Asked) -> Response:
    """One message."""
    sheet = await asyncio.to_thread(desk.store.desk.message, asked.place["message"])
    titles: dict[str, str] = {form.name: f"{form.attachment} {form.title}".strip() for form in desk.profile.forms}
    parts: dict[str, list[tuple[str, str, str | None, str]]] = {}
    for part in sheet.parts:
        pages = "" if part.first_page is None else say("desk.page", page=part.first_page)
        if part.first_page != part.last_page:
            pages = say("desk.pages", first=part.first_page, last=part.last_page)
        title = titles.get(part.form, say("desk.other_form")) + ("" if part.used else say("desk.unused"))
        parts.setdefault(part.file, []).append((title, pages, part.project, CODES["source"][part.source]))
    return await asked.page(
        "message.html", {"sheet": sheet, "parts": parts, "names": {row.project: row.project_name for row in sheet.projects}}
    )


async def original(desk: Desk, asked: Asked) -> Response:
    """The bytes of a file as they came, to be saved."""
    sheet = await asyncio.to_thread(desk.store.desk.message, asked.place["message"])
    sha256 = asked.place["sha256"]
    names = {file.sha256: file.path.rsplit("/", 1)[-1] for file in sheet.files} | {sheet.message.sha256: say("desk.mail_file")}
    path = Originals(desk.store.data / "originals").path(sha256)
    if sha256 not in names or not path.is_file():
        raise missing("file_here", sha256[:12])
    return download(await asyncio.to_thread(path.read_bytes), names[sha256])


async def retry(desk: Desk, asked: Asked) -> Response:
    """A message that was set aside waits again."""
    key = asked.place["message"]
    await asyncio.to_thread(desk.store.retry, key)
    return Response.redirect(f"/-/message/{key}")


_ONE = r"^/-/message/(?P<message>[^/]+)"
ROUTES = (
    Route(r"^/-/messages$", messages),
    Route(_ONE + "$", message),
    Route(_ONE + "/retry$", retry, role="reviewer", post=True),
    Route(r"^/-/file/(?P<message>[^/]+)/(?P<sha256>[0-9a-f]{64})$", original, role="reviewer"),
)

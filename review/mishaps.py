"""What an error looks like: a Chinese page (or JSON) for the clerk, one line without anybody's data for the log."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from datasette import Response
from datasette.plugins import pm
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from texts import say

THEIRS = "datasette.handle_exception"
"""Datasette's own handler prints every local variable of every frame: names, numbers, cookies."""


def take_over() -> None:
    """Datasette's own handler answers no more."""
    if pm.has_plugin(THEIRS):
        pm.unregister(name=THEIRS)


async def answer(datasette: Any, request: Any, exception: BaseException) -> Response:
    """The answer to a request that went wrong."""
    status = getattr(exception, "status", 500) if isinstance(exception, Base400 | DatasetteError) else 500
    why = say("review.no_page") if status == 404 else say("review.broken") if status >= 500 else str(exception)
    if status >= 500:
        sys.stderr.write(f"{_where(exception)}\n")
    if request.path.endswith((".json", ".jpg", ".csv", ".eml", ".docx")):
        return Response.json({"ok": False, "status": status, "error": why}, status=status)
    page = await datasette.render_template("error.html", {"status": status, "error": why}, request=request)
    return Response.html(page, status=status)


def _where(exception: BaseException) -> str:
    """The kind of error and the places it came through, never what it was about."""
    frames = traceback.extract_tb(exception.__traceback__)[-6:]
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(exception).__name__} at {places}"

"""All addresses of the desk, and the one door they are reached by: role, method, then the page; errors as pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from datasette import Response

from errors import NotFound, UsageError, WuxiaoError
from review.desk import letters, messages, pictures, project, queue, today
from review.desk.context import Asked, Desk, Route
from review.sessions import cookie_of
from review.words import ROLES
from texts import say

ROUTES: tuple[Route, ...] = (
    *today.ROUTES,
    *queue.ROUTES,
    *project.ROUTES,
    *pictures.ROUTES,
    *letters.ROUTES,
    *messages.ROUTES,
)
MOST_BYTES = 1_000_000
"""Of a posted form."""
_STATUS: dict[type[WuxiaoError], int] = {NotFound: 404, UsageError: 400}

Handler = Callable[..., Coroutine[Any, Any, Response]]


def handlers(desk: Desk) -> list[tuple[str, Handler]]:
    """What datasette is told: a pattern and a function for each route."""
    return [(route.pattern, _handler(desk, route)) for route in ROUTES]


def _handler(desk: Desk, route: Route) -> Handler:
    async def handle(request: Any, datasette: Any) -> Response:
        account = desk.sessions.account(cookie_of(request.scope["headers"]))
        if account is None:  # the gate has turned away everybody else already
            return Response.redirect("/-/login")
        asked = await _asked(request, datasette, account)
        if not asked.may(route.role):
            return await _said(asked, say("desk.not_allowed", role=ROLES[account.role], wanted=ROLES[route.role]), 403)
        if (request.method == "POST") != route.post:
            return await _said(asked, say("desk.bad_value"), 405)
        try:
            return await route.view(desk, asked)
        except WuxiaoError as error:
            return await _said(asked, str(error), _STATUS.get(type(error), 500))

    return handle


async def _asked(request: Any, datasette: Any, account: Any) -> Asked:
    """The request with its form, as far as one was posted."""
    pairs: list[tuple[str, str]] = []
    if request.method == "POST":
        body = await request.post_body()
        if len(body) <= MOST_BYTES:
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    many: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        many[name] = (*many.get(name, ()), value.replace("\r\n", "\n").replace("\0", ""))
    form = {name: values[-1] for name, values in many.items()}
    return Asked(account, request, datasette, request.url_vars, form, many)


async def _said(asked: Asked, why: str, status: int) -> Response:
    if asked.request.path.endswith((".jpg", ".json", ".eml", ".docx")):
        return Response.text(why, status=status)
    return await asked.page("absent.html", {"why": why, "status": status}, status)

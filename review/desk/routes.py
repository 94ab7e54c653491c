"""All addresses of the desk, and the one door they are reached by: role, method, then the page; errors as pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from datasette import Response

from errors import NotFound, UsageError, WuxiaoError
from review.desk import exports, files, leaving, letters, messages, pictures, project, queue, today
from review.desk.context import Asked, Desk, Route
from review.desk.posted import Forged, posted_form
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
    *files.ROUTES,
    *exports.ROUTES,
    *leaving.ROUTES,
)
_STATUS: dict[type[WuxiaoError], int] = {NotFound: 404, UsageError: 400, Forged: 403}

Handler = Callable[..., Coroutine[Any, Any, Response]]


def handlers(desk: Desk) -> list[tuple[str, Handler]]:
    """What datasette is told: a pattern and a function for each route."""
    return [(route.pattern, _handler(desk, route)) for route in ROUTES]


def _handler(desk: Desk, route: Route) -> Handler:
    async def handle(request: Any, datasette: Any) -> Response:
        account = desk.sessions.account(cookie_of(request.scope["headers"]))
        if account is None:  # the gate has turned away everybody else already
            return Response.redirect("/-/login")
        asked = Asked(account, request, datasette, request.url_vars, {}, {})
        if not asked.may(route.role):
            return await _said(asked, say("desk.not_allowed", role=ROLES[account.role], wanted=ROLES[route.role]), 403)
        if (request.method == "POST") != route.post:
            return await _said(asked, say("desk.bad_value"), 405)
        try:
            return await route.view(desk, await _with_form(desk, asked) if route.post else asked)
        except WuxiaoError as error:
            return await _said(asked, str(error), _STATUS.get(type(error), 500))

    return handle


async def _with_form(desk: Desk, asked: Asked) -> Asked:
    """The request with what was posted. Raises UsageError for a form that is too large or broken, Forged for one without its page's token."""
    posted = await posted_form(asked.request)
    if not desk.sessions.is_form_token(cookie_of(asked.request.scope["headers"]), posted.token):
        raise Forged(why=say("review.login_again"))
    many: dict[str, tuple[str, ...]] = {}
    for name, value in posted.fields:
        many[name] = (*many.get(name, ()), value.replace("\r\n", "\n").replace("\0", ""))
    return replace(asked, form={name: values[-1] for name, values in many.items()}, many=many, files=posted.files)


async def _said(asked: Asked, why: str, status: int) -> Response:
    if asked.request.path.endswith((".jpg", ".json", ".eml", ".docx", ".xlsx")):
        return Response.text(why, status=status)
    return await asked.page("absent.html", {"why": why, "status": status}, status)

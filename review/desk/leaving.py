"""退出: the session ends."""

from __future__ import annotations

from datasette import Response

from review.desk.context import Asked, Desk, Route
from review.sessions import COOKIE


async def leave(desk: Desk, asked: Asked) -> Response:
    """Back to the login page, without the cookie."""
    response = Response.redirect("/-/login")
    response.set_cookie(COOKIE, "", max_age=0, httponly=True, samesite="lax")
    return response


ROUTES = (Route(r"^/-/leave$", leave, post=True),)

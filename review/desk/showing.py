"""显示: the full sensitive values, for whom the role allows, for a stated reason, for a short while, with a line in the history."""

from __future__ import annotations

from datasette import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from review.desk.context import Asked, Desk
from store.decisions import Act
from store.desk import Reveal

COOKIE = "wuxiao_show"
SECONDS = 600


def may_see(desk: Desk, asked: Asked) -> bool:
    """Whether this account asked, not long ago, to see this project's sensitive values."""
    if not asked.may("reviewer"):
        return False
    try:
        name, mark, project = _signer(desk).loads(asked.request.cookies.get(COOKIE) or "", max_age=SECONDS)
    except (BadSignature, ValueError, TypeError):
        return False
    return (name, mark, project) == (asked.who.name, asked.who.print, asked.place.get("project"))


def reveal(desk: Desk, asked: Asked, project: str, reason: str, response: Response) -> None:
    """Leaves the line in the history, then lets `response` carry the leave to see. Raises NotFound."""
    desk.store.desk.act(project, None, (Reveal(),), Act(asked.who.name, desk.now(), reason))
    leave = str(_signer(desk).dumps([asked.who.name, asked.who.print, project]))
    secure = asked.request.scope.get("scheme") == "https"
    response.set_cookie(COOKIE, leave, max_age=SECONDS, path=f"/-/project/{project}", httponly=True, samesite="strict", secure=secure)


def _signer(desk: Desk) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(desk.store.accounts.session_secret(), salt="show")

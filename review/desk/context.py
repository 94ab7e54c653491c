"""What every page of the desk is given: the store, the campaign, who asks, and how to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from datasette import Response

from errors import NotFound
from profiles.profile import Profile
from review.desk.settling import Opened, Settler
from review.sessions import Sessions
from store.accounts import ROLES, Account, Role
from store.database import Store
from texts import say

Drafts = Callable[[Sequence[bytes]], str]
"""Lays mails (RFC 5322) into the mailbox's folder of drafts; returns the folder's name, raises SourceError."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """What the desk cannot do by itself: `house` opens what reading a file needs, `drafts` reaches the mailbox. None: it is not done here."""

    house: Opened | None = None
    drafts: Drafts | None = None


ALONE = Helpers()


@dataclass(frozen=True, slots=True)
class Desk:
    """One running review desk. `now` is the clock. `drafts` lays letters into the mailbox's folder of drafts, where one is set up."""

    store: Store
    profile: Profile
    sessions: Sessions
    settler: Settler
    now: Callable[[], datetime]
    drafts: Drafts | None = None

    def today(self) -> datetime:
        """The time as the clock of the campaign shows it."""
        return self.now().astimezone(ZoneInfo(self.profile.dates.timezone))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `who` asks, datasette's request and itself, the parts of the address, the fields of a posted form (last one wins), `many`
    all values of each, `files` the name and bytes of each posted file."""

    who: Account
    request: Any
    datasette: Any
    place: Mapping[str, str]
    form: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]]
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def may(self, role: Role) -> bool:
        """Whether the account has this role or one that includes it."""
        return includes(self.who.role, role)

    def page_number(self) -> int:
        """`?page=` of the address, 1 where it is no number."""
        asked = self.request.args.get("page") or ""
        return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1

    async def page(self, template: str, shown: Mapping[str, Any], status: int = 200) -> Response:
        """An HTML page."""
        text = await self.datasette.render_template(
            template, {**shown, "who": self.who, "may_review": self.may("reviewer"), "may_manage": self.may("admin")}, request=self.request
        )
        return Response.html(text, status=status)


View = Callable[[Desk, Asked], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the desk: `pattern` (named groups become `Asked.place`), the least `role` that may ask, by POST or GET only."""

    pattern: str
    view: View
    role: Role = "viewer"
    post: bool = False


def includes(mine: Role, wanted: Role) -> bool:
    """Whether an account with role `mine` may do what `wanted` may: 查看 < 审核 < 管理."""
    return ROLES.index(mine) >= ROLES.index(wanted)


def missing(what: str, key: str) -> NotFound:
    """The error of an address that leads nowhere; `what` is a key of the desk's texts."""
    return NotFound(what=say(f"desk.{what}"), key=key)


def download(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """A file to be saved, never opened by the browser. `name` as the clerk sees it (RFC 5987)."""
    headers = {"content-disposition": f"attachment; filename=\"file\"; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, status=200, headers=headers, content_type=media_type)

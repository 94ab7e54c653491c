"""The datasette plugin: routes of the login and of a project's page, Chinese words for codes, the search function."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from datasette import Response
from datasette.version import __version__
from markupsafe import Markup, escape
from pluggy import HookimplMarker

from errors import UsageError
from review.desk.context import Desk
from review.desk.posted import posted_form
from review.desk.routes import handlers
from review.gate import Gate
from review.mishaps import answer
from review.rights import allowed, rules
from review.sessions import COOKIE, HOURS, cookie_of
from review.words import (
    ACTIONS,
    CODES,
    COLUMNS,
    INNER,
    LOOKUPS,
    PARAMETERS,
    ROLES,
    RULES,
    SPANS,
    VIEWS,
    label,
    local_time,
    said,
    size,
    spoken,
    told_change,
)
from store.search import phrase
from texts import say

hookimpl = HookimplMarker("datasette")
NAME = "wuxiao-review"
VISITOR = "wuxiao_visitor"
"""The cookie that the login form's token belongs to."""
MENU = tuple((address, say(f"menu.{name}")) for name, address in (
    ("today", "/"), ("queue", "/-/queue"), ("letters", "/-/letters"), ("messages", "/-/messages"), ("lists", "/intake")))  # fmt: skip
_NAME_COLUMNS = frozenset({"project_name", "项目名称"})
_TIME_COLUMNS = frozenset({"received_at", "seen_at", "at", "收到时间", "最近来件"})
_LONG_COLUMNS = frozenset({"text", "value", "raw", "path", "file", "before", "after", "reason"})
_MESSAGE_COLUMNS = frozenset({"message", "来件编号"})
_PROJECT_COLUMNS = frozenset({"project", "项目编号", "superseded_by"})


@dataclass(frozen=True, eq=False)
class Review:
    """One running review desk; datasette calls its hooks."""

    desk: Desk
    __name__: ClassVar[str] = NAME

    @hookimpl
    def asgi_wrapper(self) -> Any:
        """The gate around everything."""
        return lambda app: Gate(app, self.desk.sessions)

    @hookimpl(tryfirst=True)
    def actor_from_request(self, request: Any) -> dict[str, str] | None:
        """Who asks."""
        account = self.desk.sessions.account(cookie_of(request.scope["headers"]))
        return {"id": account.name, "role": account.role} if account else None

    @hookimpl(trylast=True)  # datasette lets the last word count
    def permission_allowed(self, actor: dict[str, str] | None, action: str, resource: Any) -> bool | None:
        """Datasette before 1.0: see `review.rights`."""
        table = tuple(resource)[-1] if action == "view-table" else None
        return allowed((actor or {}).get("role"), action, table)

    @hookimpl
    def permission_resources_sql(self, actor: dict[str, str] | None, action: str) -> Any:
        """Datasette from 1.0: the same rules as rows."""
        from datasette.permissions import PermissionSQL  # there is none before 1.0

        found = rules((actor or {}).get("role"), action)
        values = {f"wuxiao_{n}_{part}": value for n, rule in enumerate(found) for part, value in zip("pca", rule, strict=True)}
        selects = [
            f"SELECT :wuxiao_{n}_p AS parent, :wuxiao_{n}_c AS child, :wuxiao_{n}_a AS allow, 'wuxiao' AS reason" for n in range(len(found))
        ]
        return PermissionSQL(sql=" UNION ALL ".join(selects), params=values) if found else None

    @hookimpl
    def skip_csrf(self) -> bool:
        """Datasette before 1.0 asks for a token, from 1.0 for none: the gate lets nothing be posted but to the desk, which asks for its own."""
        return True

    @hookimpl
    def handle_exception(self, datasette: Any, request: Any, exception: BaseException) -> Any:
        """A page in Chinese; nothing personal in the log."""
        return answer(datasette, request, exception)

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection) -> None:
        """The function `search_phrase(words)` of the full-text question."""
        conn.create_function("search_phrase", 1, lambda words: phrase(words or ""), deterministic=True)

    @hookimpl
    def extra_template_vars(self, request: Any) -> dict[str, Any]:
        """Chinese words for every page, and the token for its forms."""
        token = self.desk.sessions.form_token(cookie_of(request.scope["headers"])) if request else ""
        return {
            "csrftoken": lambda: token,
            "codes": CODES,
            "rule_words": RULES,
            "view_words": VIEWS,
            "inner_words": INNER,
            "lookup_words": LOOKUPS,
            "parameter_words": PARAMETERS,
            "column_label": label,
            "column_words": COLUMNS,
            "local_time": partial(local_time, timezone=self.desk.profile.dates.timezone),
            "code_word": partial(spoken, self.desk.profile, of={}),
            "role_words": ROLES,
            "span_words": SPANS,
            "said_change": partial(told_change, profile=self.desk.profile),
            "desk_menu": MENU,
            "size": size,
            "long_columns": _LONG_COLUMNS,
            "say": say,
            "datasette_version": __version__,
            "said_action": lambda action: ACTIONS.get(action, action),
        }

    @hookimpl
    def render_cell(self, row: Any, value: Any, column: str) -> Markup | None:
        """A link to the project's page, the Chinese word for a code, a time as the clock here shows it; HTML only."""
        if isinstance(value, int) and (told := said(column, value)):
            return Markup('<span title="{}">{}</span>').format(value, told)
        if not isinstance(value, str) or not value:
            return None
        project = value if column in _PROJECT_COLUMNS else _project_of(row) if column in _NAME_COLUMNS else None
        if project:
            return Markup('<a href="/-/project/{}">{}</a>').format(quote(project, safe=""), value)
        if column in _MESSAGE_COLUMNS:
            return Markup('<a href="/intake/file_list?message={}">{}</a>').format(quote(value, safe=""), value)
        if column in _TIME_COLUMNS:
            return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(value, local_time(value, self.desk.profile.dates.timezone))
        word = spoken(self.desk.profile, column, value, dict(row))
        if word is not None:
            return Markup('<span class="code code-{}" title="{}">{}</span>').format(value, value, word)
        if "\n" in value:
            return Markup("<br>").join(escape(line) for line in value.split("\n"))
        return None

    @hookimpl
    def register_routes(self) -> list[tuple[str, Any]]:
        """Login, the one-time link, the pages of the desk."""
        own = ((r"^/-/login$", self.login), (r"^/-/enter$", self.enter))
        return [*((pattern, _function(view)) for pattern, view in own), *handlers(self.desk)]

    async def login(self, request: Any, datasette: Any) -> Response:
        """The login page; by POST, the login."""
        wanted = local_path(request.args.get("next") or "")
        if request.method != "POST":
            return await self._login_page(request, datasette, wanted, "")
        try:
            posted = await posted_form(request)
        except UsageError as error:
            return await self._login_page(request, datasette, wanted, str(error))
        if not self.desk.sessions.is_form_token(cookie_of(request.scope["headers"], VISITOR), posted.token):
            return await self._login_page(request, datasette, wanted, say("review.login_again"))
        given = dict(posted.fields)
        account = self.desk.store.accounts.check(given.get("name", ""), given.get("password", ""), time.time())
        if account is None:
            return await self._login_page(request, datasette, wanted, say("review.login_failed"))
        return self._entered(self.desk.sessions.cookie(account), wanted, secure=request.scope.get("scheme") == "https")

    async def _login_page(self, request: Any, datasette: Any, wanted: str, wrong: str) -> Response:
        visitor = cookie_of(request.scope["headers"], VISITOR) or secrets.token_urlsafe(24)
        shown = {"wanted": wanted, "wrong": wrong, "campaign": self.desk.profile, "token": self.desk.sessions.form_token(visitor)}
        page = Response.html(await datasette.render_template("login.html", shown, request=request), status=403 if wrong else 200)
        secure = request.scope.get("scheme") == "https"
        page.set_cookie(VISITOR, visitor, path="/-/login", httponly=True, samesite="strict", secure=secure)
        return page

    async def enter(self, request: Any, datasette: Any) -> Response:
        """The one-time link that `wuxiao serve` and `wuxiao demo` print; it may name a page as `next`."""
        account = self.desk.sessions.by_link(request.args.get("token") or "")
        if account is None:
            return Response.redirect("/-/login")
        return self._entered(
            self.desk.sessions.cookie(account), local_path(request.args.get("next") or ""), secure=request.scope.get("scheme") == "https"
        )

    def _entered(self, cookie: str, wanted: str, *, secure: bool) -> Response:
        response = Response.redirect(wanted)
        response.set_cookie(COOKIE, cookie, max_age=HOURS * 3600, httponly=True, samesite="lax", secure=secure)
        return response


def _function(view: Callable[[Any, Any], Coroutine[Any, Any, Response]]) -> Callable[[Any, Any], Coroutine[Any, Any, Response]]:
    """The method as a plain function, which is what datasette 1.0 takes for a view."""

    async def answered(request: Any, datasette: Any) -> Response:
        return await view(request, datasette)

    return answered


def _project_of(row: Any) -> str | None:
    """The project that a row is about, None where it does not say."""
    return next((row[name] for name in ("project", "项目编号") if name in row.keys()), None)  # noqa: SIM118 - a sqlite3.Row is no mapping


def local_path(wanted: str) -> str:
    """`wanted` when it is a path of this server, else `/`: a login must lead nowhere else."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\n" not in wanted and "\r" not in wanted else "/"

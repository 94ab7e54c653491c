"""The gate before everything: nobody passes without a session but to the login page, datasette's own pages are for who manages.

It also sets strict headers, and makes CSV harmless.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from review.desk.posted import is_multipart, takes_files
from review.sessions import Sessions, cookie_of
from texts import say

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset({"/-/login", "/-/enter"})
"""What answers without a session."""
READING = frozenset({"GET", "HEAD"})
OUR_PAGES = frozenset({b"same-origin", b"none"})
"""Where a browser may say that a form comes from (Sec-Fetch-Site, Fetch Metadata)."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"private, no-store"),
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none';"
        b" base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
)
_SET_COOKIE = b"set-cookie"
OWN = re.compile(
    r"/-/(?:login|enter|leave|queue|queue/decide|letters|letters/answer-by|letter|letter/save|letter/drafts|letter\.(?:eml|docx)|export\.(?:xlsx|docx)|messages|message/.+|project/.+|file/.+|static/.+)"
)
"""What of `/-/…` is the desk's; the rest are datasette's pages about itself."""
_REPLACED = frozenset(name for name, _ in HEADERS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Gate:
    """An ASGI application around datasette's."""

    inner: App
    sessions: Sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or sends it to the login page (401 where no page was asked for)."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        guarded = _with_headers(send, secure=scope.get("scheme") == "https")
        account = self.sessions.account(cookie_of(scope["headers"]))
        if scope["path"] not in OPEN and account is None:
            await _turned_away(scope, guarded)
            return
        if account is not None and account.role != "admin" and scope["path"].startswith("/-/") and not OWN.fullmatch(scope["path"]):
            await _plain(guarded, 403, say("review.for_managers"))
            return
        if scope["method"] not in READING and not _may_write(scope):
            await _plain(guarded, 403, say("desk.bad_value"))
            return
        if is_multipart(scope) and not takes_files(scope):
            await _plain(guarded, 403, say("desk.bad_value"))
            return
        if not scope["path"].startswith("/-/"):
            guarded = HarmlessCsv(guarded)
        await self.inner(scope, receive, guarded)


def _may_write(scope: Scope) -> bool:
    """Whether the desk's own handlers, which ask for the token of the form, will see it, and no page of another site sent it.

    Datasette's own writing addresses are shut: from 1.0 it asks for no token.
    """
    site = dict(scope["headers"]).get(b"sec-fetch-site", b"none")
    return scope["method"] == "POST" and site in OUR_PAGES and OWN.fullmatch(scope["path"]) is not None


def _with_headers(send: Send, *, secure: bool) -> Send:
    """Strict headers on every answer, every cookie out of reach of scripts and, by TLS, never sent without it."""

    def own(name: bytes, value: bytes) -> bytes:
        if name.lower() != _SET_COOKIE:
            return value
        lower = value.lower()
        return value + (b"" if b"httponly" in lower else b"; HttpOnly") + (b"; Secure" if secure and b"secure" not in lower else b"")

    async def sending(event: Event) -> None:
        if event["type"] == "http.response.start":
            kept = [(name, own(name, value)) for name, value in event.get("headers", []) if name.lower() not in _REPLACED]
            event = {**event, "headers": [*kept, *HEADERS]}
        await send(event)

    return sending


async def _turned_away(scope: Scope, send: Send) -> None:
    page = scope["method"] in READING and "." not in scope["path"].rsplit("/", 1)[-1]
    if page:
        wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
        place = b"/-/login?next=" + quote(wanted, safe="/").encode()
        await send(
            {"type": "http.response.start", "status": 302, "headers": [(b"location", place), (b"content-type", b"text/plain; charset=utf-8")]}
        )
        await send({"type": "http.response.body", "body": b""})
        return
    await _plain(send, 401, say("review.login_first"))


async def _plain(send: Send, status: int, text: str) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
    await send({"type": "http.response.body", "body": text.encode()})


def harmless(table: str) -> str:
    """CSV in which no cell is a formula for a spreadsheet: what begins like one gets an apostrophe before it (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(table, newline="")):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell for cell in row])
    return out.getvalue()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class HarmlessCsv:
    """Gathers a CSV answer (bounded: streaming is off) and sends it made harmless. What is no CSV passes as it is."""

    def __init__(self, send: Send) -> None:
        """Sends on through `send`."""
        self._send = send
        self._start: Event | None = None
        self._body = b""

    async def __call__(self, event: Event) -> None:
        """Takes the next event of the answer."""
        if event["type"] == "http.response.start":
            kind = dict(event.get("headers", [])).get(b"content-type", b"")
            if b"csv" not in kind and b"text/plain" not in kind:
                await self._send(event)
            else:
                self._start = event
            return
        if self._start is None:
            await self._send(event)
            return
        self._body += event.get("body", b"")
        if event.get("more_body"):
            return
        body = "\ufeff".encode() + harmless(self._body.decode("utf-8")).encode()
        headers = [(name, value) for name, value in self._start.get("headers", []) if name.lower() != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})

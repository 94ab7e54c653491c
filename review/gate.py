"""The gate before everything: nobody passes without a session but to the login page; strict headers; harmless CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from review.sessions import Sessions, cookie_of

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset({"/-/login", "/-/enter"})
"""What answers without a session."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"private, no-store"),
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none';"
        b" base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
)
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
        guarded = _with_headers(send)
        if scope["path"] not in OPEN and self.sessions.account(cookie_of(scope["headers"])) is None:
            await _turned_away(scope, guarded)
            return
        if scope["path"].endswith(".csv") or b"_format=csv" in scope.get("query_string", b""):
            guarded = HarmlessCsv(guarded)
        await self.inner(scope, receive, guarded)


def _with_headers(send: Send) -> Send:
    async def sending(event: Event) -> None:
        if event["type"] == "http.response.start":
            kept = [(name, value) for name, value in event.get("headers", []) if name.lower() not in _REPLACED]
            event = {**event, "headers": [*kept, *HEADERS]}
        await send(event)

    return sending


async def _turned_away(scope: Scope, send: Send) -> None:
    page = scope["method"] in {"GET", "HEAD"} and "." not in scope["path"].rsplit("/", 1)[-1]
    if page:
        wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
        place = b"/-/login?next=" + quote(wanted, safe="/").encode()
        await send(
            {"type": "http.response.start", "status": 302, "headers": [(b"location", place), (b"content-type", b"text/plain; charset=utf-8")]}
        )
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
    await send({"type": "http.response.body", "body": "请先登录。".encode()})


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

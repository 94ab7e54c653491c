"""`wuxiao serve`: datasette on intake.db alone, behind the gate, on loopback or by TLS."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import sys
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.version import __version__

from errors import UsageError
from profiles.profile import Profile
from review.desk.context import ALONE, Desk, Drafts, Helpers
from review.desk.settling import Settler
from review.metadata import metadata
from review.mishaps import take_over
from review.plugin import NAME, Review
from review.sessions import Sessions
from review.tls import pair_of
from store.database import INTAKE, Store
from texts import say

HERE = Path(__file__).parent
FROM_1 = not __version__.startswith("0.")
"""Datasette from 1.0 takes questions and rights as configuration, not as metadata."""
PROXIES = ["127.0.0.1", "::1"]
"""Whose word is taken for it that a request came by TLS (X-Forwarded-Proto)."""
SETTINGS = {
    "allow_download": False,
    "allow_signed_tokens": False,
    "allow_csv_stream": False,
    "default_allow_sql": False,
    "default_page_size": 50,
    "max_returned_rows": 5000,
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    "truncate_cells_html": 300,
    "force_https_urls": False,
}


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


def make_desk(
    store: Store,
    profile: Profile,
    sessions: Sessions,
    settler: Settler | None = None,
    clock: Callable[[], datetime] = now,
    drafts: Drafts | None = None,
) -> Datasette:
    """Datasette over the store's intake.db with the review plugin; an earlier desk of this process is taken down."""
    take_over()
    if pm.has_plugin(NAME):
        pm.unregister(name=NAME)
    pm.register(Review(Desk(store, profile, sessions, settler or Settler(store.data, profile, clock), clock, drafts)), NAME)
    told = metadata(profile)
    return Datasette(
        [str(store.data / INTAKE)],
        metadata=told,
        settings=SETTINGS,
        secret=store.accounts.session_secret(),
        template_dir=str(HERE / "templates"),
        static_mounts=[("wuxiao", str(HERE / "static"))],
        memory=False,
        **({"config": told} if FROM_1 else {}),
    )


def serve(
    data: Path,
    profile: Profile,
    host: str = "127.0.0.1",
    port: int = 8001,
    open_browser: bool = False,
    cert: Path | None = None,
    key: Path | None = None,
    helpers: Helpers = ALONE,
) -> None:
    """Serves the review pages of folder `data` until stopped; prints the one-time link on stdout (and opens it).

    Beyond this machine only by TLS: with `cert` and `key`, or a certificate made here. `helpers` do what
    the desk cannot. Raises UsageError when these cannot be used or the port is taken.
    """
    pair = pair_of(cert, key, data / "tls", host) if cert or key or not is_loopback(host) else None
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        _bind(listener, host, port)
        store = Store.open(data, profile)
        try:
            sessions = Sessions(store.accounts)
            settler = Settler(data, profile, now, helpers.house)
            desk = make_desk(store, profile, sessions, settler, drafts=helpers.drafts)
            place = f"http{'s' if pair else ''}://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
            link = f"{place}/-/enter?token={sessions.link}"
            sys.stdout.write(say("review.open_here", link=link, place=place) + "\n")
            if pair:
                sys.stdout.write(say("review.fingerprint", fingerprint=pair.fingerprint) + "\n")
            sys.stdout.flush()
            if open_browser:
                webbrowser.open(link)
            tls = {"ssl_certfile": str(pair.cert), "ssl_keyfile": str(pair.key)} if pair else {}
            quiet = {"log_level": "warning", "access_log": False, "server_header": False}
            proxied = {"proxy_headers": True, "forwarded_allow_ips": PROXIES}
            config = uvicorn.Config(desk.app(), **quiet, **proxied, **tls)  # type: ignore[arg-type]
            server = uvicorn.Server(config)
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a clerk ends it; uvicorn has closed all connections by then
                server.run(sockets=[listener])
            settler.close()
        finally:
            store.close()


def _bind(listener: socket.socket, host: str, port: int) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who follows the link before the server has started waits instead of being refused
    except OSError as error:
        raise UsageError(
            why=say("review.port_taken", port=port, why=say("review.port_used") if error.errno == errno.EADDRINUSE else error.strerror or "")
        ) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach `host`."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

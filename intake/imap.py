"""A mailbox read over IMAP: new mails as raw bytes, flagged or moved only when the caller says that they are safe, never deleted.

The mails are not parsed here (design.md, "Isolation"): imap-tools opens the connection and speaks the folders' names, the
bytes come from `BODY.PEEK[]` as they are. 163, 126 and yeah.net want the ID command before a folder ("Unsafe Login").
"""

from __future__ import annotations

import contextlib
import imaplib
import itertools
import re
import socket
import ssl
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import imap_tools
from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.utils import encode_folder

from errors import SourceError, UsageError
from texts import say

_PORTS = {"imaps": 993, "imap": 143}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ID = '("name" "wuxiao-intake" "version" "1" "vendor" "wuxiao")'
_TROUBLE = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError, ValueError, MemoryError)
_DRAFTS = ("草稿箱", "草稿", "Drafts", "Draft", "INBOX.Drafts", "INBOX/Drafts")
MOST_BYTES = 150 << 20
SLACK_BYTES = 1 << 20  # a server may say a little more than the mail itself
TICK_SECONDS = 0.5
HEAD_BYTES = 64 << 10
Security = Literal["tls", "starttls", "none"]


class LoginRefused(SourceError):
    """The server answered and refused user or password: trying again at once may lock the account."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is: `imaps://user@host:port/folder`, without its password. `security` "none" is for servers on this machine only."""

    user: str
    host: str
    port: int = 993
    folder: str = "INBOX"
    security: Security = "tls"

    def source(self, folder: str | None = None) -> str:
        """How `sighting_list` names a folder of it."""
        return f"imap://{self.user}@{self.host}/{folder or self.folder}"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder was read: its UIDVALIDITY and the last UID. With another UIDVALIDITY the UIDs mean nothing: all is read again."""

    validity: int
    uid: int


class NotFetched(SourceError):
    """One mail could not be fetched: the server refused it or the connection broke on it. `mark` is that mail's."""

    def __init__(self, mark: Mark, **values: object) -> None:
        """`values` as for SourceError."""
        super().__init__(**values)
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail: its raw bytes; with a `reason` (Chinese) its head at most; None when it is gone. `mark` is how far it takes the folder."""

    folder: str
    mark: Mark
    data: bytes | None
    reason: str | None = None


def account_of(url: str) -> Account:
    """The account of `imaps://user@host[:port][/folder]` (user and folder percent-encoded). Raises UsageError for anything else.

    `imap://` is plain on this machine and STARTTLS to any other. A password in the address is refused: it would stand in the process list
    and in logs.
    """
    parts = urllib.parse.urlsplit(url)
    user, host = urllib.parse.unquote(parts.username or ""), parts.hostname or ""
    if parts.scheme not in _PORTS or not user or not host or parts.password:
        raise UsageError(why=say("intake.imap_address"))
    folder = urllib.parse.unquote(parts.path.strip("/")) or "INBOX"
    return Account(user, host, parts.port or _PORTS[parts.scheme], folder, _security(parts.scheme, host))


def _security(scheme: str, host: str) -> Security:
    if scheme == "imaps":
        return "tls"
    return "none" if host in _LOOPBACK else "starttls"


def _bounded(client: imaplib.IMAP4, most_bytes: int) -> imaplib.IMAP4:
    """`client`, breaking off when the server announces a literal over `most_bytes`: memory for it would be taken at once."""
    read = client.read

    def bounded(size: int) -> bytes:
        if size > most_bytes + SLACK_BYTES:
            raise imaplib.IMAP4.abort("literal too large")
        return read(size)

    client.read = bounded  # type: ignore[method-assign]
    return client


def _connect(account: Account, timeout: float, context: ssl.SSLContext | None) -> imap_tools.BaseMailBox:
    secure = context or ssl.create_default_context()
    if account.security == "tls":
        return imap_tools.MailBox(account.host, account.port, timeout, ssl_context=secure)
    if account.security == "starttls":
        return imap_tools.MailBoxStartTls(account.host, account.port, timeout, ssl_context=secure)
    return imap_tools.MailBoxUnencrypted(account.host, account.port, timeout)


class Inbox:
    """An open connection to one account; a context manager. Every method raises SourceError when the server refuses or goes away:
    then open another, after a pause (`pause`)."""

    def __init__(
        self,
        account: Account,
        password: str,
        *,
        timeout: float = 60.0,
        context: ssl.SSLContext | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Connect, log in and say who we are. `timeout` in seconds for each answer. `context` is for certificates of one's own. A mail over
        `most_bytes` is not fetched. Raises LoginRefused when user or password are not accepted."""
        self.account = account
        self._most_bytes = most_bytes
        try:
            self._box = _connect(account, timeout, context)
        except _TROUBLE as error:
            raise self._failed(error) from error
        self._client = _bounded(self._box.client, most_bytes)
        self._client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            self._login(password)
            self._able = self._capabilities()
        except BaseException:
            self.close()
            raise

    def _login(self, password: str) -> None:
        try:
            self._box.login(self.account.user, password, initial_folder=None)
        except (MailboxLoginError, UnicodeEncodeError) as error:
            raise LoginRefused(source=self.account.source(), why=say("intake.imap_login")) from error
        except _TROUBLE as error:
            raise self._failed(error) from error
        try:
            self._client.xatom("ID", _ID)
        except (imaplib.IMAP4.abort, OSError) as error:
            raise self._failed(error) from error
        except imaplib.IMAP4.error:
            return  # a server that does not know ID answers BAD, and goes on

    def _capabilities(self) -> frozenset[str]:
        """What the server can do for who is logged in; many say less before."""
        try:
            _, told = self._client.capability()
        except _TROUBLE as error:
            raise self._failed(error) from error
        return frozenset(b" ".join(line for line in told if isinstance(line, bytes)).decode("latin-1").upper().split())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Log out; never raises for a server that is gone."""
        with contextlib.suppress(*_TROUBLE):
            self._box.client.logout()

    def new(self, folder: str, seen: Mark | None) -> Iterator[Arrived]:
        """The mails of `folder` after `seen`, oldest first, without marking them read. A mail that is too large comes with its reason.

        Raises NotFetched for the mail on which it broke off: open another connection and try again, but not for ever.
        """
        try:
            self._box.folder.set(folder)
            validity = int(self._client.response("UIDVALIDITY")[1][0] or 0)
            last = seen.uid if seen and seen.validity == validity else 0
            uids = self._uids(last)
        except _TROUBLE as error:
            raise self._failed(error) from error
        for uid in uids:
            try:
                arrived = self._fetch(folder, Mark(validity, uid))
            except _TROUBLE as error:
                raise NotFetched(Mark(validity, uid), **self._failed(error).values) from error
            yield arrived

    def taken(self, arrived: Arrived, move_to: str | None = None) -> bool:
        """Mark a mail as read, or move it to `move_to`, after it was durably stored. It is never deleted: a server without MOVE, or without
        that folder, keeps it where it is, marked as read; then the answer is False."""
        uid = str(arrived.mark.uid)
        try:
            self._client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
            if not move_to:
                return True
            return "MOVE" in self._able and self._client.uid("MOVE", uid, encode_folder(move_to).decode())[0] == "OK"
        except _TROUBLE as error:
            raise self._failed(error) from error

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return when the selected folder has news (told by IDLE, where the server has it), after `seconds`, or soon after `stop` is set."""
        end = time.monotonic() + min(seconds, 29 * 60)
        if "IDLE" not in self._able:
            stop.wait(max(end - time.monotonic(), 0))
            return
        try:
            self._box.idle.start()  # type: ignore[no-untyped-call]
            while time.monotonic() < end and not stop.is_set() and not _news(self._listen()):
                pass
            self._box.idle.stop()  # type: ignore[no-untyped-call]
        except _TROUBLE as error:
            raise self._failed(error) from error

    def _listen(self) -> list[bytes]:
        """What the server says within a tick. A connection that was closed looks readable at once and says nothing."""
        started = time.monotonic()
        lines = self._box.idle.poll(TICK_SECONDS)
        if not lines and time.monotonic() - started < TICK_SECONDS / 2:
            raise imaplib.IMAP4.abort("closed")
        return lines

    def drafts(self) -> str:
        """The folder of drafts: the one the server names so (RFC 6154), else the first known by its name. Raises SourceError for none."""
        try:
            folders = self._box.folder.list()
        except _TROUBLE as error:
            raise self._failed(error) from error
        named = [folder.name for folder in folders if "\\drafts" in {flag.lower() for flag in folder.flags}]
        known = [name for name in _DRAFTS if any(folder.name == name for folder in folders)]
        if not named and not known:
            raise SourceError(source=self.account.source(), why=say("intake.imap_no_drafts"))
        return [*named, *known][0]

    def put_draft(self, data: bytes, folder: str) -> None:
        """Lay a letter (RFC 5322 bytes) into `folder` as a draft. Nothing is sent."""
        try:
            self._box.append(data, folder, flag_set=(r"\Draft", r"\Seen"))
        except _TROUBLE as error:
            raise self._failed(error) from error

    def _uids(self, last: int) -> list[int]:
        """UIDs after `last`; `n:*` names the newest mail even where it is older than n."""
        kind, found = self._client.uid("SEARCH", f"UID {last + 1}:*")
        if kind != "OK":
            raise imaplib.IMAP4.error(str(kind))
        return sorted(uid for uid in map(int, b" ".join(line for line in found if line).split()) if uid > last)

    def _fetch(self, folder: str, mark: Mark) -> Arrived:
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(self._told(mark.uid, "(RFC822.SIZE)")))
        if size and int(size.group(1)) > self._most_bytes:
            head = self._body(mark.uid, f"BODY.PEEK[HEADER]<0.{HEAD_BYTES}>")
            return Arrived(folder, mark, head or b"", say("intake.imap_size", most=self._most_bytes >> 20))
        body = self._body(mark.uid, "BODY.PEEK[]")
        if not body and mark.uid in self._uids(mark.uid - 1):
            return Arrived(folder, mark, b"", say("intake.imap_gone"))
        return Arrived(folder, mark, body)

    def _told(self, uid: int, what: str) -> list[bytes]:
        """The answer's lines. A server that answers NO has trouble of its own: the mail may come later."""
        kind, answer = self._client.uid("FETCH", str(uid), what)
        if kind != "OK":
            raise imaplib.IMAP4.error(str(kind))
        return [line for part in answer for line in (part if isinstance(part, tuple) else (part,)) if isinstance(line, bytes)]

    def _body(self, uid: int, what: str) -> bytes | None:
        lines = self._told(uid, f"({what})")
        bodies = [body for head, body in itertools.pairwise(lines) if re.search(rb"BODY\[.*\{\d+\}$", head, re.IGNORECASE)]
        return bytes(bodies[0]) if bodies and bodies[0] else None

    def _failed(self, error: Exception) -> SourceError:
        """What went wrong in a word, without the server's own text (it may quote the password or the mail)."""
        known = {ssl.SSLCertVerificationError: "imap_certificate", TimeoutError: "imap_slow"}
        name = next((name for kind, name in known.items() if isinstance(error, kind)), "imap_failed")
        return SourceError(source=self.account.source(), why=say(f"intake.{name}"))


def _news(lines: list[bytes]) -> bool:
    """Whether a server said more than that it is still there (`* OK Still here`)."""
    return any(not line.upper().startswith(b"* OK") for line in lines)


def pause(attempt: int) -> float:
    """Seconds to wait before the `attempt`-th try (from 1) to connect again: doubling from 2, at most 5 minutes."""
    return float(min(2 ** min(attempt, 10), 300))

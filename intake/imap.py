"""A mailbox read over IMAP: new mails as raw bytes, flagged or moved only when the caller says that they are safe, never deleted.

The mails are not parsed here (design.md, "Isolation"): imap-tools opens the connection and speaks the folders' names, the
bytes come from `BODY.PEEK[]` as they are. 163, 126 and yeah.net want the ID command before a folder ("Unsafe Login").
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import imap_tools
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from errors import SourceError, UsageError
from texts import say

_PORTS = {"imaps": 993, "imap": 143}
_ID = '("name" "wuxiao-intake" "version" "1" "vendor" "wuxiao")'
_TROUBLE = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError, ValueError)
MOST_BYTES = 150 << 20


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is: `imaps://user@host:port/folder`, without its password. `tls` False is for servers on this machine only."""

    user: str
    host: str
    port: int = 993
    folder: str = "INBOX"
    tls: bool = True

    def source(self, folder: str | None = None) -> str:
        """How `sighting_list` names a folder of it."""
        return f"imap://{self.user}@{self.host}/{folder or self.folder}"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder was read: its UIDVALIDITY and the last UID. With another UIDVALIDITY the UIDs mean nothing: all is read again."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail: its raw bytes, or None with the reason (Chinese) why they were not fetched; `mark` is how far it takes the folder."""

    folder: str
    mark: Mark
    data: bytes | None
    reason: str | None = None


def account_of(url: str) -> Account:
    """The account of `imaps://user@host[:port][/folder]` (user and folder percent-encoded). Raises UsageError for anything else.

    A password in the address is refused: it would stand in the process list and in logs. So is `imap://` to another machine.
    """
    parts = urllib.parse.urlsplit(url)
    user, host = urllib.parse.unquote(parts.username or ""), parts.hostname or ""
    if parts.scheme not in _PORTS or not user or not host or parts.password:
        raise UsageError(why=say("intake.imap_address"))
    if parts.scheme == "imap" and host not in ("localhost", "127.0.0.1", "::1"):
        raise UsageError(why=say("intake.imap_tls"))
    folder = urllib.parse.unquote(parts.path.strip("/")) or "INBOX"
    return Account(user, host, parts.port or _PORTS[parts.scheme], folder, parts.scheme == "imaps")


class Inbox:
    """An open connection to one account; a context manager. Every method raises SourceError when the server refuses or goes away:
    then open another, after a pause (`pause`)."""

    def __init__(self, account: Account, password: str, *, timeout: float = 60.0, context: ssl.SSLContext | None = None) -> None:
        """Connect, log in and say who we are. `timeout` in seconds for each answer. `context` is for certificates of one's own."""
        self.account = account
        try:
            if account.tls:
                secure = context or ssl.create_default_context()
                self._box: imap_tools.BaseMailBox = imap_tools.MailBox(account.host, account.port, timeout, ssl_context=secure)
            else:
                self._box = imap_tools.MailBoxUnencrypted(account.host, account.port, timeout)
        except _TROUBLE as error:
            raise self._failed(error) from error
        try:
            self._box.login(account.user, password, initial_folder=None)
        except _TROUBLE as error:
            self.close()
            raise SourceError(source=account.source(), why=say("intake.imap_login")) from error
        with contextlib.suppress(imaplib.IMAP4.error):  # a server that does not know ID answers BAD, and goes on
            self._box.client.xatom("ID", _ID)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Log out; never raises for a server that is gone."""
        with contextlib.suppress(*_TROUBLE):
            self._box.client.logout()

    def new(self, folder: str, seen: Mark | None, most_bytes: int = MOST_BYTES) -> Iterator[Arrived]:
        """The mails of `folder` after `seen`, oldest first, without marking them read. A mail over `most_bytes` comes with its reason."""
        try:
            self._box.folder.set(folder)
            validity = int(self._box.client.response("UIDVALIDITY")[1][0] or 0)
            last = seen.uid if seen and seen.validity == validity else 0
            for uid in self._uids(last):
                yield self._fetch(folder, Mark(validity, uid), most_bytes)
        except _TROUBLE as error:
            raise self._failed(error) from error

    def taken(self, arrived: Arrived, move_to: str | None = None) -> None:
        """Mark a mail as read, or move it to `move_to`, after it was durably stored. It is never deleted: a server without MOVE keeps it
        where it is, marked as read."""
        client, uid = self._box.client, str(arrived.mark.uid)
        try:
            client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
            if move_to and "MOVE" in client.capabilities:
                client.uid("MOVE", uid, encode_folder(move_to).decode())
        except _TROUBLE as error:
            raise self._failed(error) from error

    def wait(self, seconds: float) -> bool:
        """Wait for news of the selected folder with IDLE, at most `seconds` (up to 29 minutes). False at once where the server has no IDLE:
        then ask again later."""
        if "IDLE" not in self._box.client.capabilities:
            return False
        try:
            self._box.idle.wait(timeout=min(seconds, 29 * 60))
        except _TROUBLE as error:
            raise self._failed(error) from error
        return True

    def _uids(self, last: int) -> list[int]:
        """UIDs after `last`; `n:*` names the newest mail even where it is older than n."""
        kind, found = self._box.client.uid("SEARCH", f"UID {last + 1}:*")
        if kind != "OK":
            raise imaplib.IMAP4.error(str(kind))
        return sorted(uid for uid in map(int, b" ".join(line for line in found if line).split()) if uid > last)

    def _fetch(self, folder: str, mark: Mark, most_bytes: int) -> Arrived:
        client = self._box.client
        _, told = client.uid("FETCH", str(mark.uid), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(line for line in told if isinstance(line, bytes)))
        if size and int(size.group(1)) > most_bytes:
            return Arrived(folder, mark, None, say("intake.imap_size", most=most_bytes >> 20))
        _, answer = client.uid("FETCH", str(mark.uid), "(BODY.PEEK[])")
        bodies = [part[1] for part in answer if isinstance(part, tuple) and b"BODY[]" in part[0].upper()]
        if not bodies or not bodies[0]:
            return Arrived(folder, mark, None, say("intake.imap_gone"))
        return Arrived(folder, mark, bytes(bodies[0]))

    def _failed(self, error: Exception) -> SourceError:
        """What went wrong in a word, without the server's own text (it may quote the password or the mail)."""
        known = {ssl.SSLCertVerificationError: "imap_certificate", TimeoutError: "imap_slow"}
        name = next((name for kind, name in known.items() if isinstance(error, kind)), "imap_failed")
        return SourceError(source=self.account.source(), why=say(f"intake.{name}"))


def pause(attempt: int) -> float:
    """Seconds to wait before the `attempt`-th try (from 1) to connect again: doubling from 2, at most 5 minutes."""
    return float(min(2 ** min(attempt, 10), 300))

"""Who may log in: names, roles and scrypt hashes of passwords (RFC 7914) in private.db, with a lock after repeated failures."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from typing import Literal

from errors import NotFound, UsageError
from store.caches import secret
from store.connection import reported, transaction
from texts import say

Role = Literal["viewer", "reviewer", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "admin")
SHORTEST_PASSWORD = 8
MOST_FAILURES = 5
LOCK_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may log in. `print` changes with the password: a session made under another one is void."""

    name: str
    role: Role
    print: str


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts in `database` (private.db); `turn` is the store's lock, since a store may be used from several threads."""

    database: sqlite3.Connection
    turn: threading.RLock

    def add(self, name: str, password: str, role: Role) -> None:
        """Makes an account, or gives one another password and role. Raises UsageError for an empty name, a short password, an unknown role."""
        if not name.strip() or len(password) < SHORTEST_PASSWORD or role not in ROLES:
            raise UsageError(why=say("store.account_rules", least=SHORTEST_PASSWORD, roles="、".join(ROLES)))
        salt = secrets.token_bytes(16)
        hashed = _hashed(password, salt)
        with self.turn, transaction(self.database):
            self.database.execute(
                "INSERT OR REPLACE INTO account (name, role, salt, password) VALUES (?,?,?,?)", (name.strip(), role, salt, hashed)
            )

    def remove(self, name: str) -> None:
        """Takes an account away; its sessions end with it. Raises NotFound."""
        with self.turn, transaction(self.database):
            if self.database.execute("DELETE FROM account WHERE name = ?", (name,)).rowcount == 0:
                raise NotFound(what=say("store.account"), key=name)

    def all(self) -> tuple[Account, ...]:
        """All accounts, by name."""
        with self.turn, reported():
            return tuple(_account(row) for row in self.database.execute("SELECT * FROM account ORDER BY name"))

    def get(self, name: str) -> Account | None:
        """The account of this name."""
        row = self._row(name)
        return None if row is None else _account(row)

    def check(self, name: str, password: str, now: float) -> Account | None:
        """The account, when name and password fit and it is not locked; `now` in epoch seconds.

        After `MOST_FAILURES` wrong passwords in a row an account is locked for `LOCK_SECONDS`. An unknown name costs as much time as
        a wrong password, so that nobody learns which names exist.
        """
        row = self._row(name.strip())
        given = _hashed(password, row["salt"] if row else b"\0" * 16)
        if row is None or row["locked_until"] > now:
            return None
        right = hmac.compare_digest(given, row["password"])
        with self.turn, transaction(self.database):
            self.database.execute("UPDATE account SET failures = iif(?, 0, failures + 1) WHERE name = ?", (right, row["name"]))
            self.database.execute(
                "UPDATE account SET failures = 0, locked_until = ? WHERE name = ? AND failures >= ?",
                (now + LOCK_SECONDS, row["name"], MOST_FAILURES),
            )
        return _account(row) if right else None

    def session_secret(self) -> str:
        """What signs the cookies of sessions, 64 hex digits; stays the same from one start to the next."""
        with self.turn:
            return secret(self.database, "session").hex()

    def _row(self, name: str) -> sqlite3.Row | None:
        with self.turn, reported():
            row: sqlite3.Row | None = self.database.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
            return row


def _account(row: sqlite3.Row) -> Account:
    return Account(row["name"], row["role"], hashlib.sha256(row["password"]).hexdigest()[:16])

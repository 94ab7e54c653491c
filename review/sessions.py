"""Who is logged in: a signed cookie that names an account and stands for as long as its password and role do."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer

from store.accounts import Account, Accounts

COOKIE = "ds_actor"
HOURS = 12
LOCAL = Account("本机", "admin", "local")


@dataclass(slots=True)
class Sessions:
    """Makes and reads session cookies. `link` is the secret of the one-time link, "" once it was used.

    A session made by the link is good for this process only; one of an account ends when its password or role changes.
    """

    accounts: Accounts
    link: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _run: str = field(default_factory=lambda: secrets.token_hex(8))

    def by_link(self, given: str) -> Account | None:
        """The local account, when `given` is the one-time link's secret; it works once."""
        if not self.link or not hmac.compare_digest(given.encode(), self.link.encode()):
            return None
        self.link = ""
        return LOCAL

    def cookie(self, account: Account) -> str:
        """The value of the cookie for this account."""
        mark = self._run if account == LOCAL else account.print
        return str(self._signer().dumps([account.name, account.role, mark]))

    def account(self, cookie: str) -> Account | None:
        """Whom the cookie stands for, None when it is forged, too old, or its account has changed."""
        try:
            name, role, mark = self._signer().loads(cookie, max_age=HOURS * 3600)
        except (BadSignature, ValueError, TypeError):
            return None
        known = LOCAL if mark == self._run and name == LOCAL.name else self.accounts.get(str(name))
        if known is None or known.role != role or mark not in (known.print, self._run):
            return None
        return known

    def form_token(self, cookie: str) -> str:
        """What a form must carry that comes from a page which was shown to the holder of this cookie."""
        return self._stamp().get_signature(cookie).decode()

    def is_form_token(self, cookie: str, given: str) -> bool:
        """Whether `given` is the token of this cookie; never without a cookie."""
        return bool(cookie) and self._stamp().verify_signature(cookie, given)

    def _stamp(self) -> Signer:
        return Signer(self.accounts.session_secret(), salt="form")

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.accounts.session_secret(), salt="session")


def cookie_of(headers: list[tuple[bytes, bytes]], name: str = COOKIE) -> str:
    """A cookie's value in a request's headers, the session's where no other is named; "" without one."""
    for header, value in headers:
        if header.lower() == b"cookie":
            morsel = SimpleCookie(value.decode("latin-1")).get(name)
            if morsel is not None:
                return str(morsel.value)
    return ""

"""What `wuxiao reply --to-drafts` does: the letters laid into the mailbox's folder of drafts. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import UsageError
from intake.imap import Account, Inbox, account_of
from texts import say
from wuxiao.passwords import Password, passwords_for


@dataclass(frozen=True, slots=True)
class DraftBox:
    """A mailbox that can be opened."""

    account: Account
    password: Password


def draft_box(url: str | None, password_file: Path | None) -> DraftBox:
    """The mailbox at `url`, checked before any letter is written. Raises UsageError for none, a wrong address, or no password."""
    if url is None:
        raise UsageError(why=say("cli.reply_drafts_imap"))
    account = account_of(url)
    (password,) = passwords_for([account], [password_file] if password_file else [])
    return DraftBox(account, password)


def put_drafts(box: DraftBox, letters: Sequence[bytes]) -> str:
    """Lays the letters (RFC 5322) into the folder of drafts and returns its name. Raises SourceError when the server refuses or has none."""
    with Inbox(box.account, box.password()) as inbox:
        folder = inbox.drafts()
        for letter in letters:
            inbox.put_draft(letter, folder)
    return folder

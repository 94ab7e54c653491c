"""A mail draft as bytes: any mail program opens it ready to be sent, and it can be put into a mailbox's 草稿箱 as it is."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

_WORD: Final = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
_MESSAGE_ID: Final = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,900}>")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def make_draft(
    *,
    sender: tuple[str, str],
    to: tuple[str, str],
    subject: str,
    text: str,
    attachment: tuple[str, bytes],
    in_reply_to: str | None,
) -> bytes:
    """The draft (RFC 5322, CRLF) with `X-Unsent: 1`, the text and one Word file.

    `sender` and `to` are (name, address); an address that is none is left out for a person to fill in, and so is a message id that is none.
    Line breaks in names and subject become spaces, so that no header can be smuggled in.
    """
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    for header, (name, address) in (("From", sender), ("To", to)):
        mailbox = _mailbox(name, address)
        if mailbox:
            message[header] = mailbox
    message["Subject"] = _flat(subject)
    known = _MESSAGE_ID.search(in_reply_to or "")
    if known:
        message["In-Reply-To"] = message["References"] = known[0]
    message.set_content(text, cte="base64")
    name, data = attachment
    message.add_attachment(data, maintype=_WORD[0], subtype=_WORD[1], filename=_flat(name))
    return message.as_bytes()


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).split())


def _mailbox(name: str, address: str) -> Address | None:
    if not _ADDRESS.fullmatch(address.strip()):
        return None
    try:
        return Address(display_name=_flat(name), addr_spec=address.strip())
    except (HeaderParseError, ValueError, IndexError):
        return None

"""Telling what is no submission: bounces, auto-replies, receipts, advertisements.

Only what the mail itself is counts, never a header alone where usable files came with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.letter import Letter
from intake.message import Attachment, is_own_text
from intake.origin import body_text
from intake.sniff import MAIL
from texts import say

_BOUNCER = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mdaemon|bounce\S*)@|mail delivery (sub)?system", re.IGNORECASE)
_BOUNCED = re.compile(
    r"退信|投递失败|发送失败|未送达|无法投递|undeliver|delivery (status notification|failure|has failed|report)|returned (mail|to sender)|"
    r"mail delivery failed|failure notice",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(
    r"^\s*(?:\[?自动(?:回复|答复)\]?|automatic reply|auto[- ]?reply|out of office|autoreply|休假自动回复|外出自动回复)", re.IGNORECASE
)
_RECEIPT = re.compile(
    r"^\s*(?:已读|未读|已阅读|read|not read|已送达|回执|阅读回执|return receipt)\s*[:：(（]|(?:阅读|已读)回执$", re.IGNORECASE
)
_LIST_HEADERS = ("list-unsubscribe", "list-id", "feedback-id", "x-campaign-id", "x-mailgun-sid", "x-csa-complaints")
_SPOKEN, _WRITTEN = 200, 1500  # Han characters, and characters of any kind, from which on a text may be material pasted into a mail


def unrelated_because(letter: Letter, rows: tuple[Attachment, ...], words: Sequence[str]) -> str | None:
    """Why `letter` is no submission, in Chinese; None where it may be one. `rows` are its files, `words` those of the campaign."""
    subject, sender = letter.get("subject"), letter.get("from")
    report = _report_type(letter)
    outlook = letter.get("x-message-class").upper()
    if report == "disposition-notification" or (outlook.startswith("REPORT.") and ".IPN" in outlook):
        return say("intake.unrelated_receipt")
    if report == "delivery-status" or outlook.startswith("REPORT.") or (_BOUNCER.search(sender.strip("<> ")) and _BOUNCED.search(subject)):
        return say("intake.unrelated_bounce")
    if any(_is_material(row) for row in rows):
        return None
    text = body_text(letter)
    nested = any(piece.kind == "message/rfc822" for piece in letter.pieces)
    campaign = any(word in subject or word in text for word in words)
    return say(key) if (key := _by_headers(letter, subject, campaign or nested) or _by_words(text, words, campaign or nested)) else None


def _by_headers(letter: Letter, subject: str, campaign: bool) -> str | None:
    automatic = letter.get("auto-submitted").lower()
    replied = automatic.startswith("auto-replied") or letter.get("x-autoreply").lower() == "yes" or bool(letter.get("x-autorespond"))
    if replied or _AUTOMATIC.search(subject):
        return "intake.unrelated_automatic"
    if _RECEIPT.search(subject):
        return "intake.unrelated_receipt"
    bulk = letter.get("precedence").lower() in ("bulk", "junk") or any(letter.get(name) for name in _LIST_HEADERS)
    return "intake.unrelated_advertisement" if bulk and not campaign else None


def _by_words(text: str, words: Sequence[str], campaign: bool) -> str | None:
    """A mail without files that says little and nothing of the campaign, judged only where the campaign's words are known."""
    spoken = sum("\u4e00" <= character <= "\u9fff" for character in text)
    short = spoken < _SPOKEN and len("".join(text.split())) < _WRITTEN
    return "intake.unrelated_empty" if words and not campaign and short else None


def _is_material(row: Attachment) -> bool:
    """Whether a file, or the wish to send one, came with the mail: anything but its own text and what is ignored."""
    own_text = is_own_text(row.path)
    opened_mail = row.media_type == MAIL and row.status == "parsed"
    return row.status != "ignored" and not own_text and not opened_mail


def _report_type(letter: Letter) -> str:
    """`delivery-status` or `disposition-notification` where the mail is such a report (RFC 3464, RFC 8098), else ""."""
    for piece in letter.pieces:
        kind = piece.kind.partition("/")[2]
        if kind in ("delivery-status", "disposition-notification") and "multipart/report" in piece.within:
            return kind
    declared = re.search(r"report-type\s*=\s*\"?([\w-]+)", letter.get("content-type"), re.IGNORECASE)
    return declared.group(1).lower() if declared else ""

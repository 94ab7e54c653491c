"""Telling what is no submission: bounces, auto-replies, receipts, advertisements."""

from __future__ import annotations

from collections.abc import Sequence

from intake.letter import Letter
from intake.message import Attachment


def unrelated_because(letter: Letter, rows: tuple[Attachment, ...], words: Sequence[str]) -> str | None:
    """Why `letter` is no submission, in Chinese; None where it may be one."""
    return None

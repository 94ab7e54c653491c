"""Outlook's .msg → a `Letter`."""

from __future__ import annotations

from errors import FileUnsupported
from intake.letter import Letter
from intake.limits import UnpackLimits


def read_outlook(data: bytes, limits: UnpackLimits) -> Letter:
    """`data` taken apart. Raises FileDamaged, FileOverLimit."""
    raise FileUnsupported(kind="Outlook 邮件")

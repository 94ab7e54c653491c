"""All that was read of one message, with the unit it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.submission import Form, Reading, SourceFile
from extractors.unit import told, witnesses
from intake.message import Message
from profiles.profile import Profile


def make_reading(
    message: Message, files: Sequence[SourceFile], forms: Sequence[Form], profile: Profile, remembered: Mapping[str, str] | None = None
) -> Reading:
    """The reading of a message. `remembered` maps lower-case sender addresses to the unit they sent for before."""
    sources = tuple(dict.fromkeys(witnesses(message, forms, profile, remembered or {})))
    unit, known = told(sources, profile.roster)
    return Reading(message, tuple(files), tuple(forms), unit, known, sources)

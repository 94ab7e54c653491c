"""All that was read of one message, with the unit it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.submission import Form, Reading, SourceFile
from extractors.unit import told, witnesses
from intake.message import Message
from profiles.profile import Profile


def make_reading(message: Message, files: Sequence[SourceFile], forms: Sequence[Form], profile: Profile) -> Reading:
    """The reading of a message, its unit told from itself alone."""
    sources = tuple(dict.fromkeys(witnesses(message, forms, profile)))
    unit, known = told(sources, profile.roster)
    return Reading(message, tuple(files), tuple(forms), unit, known, sources)

"""What each rule looks at in the campaign, noted while it judges: as long as that stays the same, so does what the rule finds.

A rule sees nothing of the campaign but through `Desk.profile`, and what it asks next follows from what it was told before; so the same
answers to what it asked give the same breaches (`tests/pipeline/test_recheck.py` holds it against a fresh look).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from types import MethodType
from typing import Any, Protocol

from profiles.profile import Profile

APART = frozenset({"limits", "dates", "words"})
"""The parts of a campaign of which single values are noted, as `limits.recommendation`; of any other part all of it, as `forms`."""


class _Noting(Protocol):
    def note(self, name: str) -> None: ...


class Watched:
    """A profile that notes what is asked of it, by the rule that asks (`rule`, set by whoever lets it judge)."""

    def __init__(self, profile: Profile) -> None:
        """Nothing is noted yet."""
        self._profile = profile
        self.rule = ""
        self.looks: dict[str, set[str]] = {}

    def note(self, name: str) -> None:
        """The rule looked at `name`."""
        self.looks.setdefault(self.rule, set()).add(name)

    def __getattr__(self, name: str) -> Any:
        if name not in Profile.model_fields:
            return MethodType(getattr(Profile, name), self)  # what it looks at is noted on the way
        value = getattr(self._profile, name)
        if name in APART:
            return _Words(self, value) if isinstance(value, Mapping) else _Part(self, name, value)
        self.note(name)
        return value


class _Part:
    def __init__(self, watch: _Noting, name: str, part: Any) -> None:
        self._watch, self._name, self._part = watch, name, part

    def __getattr__(self, name: str) -> Any:
        self._watch.note(f"{self._name}.{name}")
        return getattr(self._part, name)


class _Words(Mapping[str, tuple[str, ...]]):
    def __init__(self, watch: _Noting, words: Mapping[str, tuple[str, ...]]) -> None:
        self._watch, self._words = watch, words

    def __getitem__(self, name: str) -> tuple[str, ...]:
        self._watch.note(f"words.{name}")
        return self._words[name]

    def __iter__(self) -> Iterator[str]:
        self._watch.note("words")
        return iter(self._words)

    def __len__(self) -> int:
        self._watch.note("words")
        return len(self._words)


def fact(profile: Profile, name: str) -> str:
    """What tells the value of `name` (as noted) in this campaign from any other value (32 hex digits)."""
    part, _, rest = name.partition(".")
    value = getattr(profile, part)
    if rest:
        value = value.get(rest) if isinstance(value, Mapping) else getattr(value, rest)
    return hashlib.blake2b(repr(value).encode(), digest_size=16).hexdigest()

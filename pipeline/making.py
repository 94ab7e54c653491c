"""By what settled rows and findings were made: as long as it is the same, making them again would give the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from profiles.profile import Profile

_ROOMS = ("texts", "intake", "parsers", "profiles", "extractors", "checks", "store")


@cache
def program() -> str:
    """A digest of the source of every room that has a part in settling."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        root = Path(str(files(room)))
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".sql") or path.name == "zh.toml":
                digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A profile as the key of a cache: the same only as itself."""

    profile: Profile

    def __hash__(self) -> int:
        return id(self.profile)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.profile is self.profile


@lru_cache(maxsize=8)
def _digests(held: _Held) -> tuple[str, str]:
    profile = held.profile
    forms = profile.model_dump_json(include={"forms"})
    rest = profile.model_dump_json(exclude={"rules"}) + repr(tuple(profile.rules))
    return hashlib.sha256(forms.encode()).hexdigest(), hashlib.sha256(rest.encode()).hexdigest()


def rows_made_by(profile: Profile) -> str:
    """What the rows of submissions depend on besides what was read: the program and the campaign's forms."""
    return f"{program()} {_digests(_Held(profile))[0]}"


def found_by(profile: Profile) -> str:
    """What the rules depend on besides the rows and the register: all of the campaign but the words and severities of its findings."""
    return f"{program()} {_digests(_Held(profile))[1]}"

"""By what settled rows and findings were made: as long as it is the same, making them again would give the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from checks.looks import fact
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
def _forms(held: _Held) -> str:
    return hashlib.sha256(held.profile.model_dump_json(include={"forms"}).encode()).hexdigest()


def rows_made_by(profile: Profile) -> str:
    """What the rows of submissions depend on besides what was read: the program and the campaign's forms."""
    return f"{program()} {_forms(_Held(profile))}"


@lru_cache(maxsize=1024)
def _fact(held: _Held, name: str) -> str:
    return fact(held.profile, name)


def facts(profile: Profile, names: Iterable[str]) -> dict[str, str]:
    """What tells each of these parts of the campaign (`checks.looks`) from any other."""
    held = _Held(profile)
    return {name: _fact(held, name) for name in names}


def to_judge(profile: Profile, looks: Mapping[str, Iterable[str]], known: Mapping[str, str]) -> tuple[str, ...]:
    """The campaign's rules that may find something else than they did: new ones, and those that looked (`looks`) at something that is not
    what it was (`known`)."""
    held = _Held(profile)
    changed = {name for name, then in known.items() if _fact(held, name) != then}
    return tuple(rule for rule in profile.rules if rule not in looks or not changed.isdisjoint(looks[rule]))

"""What two machines must have in common so that both read a message alike."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version

from errors import VersionRefused
from parsers.version import ENGINE
from pipeline.sandbox import ROOT
from pipeline.worker import WorkLimits
from profiles.profile import Profile
from texts import say

ROOMS = ("texts", "intake", "parsers", "extractors", "profiles", "pipeline")
"""Where the code lies that turns a message into a reading."""


@dataclass(frozen=True, slots=True)
class Version:
    """`program`: version of the package and a hash of its code; `engine`: that of the readers; `profile`, `limits`: hashes of the campaign and
    of how far a message is unpacked and a file read."""

    program: str
    engine: str
    profile: str
    limits: str

    def expect(self, other: object) -> None:
        """Raises VersionRefused, which names what differs, when `other` (an `asdict` of a Version) is another."""
        theirs = other if isinstance(other, dict) else {}
        differing = [name for name, mine in asdict(self).items() if theirs.get(name) != mine]
        if differing:
            raise VersionRefused(what="、".join(say(f"remote.differs_{name}") for name in differing))


def own_version(profile: Profile, limits: WorkLimits) -> Version:
    """This machine's."""
    bounds = json.dumps([asdict(limits.unpack), asdict(limits.read)], sort_keys=True)
    return Version(f"{version('wuxiao-intake')}+{_code()}", ENGINE, _hash(profile.model_dump_json().encode()), _hash(bounds.encode()))


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".toml")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]

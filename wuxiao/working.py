"""What `wuxiao schedule` and `wuxiao work` do, and whose hands `ingest` and `watch` use: settings, signals, a word on the terminal."""

import importlib.util
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import UsageError
from pipeline.owner import Owner
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers
from profiles.load import load_profile
from profiles.profile import Profile
from texts import say
from wuxiao.settings import MIB, Settings, load_settings

if TYPE_CHECKING:
    import asyncio

    from pipeline.remote.hands import RemoteHands
    from pipeline.remote.line import Line
    from pipeline.remote.version import Version

KEYS = "cluster"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine of the office needs to meet the others: its data folder, settings and campaign, the line to the scheduler."""

    data: Path
    settings: Settings
    profile: Profile
    line: "Line"
    version: "Version"


def machine_of(data: Path, url: str | None) -> Machine:
    """This machine, with the scheduler at `url` (None: the setting's). Raises UsageError, SettingsError, ProfileError."""
    data = data.resolve()
    settings = load_settings(data)
    url = url or settings.scheduler
    if not url:
        raise UsageError(why=say("remote.no_address"))
    _need_library()
    from pipeline.remote.line import line_to
    from pipeline.remote.version import own_version

    profile = load_profile(settings.profile)
    return Machine(data, settings, profile, line_to(url, data / KEYS), own_version(profile, settings.limits()))


def run_schedule(data: Path, url: str | None) -> None:
    """Runs the scheduler until SIGTERM or SIGINT; makes the machines' keys where they are wanted and there are none.

    Raises UsageError, SettingsError, ProfileError, OSError when the address cannot be had.
    """
    _need_library()
    from pipeline.remote.keys import make_keys
    from pipeline.remote.line import is_local
    from pipeline.remote.meeting import hold_meeting

    wanted = url or load_settings(data).scheduler
    if wanted and not is_local(wanted) and make_keys(data.resolve() / KEYS):
        _tell(say("remote.keys_made", folder=data / KEYS))
    here = machine_of(data, url)
    with _room(here.data) as (_, room):
        _until_stopped(lambda stop: hold_meeting(here.line, here.version, room, stop, lambda: _tell_about(here, "listening")))


def run_work(data: Path, url: str | None) -> None:
    """Works for the scheduler until SIGTERM or SIGINT. Raises UsageError, SettingsError, ProfileError, VersionRefused."""
    here = machine_of(data, url)
    from pipeline.remote.station import Station
    from pipeline.remote.working import Terms, work

    settings = here.settings
    with _room(here.data) as (owner, room):
        originals = room / "originals"
        originals.mkdir(mode=0o700)
        workers = Workers(Sandbox(here.data, owner.name, originals), settings.workers, settings.limits())
        station = Station(workers, here.profile, here.version, originals, settings.disk_reserve * MIB)
        try:
            terms = Terms(settings.workers, settings.stop_seconds, lambda what: _tell_about(here, what))
            _until_stopped(lambda stop: work(here.line, station, here.version, room, terms, stop))
        finally:
            workers.close()


def remote_hands(data: Path, url: str) -> "RemoteHands":
    """The hands of the machines that meet at `url`. Raises UsageError."""
    here = machine_of(data, url)
    from pipeline.remote.hands import RemoteHands

    return RemoteHands(here.line, here.version, here.data / "spool", here.settings.desk_port)


@contextmanager
def _room(data: Path) -> Iterator[tuple[Owner, Path]]:
    """A name that lives as long as this process, and a folder that goes with it; what dead ones left is erased."""
    from pipeline.remote.room import make_room

    owner = Owner(data / "owners")
    room = make_room(data, owner)
    try:
        yield owner, room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        owner.close()


def _until_stopped(run: Callable[["asyncio.Event"], Coroutine[Any, Any, None]]) -> None:
    """Runs with an event that SIGTERM and SIGINT set."""
    import asyncio

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(stop)

    asyncio.run(main())


def _need_library() -> None:
    if importlib.util.find_spec("distributed") is None:
        raise UsageError(why=say("remote.no_library"))


def _tell_about(here: Machine, what: str) -> None:
    _tell(say(f"remote.{what}", address=here.line.address, hands=here.settings.workers))


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()

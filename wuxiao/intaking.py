"""What `wuxiao ingest` does: take in, read, settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from intake.take import Skipped, take_in
from pipeline.jobs import Shift, read_all, settle_waiting
from pipeline.making import program
from pipeline.process import House
from pipeline.retention import tidy
from texts import say
from wuxiao.progress import progress
from wuxiao.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ingest: how many messages were `seen`, how many of them were `new`, and what was `skipped`, with its reason."""

    seen: int
    new: int
    skipped: tuple[Skipped, ...]

    @property
    def unreadable(self) -> bool:
        """Whether some input could not even be read."""
        return any(skipped.unreadable for skipped in self.skipped)


def run_ingest(house: House, paths: Sequence[Path], received_at: datetime | None, settings: Settings) -> Outcome:
    """Takes in all of `paths`, then works whatever waits (also what an interrupted run left behind)."""
    seen = new = 0
    skipped = []
    with house.store.seen_files(program()) as memory:
        for taken in take_in(paths, house.originals, received_at=received_at, memory=memory):
            if isinstance(taken, Skipped):
                skipped.append(taken)
                continue
            seen += 1
            new += house.store.record(taken, now())
    work(house, settings)
    return Outcome(seen, new, tuple(skipped))


def work(house: House, settings: Settings) -> None:
    """Reads every waiting message, settles every unit that got something new, takes away what must not be kept."""
    shift = make_shift(settings)
    waiting = house.store.pending
    with progress(say("cli.reading"), waiting("read"), lambda: waiting("read")) as told:
        read_all(house, shift, told)
    with progress(say("cli.settling"), waiting("settle"), lambda: waiting("settle")) as told:
        settle_waiting(house, shift, told)
    tidy(house, shift, settings.unrelated_days)


def make_shift(settings: Settings) -> Shift:
    """How this process works its jobs: one message more than there are workers is opened while they read the others."""
    return Shift(settings.workers + 1, settings.lease_seconds, settings.attempts, now)


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC).astimezone()

"""How a house that stands alone is doing: sources, backlog, what was set aside, room on the disk."""

import shutil
from dataclasses import asdict, dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table

from pipeline.owner import is_alive
from pipeline.process import House
from review.words import local_time
from store.rows import SourceRow
from texts import say
from wuxiao.settings import MIB, Settings


@dataclass(frozen=True, slots=True)
class Health:
    """`sources` as the store knows them, `watched` those of them that should be watched, `reading` and `settling` jobs that wait or run,
    how many are `quarantined`, `free` bytes of the disk."""

    sources: tuple[SourceRow, ...]
    watched: frozenset[str]
    reading: int
    settling: int
    quarantined: int
    free: int

    def as_json(self) -> dict[str, object]:
        """For `wuxiao status --json`."""
        listed = [{**asdict(row), "watched": row.source in self.watched} for row in self.sources]
        return {"sources": listed, "backlog": {"read": self.reading, "settle": self.settling}, "disk_free": self.free}


def examine_health(house: House) -> Health:
    """Looks at the store and the disk. A source whose process is gone is still one that should be watched, until `watch` starts anew."""
    store = house.store
    sources = store.sources()
    quarantined = len(store.status().quarantined)
    free = shutil.disk_usage(store.data).free
    watched = frozenset(row.source for row in sources if row.owner)
    return Health(sources, watched, store.pending("read"), store.pending("settle"), quarantined, free)


def complaints(health: Health, settings: Settings, now: datetime) -> tuple[str, ...]:
    """What is not well, in Chinese: a source silent for longer than the setting, jobs set aside, a disk nearly full."""
    found = []
    for row in health.sources:
        silent = (now - datetime.fromisoformat(row.contact_at or row.since)).total_seconds() / 60
        if row.source in health.watched and silent > settings.silent_minutes:
            found.append(say("cli.health_silent", source=row.source, minutes=int(silent), trouble=row.trouble or ""))
    if health.quarantined:
        found.append(say("cli.health_quarantined", count=health.quarantined))
    if health.free < settings.disk_reserve * MIB:
        found.append(say("cli.health_disk", mib=health.free // MIB))
    return tuple(found)


def print_health(house: House, health: Health) -> None:
    """The sources with their last contact, the backlog and the disk."""
    console = Console()
    if health.sources:
        table = Table(title=say("cli.status_sources"), show_header=False, title_justify="left")
        for row in health.sources:
            off = "" if row.owner and is_alive(house.owner.folder, row.owner) else say("cli.status_off")
            at = local_time(row.contact_at or "", house.profile.dates.timezone)
            contact = say("cli.status_contact", at=at) if at else say("cli.status_never")
            table.add_row(row.source, contact + off, row.trouble or "")
        console.print(table)
    gib = f"{health.free / 2**30:.1f}"
    console.print(say("cli.status_backlog", read=health.reading, settle=health.settling, gib=gib), markup=False)

"""What `wuxiao erase`, `backup`, `restore` and `quarantine` do."""

import getpass
from pathlib import Path

from errors import NotFound, UsageError
from pipeline.process import House
from pipeline.retention import erase
from review.words import local_time
from store.backup import Copied, restore_backup, write_backup
from store.decisions import Act
from store.erasure import Plan
from store.rows import JobRow, MessageRow
from texts import say
from wuxiao.intaking import make_shift, now
from wuxiao.settings import Settings

NAMED = 10


def told(plan: Plan) -> str:
    """What an erasure will take, and what stays, in Chinese."""
    said = say("cli.erase_plan", projects=len(plan.projects), whole=len(plan.whole), partial=len(plan.partial))
    if plan.stays:
        said += "\n" + say("cli.erase_stays", names="、".join(plan.stays[:NAMED]) + (" …" if len(plan.stays) > NAMED else ""))
    return said


def run_erase(house: House, target: str, reason: str, settings: Settings) -> Plan:
    """Removes a project or message in the name of whoever runs the program. Raises NotFound, StoreBusy."""
    act = Act(say("cli.erase_actor", user=getpass.getuser()), now(), reason)
    return erase(house, make_shift(settings), target, act, settings.unrelated_days)


def run_backup(house: House, file: Path, password_file: Path | None) -> Copied:
    """Writes the backup `file`. Raises UsageError, StoreError, StoreDamaged."""
    with house.workers.scratch() as scratch:
        return write_backup(house.store.data, file, _password(password_file), scratch, now())


def run_restore(file: Path, data: Path, password_file: Path | None) -> Copied:
    """Makes the data folder from a backup. Raises UsageError, StoreError, StoreDamaged."""
    return restore_backup(file, data.resolve(), _password(password_file))


def _password(file: Path | None) -> str | None:
    """The first line of the file, None without one. Raises UsageError when there is none."""
    if file is None:
        return None
    try:
        line = file.read_text(encoding="utf-8").split("\n", 1)[0].strip("\r")
    except (OSError, UnicodeDecodeError):
        line = ""
    if not line:
        raise UsageError(why=say("cli.backup_empty_password", file=file))
    return line


def quarantined(house: House, wanted: str) -> tuple[JobRow, MessageRow]:
    """The one quarantined job whose message's key begins with `wanted`. Raises NotFound when none or several do."""
    found = [job for job in house.store.status().quarantined if job.message.startswith(wanted)]
    if len({job.message for job in found}) != 1:
        raise NotFound(what=say("store.message"), key=wanted)
    return found[0], next(row for row in house.store.messages() if row.message == found[0].message)


def describe(house: House, wanted: str) -> str:
    """All that helps to decide what to do with a quarantined message. Raises NotFound."""
    job, message = quarantined(house, wanted)
    zone = house.profile.dates.timezone
    lines = [
        say(
            "cli.quarantine_head",
            message=job.message,
            subject=job.subject,
            sender=message.sender or say("cli.unknown"),
            received=local_time(message.received_at or say("cli.unknown"), zone),
            attempts=job.attempts,
            kind=say(f"cli.job_{job.kind}"),
            reason=job.reason or "",
            original=house.originals.path(message.sha256),
        )
    ]
    seen = [row for row in house.store.sightings() if row.message == job.message]
    lines += [say("cli.quarantine_seen", source=row.source, at=local_time(row.seen_at, zone)) for row in seen]
    lines += [
        say("cli.quarantine_file", path=row.path, status=say(f"code_status.{row.status}"), reason=row.reason or "")
        for row in house.store.files()
        if row.message == job.message
    ]
    return "\n".join([*lines, say("cli.quarantine_next", message=job.message)])

"""Bytes that must not be kept: a person's, when asked for (contract, "Erasing"), and unrelated mail's after the grace period."""

import contextlib
import json
import shutil
import time
from collections.abc import Iterable
from datetime import timedelta

from errors import NotFound, StoreBusy
from pipeline.jobs import Shift, settle_waiting, take_over
from pipeline.process import House
from store.decisions import Act
from store.erasure import Plan

SETTLING_SECONDS = 60.0  # how long another process may take over what it is settling
PAUSE_SECONDS = 0.2
ORPHAN_SECONDS = 600.0


def erase(house: House, shift: Shift, wanted: str, act: Act, days: int) -> Plan:
    """Removes a message, or a project with all its versions, wherever it left a trace; returns what went. Doing it again changes nothing.

    Raises NotFound when nothing fits; StoreBusy when another program uses the data all the while: what is not done yet is done by the
    next `erase` or `tidy`.
    """
    take_over(house)
    plan = house.store.erasing.plan(wanted)
    house.store.erasing.begin(plan, act)
    _carry_out(house, plan)
    _finish(house, shift, days, [plan.target])
    return plan


def tidy(house: House, shift: Shift, days: int) -> None:
    """What is left to do whenever the work is done: erasures that were cut short, bytes of unrelated mail older than `days`, bytes that
    came back of what was erased. An erasure that must wait for another program is left to the next time."""
    done = []
    for target in house.store.erasing.unfinished():
        with contextlib.suppress(StoreBusy):
            with contextlib.suppress(NotFound):
                _carry_out(house, house.store.erasing.plan(target))
            done.append(target)
    if done:
        with contextlib.suppress(StoreBusy):
            _finish(house, shift, days, done)
    else:
        _drop(house, shift, days)


def _carry_out(house: House, plan: Plan) -> None:
    """The rows of both databases, and the pictures of pages in files that stay."""
    for sha256, page in plan.pages:
        house.images.path(sha256, page).unlink(missing_ok=True)
    also = set(_listed(house, plan.manifests))
    if plan.unopened:
        also |= _orphans(house)
    house.store.erasing.erase(plan, also)


def _finish(house: House, shift: Shift, days: int, targets: list[str]) -> None:
    """The bytes, the traces in what others' findings say, the free pages of the databases."""
    _drop(house, shift, days)
    end = time.monotonic() + SETTLING_SECONDS
    settle_waiting(house, shift)
    while house.store.pending("settle"):
        if time.monotonic() > end:
            raise StoreBusy
        time.sleep(PAUSE_SECONDS)
        settle_waiting(house, shift)
    house.store.erasing.finish(targets)


def _drop(house: House, shift: Shift, days: int) -> None:
    """Takes the bytes, and the pictures made of them, off the disk."""
    needed = _listed(house, house.store.erasing.unopened_deliveries())
    with house.store.erasing.dropping(shift.clock() - timedelta(days=days), needed) as hashes:
        for sha256 in hashes:
            house.originals.path(sha256).unlink(missing_ok=True)
            shutil.rmtree(house.images.folder(sha256), ignore_errors=True)


def _listed(house: House, manifests: Iterable[str]) -> list[str]:
    """The hashes of the files of hand-delivered submissions, as far as their lists are there."""
    found: list[str] = []
    for sha256 in manifests:
        with contextlib.suppress(NotFound, ValueError, LookupError, TypeError):
            found += [str(file["sha256"]) for file in json.loads(house.originals.read(sha256))["files"]]
    return found


def _orphans(house: House) -> set[str]:
    """Bytes that no row names and no hand-delivered submission lists, older than any that are just being taken in: what is left of a message
    that was opened but never read to the end."""
    young = time.time() - ORPHAN_SECONDS
    on_disk = {file.name for file in house.originals.root.glob("??/*") if file.stat().st_mtime < young}
    return on_disk - house.store.erasing.known() - set(_listed(house, house.store.erasing.unopened_deliveries()))

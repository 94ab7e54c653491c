"""Settling and rechecking in processor time: new projects on a store that holds few and one that holds many, and the rules over all again.

`python -m benchmarks.store DATA FOLDER [PROJECTS]`: the readings of an ingested data folder DATA are put into a new store in FOLDER again and
again, each time under other units, names, numbers and words, until it holds PROJECTS (1,000). A FOLDER that holds a store already (100,000
projects of `benchmarks.desk`, say) gets them on top of its own.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.rules import text
from extractors.submission import Field, Reading
from pipeline.process import settle
from profiles.load import load_profile
from profiles.profile import Profile
from store import caches, saving
from store.connection import transaction
from store.database import Store

PROSE = re.compile("summary_|section_")
OWN = frozenset({"project_name", "commitment_project", "commitment_project_2", "name", "employer", "unit_name", "commitment_unit"})


def another(reading: Reading, number: int) -> Reading:
    """The reading as another unit might have sent it: same forms, same length, other words."""
    key, unit = f"m{number:06x}{reading.message.key[7:]}", f"第{number}产业集团工会"
    forms = tuple(replace(form, message=key, fields=tuple(_other(field, number) for field in form.fields)) for form in reading.forms)
    message = replace(reading.message, key=key, sha256=f"{number:08x}{reading.message.sha256[8:]}", message_id=f"<{key}@example>")
    return replace(reading, message=message, unit=unit, forms=forms)


def _other(field: Field, number: int) -> Field:
    if PROSE.match(field.field):
        return replace(field, value=text(random.Random(f"{number} {field.field} {field.value[:6]}"), len(field.value)))
    if field.field == "id_number":
        return replace(field, value=field.value[:6] + f"{number:08d}"[-8:] + field.value[14:])
    return replace(field, value=f"{field.value}{number}") if field.field in OWN else field


def take_in(store: Store, reading: Reading) -> None:
    """As `finish_reading` leaves it, but for the job that has read it."""
    caches.keep_reading(store.private, reading.message.key, reading)
    with transaction(store.intake) as database:
        key, sha256 = reading.message.key, reading.message.sha256
        database.execute(
            "INSERT INTO message (message, sha256, source_kind, source, name) VALUES (?,?,'mail','/b','b')",
            (key, sha256),
        )
        database.execute("INSERT INTO job (kind, message, state) VALUES ('read', ?, 'done'), ('settle', ?, 'queued')", (key, key))
        saving.save_message(database, key, reading, store.mask)
        saving.save_files(database, key, reading.files, store.mask)


def settled(store: Store, profile: Profile) -> float:
    """Works the settle jobs; processor seconds."""
    used = time.process_time()
    waiting = True
    while waiting:
        with store.together():
            for _ in range(25):
                job = store.lease("settle", "benchmark", datetime.now(UTC), 600)
                waiting = job is not None
                if job is None:
                    break
                settle(store, profile, job, store.unit_of(job.message), job.message)
    return time.process_time() - used


def rechecks(profile: Profile) -> Iterator[tuple[str, Profile]]:
    yield "nothing changed, first time", profile
    yield "nothing changed", profile
    rules = {name: rule.model_copy(update={"text": rule.text + "。"}) for name, rule in profile.rules.items()}
    yield "words of every rule changed", profile.model_copy(update={"rules": rules})
    yield "words changed back", profile
    limits = profile.limits.model_copy(update={"recommendation": profile.limits.recommendation - 1})
    yield "a limit changed", profile.model_copy(update={"limits": limits})
    dates = profile.dates.model_copy(update={"applied_by": profile.dates.applied_by - timedelta(days=1)})
    yield "a date changed", profile.model_copy(update={"limits": limits, "dates": dates})
    words = {**profile.words, "heads": (*profile.words["heads"], "总指挥")}
    yield "a list of words changed", profile.model_copy(update={"limits": limits, "dates": dates, "words": words})


def main() -> None:
    data, folder, wanted = Path(sys.argv[1]), Path(sys.argv[2]), int((sys.argv[3:] or ["1000"])[0])
    profile = load_profile("zhenjiang_2024")
    source = Store.open(data, profile)
    keys = [row["message"] for row in source.private.execute("SELECT message FROM reading ORDER BY message")]
    readings, store = caches.readings(source.private, keys), Store.open(folder, profile)
    count: Callable[[], int] = lambda: int(store.intake.execute("SELECT count(*) FROM project").fetchone()[0])  # noqa: E731
    begun = before = number = count()
    while count() - begun < wanted:
        spent = 0.0
        while count() - before < max(100, wanted // 5):
            for reading in readings:
                take_in(store, another(reading, number))
            spent += settled(store, profile)
            number += 1
        print(f"{before:8,} stored: {1000 * spent / (count() - before):7.2f} ms a new project", flush=True)
        before = count()
    store.intake.execute("DELETE FROM job WHERE state != 'done'")
    own = [row["message"] for row in store.intake.execute("SELECT message FROM message WHERE source = '/b' AND settled IS NOT NULL")]
    mine = count() - begun
    for name, edited in rechecks(profile):
        with transaction(store.intake) as database:
            database.executemany("UPDATE job SET state = 'queued' WHERE kind = 'settle' AND message = ?", [(key,) for key in own])
        spent = settled(store, edited)
        print(f"recheck of {mine:,}, {name}: {1000 * spent / mine:.3f} ms a project, {mine / spent:,.0f} a second", flush=True)


if __name__ == "__main__":
    main()

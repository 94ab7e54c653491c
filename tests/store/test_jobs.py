"""Every message ends exactly once, whoever works, whatever dies."""

import itertools
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from errors import StoreBusy
from extractors.submission import SourceFile
from intake.opening import key_of
from store import jobs, saving
from store.connection import transaction
from store.jobs import message_key
from tests.store.make import ID, NOW, finding, key, open_store, project, read, reading, settle, sha, submission, taken, through

VIEWS = ("message", "file", "part", "project", "field", "value", "finding", "history")


def views(store) -> dict[str, list[tuple[object, ...]]]:
    """Every view, rows in the order they come in, but for the sightings and times."""
    shown = {view: [tuple(row) for row in store.intake.execute(f"SELECT * FROM {view}_list")] for view in VIEWS}
    return {**shown, "private": [tuple(row) for row in store.private.execute("SELECT * FROM field_list")]}


def test_a_message_taken_in_twice_is_one_message_with_one_job(tmp_path):
    store = open_store(tmp_path)
    assert store.record(taken(), NOW) is True
    before = list(map(tuple, store.intake.execute("SELECT * FROM sighting_list")))
    assert store.record(taken(), NOW + timedelta(days=1)) is False
    assert list(map(tuple, store.intake.execute("SELECT * FROM sighting_list"))) == before
    assert store.pending("read") == 1


def test_the_same_bytes_from_elsewhere_add_a_sighting(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    assert store.record(taken(source="imap://gh@mail.example/INBOX"), NOW) is False
    assert [row["source"] for row in store.intake.execute("SELECT source FROM sighting_list")] == ["/mail", "imap://gh@mail.example/INBOX"]
    assert len(store.messages()) == 1


def test_a_job_is_leased_once_until_its_lease_runs_out(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    job = store.lease("read", "a", NOW, 60)
    assert (job.message, job.taken, job.attempts) == (key(), taken(), 1)
    assert store.lease("read", "b", NOW + timedelta(seconds=59), 60) is None
    again = store.lease("read", "b", NOW + timedelta(seconds=60), 60)
    assert (again.id, again.owner, again.attempts) == (job.id, "b", 2)


def test_a_job_that_is_asked_for_again_goes_behind_those_that_wait_and_one_that_waits_keeps_its_place(tmp_path):
    store = open_store(tmp_path)
    messages = [f"m{number:012x}" for number in range(3)]
    with transaction(store.intake) as database:
        for message in messages:
            database.execute(
                "INSERT INTO message (message, sha256, source_kind, source, name) VALUES (?,?,'mail','/b','b')", (message, message)
            )
            jobs.queue(database, "settle", message)
        jobs.end(database, jobs.lease(database, "settle", "a", NOW, 60), "done")
        jobs.queue(database, "settle", messages[1])
        jobs.queue(database, "settle", messages[0])
    worked = []
    while job := store.lease("settle", "a", NOW, 60):
        worked.append(job.message)
        with transaction(store.intake) as database:
            jobs.end(database, job, "done")
    assert worked == [messages[1], messages[2], messages[0]]


def test_a_lease_from_a_clock_that_was_set_back_is_free(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    store.lease("read", "a", NOW + timedelta(days=365), 60)
    assert store.lease("read", "b", NOW, 60) is not None


def test_a_lease_can_be_lengthened_by_its_holder_only(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    job = store.lease("read", "a", NOW, 60)
    assert store.renew(job, NOW + timedelta(seconds=50), 60)
    assert store.lease("read", "b", NOW + timedelta(seconds=100), 60) is None
    store.lease("read", "b", NOW + timedelta(seconds=111), 60)
    assert not store.renew(job, NOW + timedelta(seconds=112), 60)


def test_who_lost_the_lease_saves_nothing(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    slow = store.lease("read", "slow", NOW, 1)
    quick = store.lease("read", "quick", NOW + timedelta(seconds=2), 60)
    store.finish_reading(slow, reading())
    store.release(slow)
    store.quarantine(slow, "太慢")
    assert store.messages()[0].status == "waiting" and store.owners() == {"quick"}
    store.finish_reading(quick, reading())
    assert store.messages()[0].status == "processed"


def test_jobs_of_a_dead_owner_wait_again(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    store.lease("read", "dead", NOW, 3600)
    assert store.owners() == {"dead"} and store.release_all("dead") == 1
    assert store.lease("read", "b", NOW, 60) is not None


def test_a_quarantined_message_has_failed_with_its_reason_and_can_be_tried_again(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    store.quarantine(store.lease("read", "a", NOW, 60), "处理程序三次中断")
    assert (store.messages()[0].status, store.messages()[0].reason) == ("failed", "处理程序三次中断")
    assert store.lease("read", "a", NOW, 60) is None and store.status().quarantined[0].reason == "处理程序三次中断"
    assert store.units_settled() == ()
    assert store.retry() == 1
    assert store.messages()[0].status == "waiting" and store.lease("read", "a", NOW, 60).attempts == 1


WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.store.make import open_store
store = open_store(Path(sys.argv[1]))
while (job := store.lease("read", sys.argv[2], datetime.now(UTC), 600)) is not None:
    print(job.message, flush=True)
"""


def test_two_processes_never_lease_the_same_job(tmp_path):
    store = open_store(tmp_path)
    for number in range(40):
        store.record(taken(number), NOW)
    root = Path(__file__).parents[2]
    workers = [subprocess.Popen([sys.executable, "-c", WORKER, tmp_path, name], stdout=subprocess.PIPE, text=True, cwd=root) for name in "ab"]
    leased = [line for worker in workers for line in worker.communicate()[0].split()]
    assert sorted(leased) == sorted(key(number) for number in range(40))


def test_many_threads_may_use_one_store(tmp_path):
    store = open_store(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        new = list(threads.map(lambda number: store.record(taken(number % 20), NOW), range(60)))
    assert sum(new) == 20 and store.pending("read") == 20


def test_several_openings_at_once_make_one_schema(tmp_path):
    with ThreadPoolExecutor(6) as threads:
        stores = list(threads.map(lambda _: open_store(tmp_path), range(6)))
    assert {store.intake.execute("SELECT count(*) FROM roster").fetchone()[0] for store in stores} == {8}


def test_a_database_held_by_another_is_said_to_be_busy(tmp_path):
    store, other = open_store(tmp_path), open_store(tmp_path)
    store.intake.execute("PRAGMA busy_timeout = 50")
    other.intake.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        store.record(taken(), NOW)
    other.intake.execute("ROLLBACK")
    assert store.record(taken(), NOW)


def flow(store, number: int = 1) -> None:
    """Everything still to do for one message."""
    store.record(taken(number), NOW)
    while (job := store.lease("read", "t", NOW, 60)) is not None:
        store.finish_reading(job, reading(number))
    settle(store, {key(number): (submission(number), (finding(number), finding(number, "late", field=None, of_project=False)))})


def killed_at(point: int, folder: Path) -> bool:
    """Runs the flow in a process of its own that kills itself with SIGKILL before its `point`-th statement; whether it came to that."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    store, seen = open_store(folder), iter(range(point))

    def strike(_statement: str) -> None:
        if next(seen, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    for database in (store.intake, store.private):
        database.set_trace_callback(strike)
    flow(store)
    os._exit(0)


def test_a_run_killed_at_any_statement_ends_like_an_undisturbed_one(tmp_path):
    undisturbed = open_store(tmp_path / "whole")
    flow(undisturbed)
    wanted, point = views(undisturbed), 0
    while killed_at(point, tmp_path / str(point)):
        again = open_store(tmp_path / str(point))
        again.release_all("t")
        flow(again)
        assert views(again) == wanted, point
        assert again.pending("read") == again.pending("settle") == 0, point
        again.close()
        point += 3
    assert point > 60


def test_the_same_settling_again_changes_nothing(tmp_path):
    store = open_store(tmp_path)
    through(store, findings=(finding(),))
    before = views(store)
    store.save_settled(None, (submission(),), (finding(),))
    assert views(store) == before and store.pending("settle") == 0


def test_the_order_of_work_does_not_show(tmp_path):
    said = {
        key(n): (submission(n, f"单位{n}", (project(n, unit=f"单位{n}", person=f"人{n}", id_number=f"32118119{n}80310240"),)), ())
        for n in (1, 2, 3)
    }
    stores = []
    for order in ((1, 2, 3), (3, 1, 2)):
        store = open_store(tmp_path / str(order))
        for number in order:
            read(store, number, f"单位{number}")
            settle(store, said)
        stores.append(views(store))
    assert stores[0] == stores[1]


def test_readings_of_a_unit_come_in_the_order_they_were_received(tmp_path):
    store = open_store(tmp_path)
    for number, received in ((1, None), (2, NOW), (3, NOW - timedelta(days=1)), (4, (NOW - timedelta(hours=1)).replace(tzinfo=None))):
        store.record(taken(number), NOW)
        store.finish_reading(store.lease("read", "t", NOW, 60), reading(number, received=received))
    assert [r.message.message_id for r in store.readings("丹阳市总工会", "")] == [
        "<3@example.com>",
        "<4@example.com>",
        "<2@example.com>",
        "<1@example.com>",
    ]
    assert [r.message.message_id for r in store.readings(None, key(3))] == ["<3@example.com>"]
    assert store.readings("丹阳市总工会", "")[3] == reading(1, received=None)


def test_one_settle_job_stands_for_the_whole_unit_and_only_one_settles_at_a_time(tmp_path):
    store = open_store(tmp_path)
    for number, unit in ((1, "甲工会"), (2, "甲工会"), (3, None), (4, None)):
        read(store, number, unit, f"{number}@example.com")
    assert store.pending("settle") == 4
    first = store.lease("settle", "a", NOW, 60)
    assert store.pending("settle") == 3 and store.lease("settle", "b", NOW, 60) is None
    store.save_settled(first, (), ())
    assert [store.lease("settle", "b", NOW, 1e-9).message for _ in range(1)] == [key(3)]


def test_a_message_that_now_belongs_to_another_unit_settles_both(tmp_path):
    store = open_store(tmp_path)
    read(store, 1, "甲工会")
    read(store, 2, "甲工会")
    while (job := store.lease("settle", "t", NOW, 60)) is not None:
        store.save_settled(job, (submission(1, "甲工会"), submission(2, "甲工会")), ())
    store.intake.execute("UPDATE job SET state = 'queued' WHERE kind = 'read' AND message = ?", (key(2),))
    store.finish_reading(store.lease("read", "t", NOW, 60), reading(2, "乙工会"))
    waiting = [row["message"] for row in store.intake.execute("SELECT message FROM job WHERE kind = 'settle' AND state = 'queued' ORDER BY id")]
    assert waiting == [key(1), key(2)]
    assert store.unit_of(key(2)) == "乙工会"


def test_a_message_has_the_same_key_before_and_after_it_is_opened():
    assert message_key(sha(1)) == key_of(sha(1))


def test_the_key_of_a_message_may_turn_out_to_be_another(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    said = reading()
    renamed = replace(said, message=replace(said.message, key="other"))
    store.finish_reading(store.lease("read", "t", NOW, 60), renamed)
    assert [row.message for row in store.messages()] == ["other"] and store.lease("settle", "t", NOW, 60).message == "other"
    assert store.record(taken(), NOW) is False


FILES = {
    "processed": ["parsed 附件.docx", "ignored logo.png", "parsed 正文.txt"],
    "partial": ["parsed 附件.docx", "failed 坏.docx"],
    "failed": ["failed 超大附件.zip", "parsed 正文.html"],
}


@pytest.mark.parametrize("status", FILES)
def test_the_status_of_a_message_follows_from_its_files(tmp_path, status):
    files = tuple(SourceFile(entry.split()[1], sha(9), "x", 1, entry.split()[0], "原因") for entry in FILES[status])
    assert saving.status_of(reading(files=files))[0] == status


def test_an_archive_with_nothing_usable_inside_is_a_failed_message():
    files = (SourceFile("材料.zip", sha(1), "x", 1, "parsed"), SourceFile("材料.zip/a.docx", sha(2), "x", 1, "encrypted", "有密码"))
    assert saving.status_of(reading(files=files)) == ("failed", "来件中的文件都无法使用（1 个）：材料.zip/a.docx")


@pytest.mark.parametrize("order", list(itertools.permutations(((1, "丹阳市总工会"), (2, None), (3, "丹阳市总工会")))))
def test_a_message_that_names_no_unit_is_of_the_one_its_senders_other_mails_name_whichever_came_first(tmp_path, order):
    store = open_store(tmp_path)
    for number, unit in order:
        read(store, number, unit)
    settle(store, {key(number): (submission(number, projects=()), ()) for number in (1, 2, 3)})
    assert [store.unit_of(key(number)) for number in (1, 2, 3)] == ["丹阳市总工会"] * 3
    assert {one.unit for one in store.readings("丹阳市总工会", key(1))} == {"丹阳市总工会"}
    read(store, 4, "句容市总工会")
    assert store.unit_of(key(2)) is None, "the address sends for two units now"
    assert set(settle(store, {key(number): (submission(number, projects=()), ()) for number in (1, 2, 3, 4)})) >= {key(2), key(4)}
    assert [one.message.key for one in store.readings(None, key(2))] == [key(2)] and len(store.readings("丹阳市总工会", key(1))) == 2


def test_a_sender_whose_address_is_an_id_number_is_remembered_by_what_is_kept_of_it(tmp_path):
    store = open_store(tmp_path)
    read(store, 1, "丹阳市总工会", sender=f"{ID}@example.com")
    read(store, 2, None, sender=f"{ID}@Example.com")
    assert store.unit_of(key(2)) == "丹阳市总工会"

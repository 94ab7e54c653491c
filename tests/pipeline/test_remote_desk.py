"""What comes to the coordinator's desk, and when it is wanted: on loopback, with the coordinator in the test's own process."""

import contextlib
import hashlib
import os
import signal
import sqlite3
import threading
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from errors import WorkerLost
from intake.take import take_in
from pipeline.jobs import Shift, read_all, settle_waiting
from pipeline.remote.desk import Desk
from pipeline.remote.errand import CHUNK, OUTCOME, Outcome, packed
from pipeline.remote.version import own_version
from profiles.load import load_profile
from tests.pipeline.machines import SECONDS, Host, free_port, until
from wuxiao.opening import open_house
from wuxiao.settings import load_settings


def now():
    return datetime.now(UTC)


SHIFT = Shift(hands=1, lease_seconds=600, attempts=3, clock=now)


@contextlib.contextmanager
def meeting_at(folder):
    """A scheduler, and what starts a worker for it."""
    url, hosts = f"tcp://127.0.0.1:{free_port()}", [Host("127.0.0.1", folder / "meeting")]

    def start():
        hosts.append(Host("127.0.0.1", folder / f"worker-{len(hosts)}"))
        return hosts[-1].starts("已连接", "work", "--scheduler", url)

    try:
        hosts[0].starts("等候", "schedule", "--listen", url)
        yield url, start
    finally:
        for host in reversed(hosts):
            host.kill()


@pytest.fixture(scope="module")
def meeting(tmp_path_factory):
    """A scheduler with two workers."""
    with meeting_at(tmp_path_factory.mktemp("meeting")) as (url, start):
        start()
        start()
        yield url


@pytest.fixture
def house(meeting, tmp_path):
    with open_house(tmp_path / "data", meeting) as opened:
        yield opened


def take(house, *paths):
    for taken in take_in(paths, house.originals):
        house.store.record(taken, now())


def rows(house, query):
    with sqlite3.connect(f"file:{house.store.data / 'intake.db'}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


class Stop:
    """Stops the first worker that brings a document, before it is taken, until `go`."""

    def __init__(self, monkeypatch, then=lambda: None):
        self.came, self.go = threading.Event(), threading.Event()
        keep, first = Desk.put_document, threading.Lock()

        def put_document(desk, *args, **values):
            if first.acquire(blocking=False):
                self.came.set()
                then()
                assert self.go.wait(SECONDS)
            return keep(desk, *args, **values)

        monkeypatch.setattr(Desk, "put_document", put_document)


def test_a_worker_killed_in_the_middle_of_a_job_has_it_run_again_once(small_mailbox, monkeypatch, tmp_path):
    stop = Stop(monkeypatch)
    with meeting_at(tmp_path) as (url, start), open_house(tmp_path / "data", url) as house:
        victim = start()
        take(house, small_mailbox / "1.eml", small_mailbox / "2.eml")
        working = threading.Thread(target=read_all, args=(house, SHIFT))
        working.start()
        assert stop.came.wait(SECONDS)
        os.killpg(victim.pid, signal.SIGKILL)
        stop.go.set()
        start()
        working.join(SECONDS)
        assert rows(house, "SELECT kind, state FROM job ORDER BY kind, id") == [("read", "done")] * 2 + [("settle", "queued")] * 2
        assert sorted(rows(house, "SELECT attempts FROM job WHERE kind = 'read'")) == [(1,), (2,)]


def test_what_comes_after_its_lease_is_not_wanted(house, small_mailbox, monkeypatch):
    stop = Stop(monkeypatch)
    brought = []
    deliver = Desk.deliver
    monkeypatch.setattr(Desk, "deliver", lambda desk, **values: brought.append(values["ticket"]) or deliver(desk, **values))
    take(house, small_mailbox / "1.eml")
    clock = [now()]
    shift = replace(SHIFT, lease_seconds=60, clock=lambda: clock[0])
    working = threading.Thread(target=read_all, args=(house, shift))
    working.start()
    assert stop.came.wait(SECONDS)
    clock[0] = datetime.fromtimestamp(clock[0].timestamp() + 61, UTC)
    while rows(house, "SELECT state FROM job WHERE kind = 'read'") != [("done",)]:
        assert working.is_alive()
        stop.go.wait(0.05)
    saved = rows(house, "SELECT * FROM message")
    stop.go.set()
    working.join(SECONDS)
    assert not working.is_alive()
    assert len(brought) == 1, "the late one is turned away before it can deliver"
    assert rows(house, "SELECT attempts FROM job WHERE kind = 'read'") == [(2,)]
    assert rows(house, "SELECT * FROM message") == saved


def test_what_a_machine_that_stood_still_brings_too_late_is_refused(small_mailbox, monkeypatch, tmp_path):
    stop, clock = Stop(monkeypatch), [now()]
    with meeting_at(tmp_path) as (url, start), open_house(tmp_path / "data", url) as house:
        still = start()
        take(house, small_mailbox / "1.eml")
        working = threading.Thread(target=read_all, args=(house, replace(SHIFT, clock=lambda: clock[0])))
        working.start()
        assert stop.came.wait(SECONDS)
        os.killpg(still.pid, signal.SIGSTOP)
        stop.go.set()
        start()
        clock[0] += timedelta(seconds=SHIFT.lease_seconds + 1)
        until(lambda: rows(house, "SELECT state, attempts FROM job WHERE kind = 'read'") == [("done", 2)])
        saved = rows(house, "SELECT * FROM message")
        os.killpg(still.pid, signal.SIGCONT)
        working.join(SECONDS)
        assert not working.is_alive()
        assert rows(house, "SELECT * FROM message") == saved


def test_bytes_that_are_not_those_of_their_hash_are_refused(house, small_mailbox):
    take(house, small_mailbox / "1.eml")
    (sha256,) = rows(house, "SELECT sha256 FROM message")[0]
    path = house.originals.path(sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    read_all(house, SHIFT)
    assert rows(house, "SELECT state, attempts FROM job") == [("quarantined", 3)]
    assert "校验值不符" in rows(house, "SELECT reason FROM job")[0][0]


def test_what_was_read_before_is_not_fetched_again(house, small_mailbox, monkeypatch):
    take(house, small_mailbox / "1.eml")
    read_all(house, SHIFT)
    asked = []
    original = Desk.original
    monkeypatch.setattr(Desk, "original", lambda desk, **values: asked.append(values["sha256"]) or original(desk, **values))
    house.hands.close()
    take(house, small_mailbox / "2.eml")  # the same forms, and a broken one
    read_all(house, SHIFT)
    settle_waiting(house, SHIFT)
    fresh = hashlib.sha256((small_mailbox / "2.eml").read_bytes()).hexdigest()
    assert set(asked) == {fresh}
    assert rows(house, "SELECT DISTINCT state FROM job") == [("done",)]


# ------------------------------------------------------------------------------------------------ the desk by itself


@pytest.fixture
def desk(tmp_path, small_mailbox):
    with open_house(tmp_path / "data") as house:
        take(house, small_mailbox / "1.eml")
        job = house.store.lease("read", house.owner.name, now(), 600)
        desk = Desk(house, own_version(house.profile, load_settings(tmp_path).limits()))
        ticket, ended = desk.issue(job, lambda: True)
        yield desk, house, job, ticket, ended


def send(desk, ticket, data, sha256):
    offset, part = 0, b""
    while True:
        answer = desk.put_original(ticket, sha256, len(data), offset, part)
        if answer.get("next") in (None, len(data)):
            return answer
        offset = answer["next"]
        part = data[offset : offset + CHUNK]


def test_a_large_file_arrives_in_pieces(desk):
    desk, house, _, ticket, _ = desk
    data = os.urandom(CHUNK + 12345)
    sha256 = hashlib.sha256(data).hexdigest()
    assert send(desk, ticket, data, sha256) == {"next": len(data)}
    assert house.originals.read(sha256) == data
    assert desk.put_original(ticket, sha256, len(data), 0, b"") == {"next": len(data)}, "it is not sent again"


def test_a_file_with_another_hash_is_not_kept(desk):
    desk, house, _, ticket, _ = desk
    assert send(desk, ticket, b"something", "0" * 64) == {"wrong": True}
    assert not house.originals.path("0" * 64).exists()
    assert [path for path in (house.store.data / "spool").rglob("*") if path.is_file()] == []


def test_an_unknown_ticket_gets_nothing(desk):
    desk, _, job, _, _ = desk
    for answer in (
        desk.order("x", {}),
        desk.original("x", job.taken.sha256, 0),
        desk.known("x", job.taken.sha256),
        desk.put_original("x", "0" * 64, 1, 0, b"x"),
        desk.put_document("x", "0" * 64, b""),
        desk.put_picture("x", "0" * 64, 1, b"\xff\xd8"),
        desk.deliver("x", b""),
    ):
        assert answer == {"gone": True}


def test_of_a_message_erased_in_the_meantime_nothing_is_kept(desk):
    desk, house, job, ticket, _ = desk
    house.store.release(job)
    assert desk.put_picture(ticket, job.taken.sha256, 1, b"\xff\xd8") == {"gone": True}
    assert not house.images.path(job.taken.sha256, 1).exists()


def test_a_worker_of_another_version_is_told_so(desk):
    desk, _, _, ticket, _ = desk
    answer = desk.order(ticket, {"program": "another"})
    assert "程序版本" in answer["refused"]
    assert "活动配置" in answer["refused"]


def test_a_reading_of_another_message_is_not_taken(desk, small_mailbox, tmp_path):
    desk, _, job, ticket, ended = desk
    assert desk.deliver(ticket, zlib.compress(b"{}")) == {}
    with pytest.raises(WorkerLost):
        ended.result(0)
    ticket, ended = desk.issue(job, lambda: True)
    assert desk.deliver(ticket, packed(OUTCOME, Outcome("lost", "磁盘已满"))) == {}
    with pytest.raises(WorkerLost, match="磁盘已满"):
        ended.result(0)


def test_a_picture_that_is_none_is_not_kept(desk):
    desk, house, job, ticket, _ = desk
    desk.put_picture(ticket, job.taken.sha256, 1, b"MZ")
    desk.put_picture(ticket, job.taken.sha256, 0, b"\xff\xd8")
    assert not (house.store.data / "pages").exists()


def test_the_version_tells_profile_and_limits_apart(tmp_path):
    profile, limits = load_profile(), load_settings(tmp_path).limits()
    mine = own_version(profile, limits)
    assert own_version(load_profile(), limits) == mine
    other = own_version(profile, replace(limits, read=replace(limits.read, pages=1)))
    assert other != mine
    assert other.program == mine.program

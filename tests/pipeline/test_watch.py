"""`wuxiao watch` beside a real mailbox (Dovecot, TLS) and real folders: every message exactly once, whatever is killed."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from errors import SourceError, StoreBusy, StoreError
from intake.folder import FolderWatch
from intake.imap import Account, Inbox
from intake.originals import Originals
from pipeline.jobs import Shift
from pipeline.process import read_message
from pipeline.watch import MOST_FETCHES, Desk, FolderSource, MailSource, Watch
from store.database import Store
from tests.intake.dovecot import PASSWORD, USER, Dovecot, mail
from texts import say
from wuxiao.intaking import now
from wuxiao.opening import open_house

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
PATIENCE = 120  # seconds; the machine may be busy


@pytest.fixture
def server(monkeypatch):
    started = Dovecot()
    monkeypatch.setenv("SSL_CERT_FILE", str(started.authority))
    yield started
    started.close()


def desk(house, reserve=0):
    stop = threading.Event()
    return Desk(house, now, stop, lambda source: None, reserve)


def mailbox(server, house, **other):
    """A source that the store knows, as `Watch.run` makes it known."""
    source = MailSource(Account(USER, "127.0.0.1", server.secure), lambda: PASSWORD, 5, 1 << 20, **other)
    house.store.watch([source.name], house.owner.name, [], now())
    return source


def seen(data):
    """(message's bytes, source) of every sighting, and how many read jobs there are."""
    with sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        sightings = database.execute("SELECT sha256, sighting.source FROM sighting JOIN message USING (message)").fetchall()
        (messages,) = database.execute("SELECT count(*) FROM message").fetchone()
        (jobs,) = database.execute("SELECT count(*) FROM job WHERE kind = 'read'").fetchone()
    assert messages == jobs == len({sha256 for sha256, _ in sightings})
    return [(Originals(data / "originals").read(sha256), source) for sha256, source in sightings]


# ---------------------------------------------------------------------------------------------------- kill points

STEPS = {"bytes": (Originals, "put"), "commit": (Store, "record"), "flag": (Inbox, "taken"), "position": (Store, "keep_position")}


def take_and_die(server, data, step, moment, after=1):
    """In a process of its own: takes the mailbox in, and is killed -9 at `step` of the mail after the first `after` mails."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.WTERMSIG(status)
    try:
        owner, name = STEPS[step]
        really, calls = getattr(owner, name), []

        def dying(*arguments, **named):
            calls.append(1)
            if moment == "before" and len(calls) > after:
                os.kill(os.getpid(), signal.SIGKILL)
            value = really(*arguments, **named)
            if len(calls) > after:
                os.kill(os.getpid(), signal.SIGKILL)
            return value

        setattr(owner, name, dying)
        with open_house(data) as house:
            mailbox(server, house).take(desk(house))
    finally:
        os._exit(1)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_each_mail_is_there_once_and_flagged(step, moment, server, tmp_path):
    mails = [mail(number) for number in range(3)]
    server.deliver(*mails)
    assert take_and_die(server, tmp_path, step, moment) == signal.SIGKILL
    with open_house(tmp_path) as house:
        source = mailbox(server, house)
        source.take(desk(house))
        source.close()
        name = source.name
    assert sorted(seen(tmp_path)) == sorted((data, name) for data in mails)
    assert [r"\Seen" in flags for flags in server.flags().values()] == [True] * 3


class Hasty(MailSource):
    """A mutant: flags a mail and keeps the position before it is durable."""

    def _take_one(self, arrived, inbox, desk):
        inbox.taken(arrived)
        desk.house.store.keep_position(self.name, arrived.mark.validity, arrived.mark.uid)
        super()._take_one(arrived, inbox, desk)


def test_the_sweep_catches_a_position_kept_before_the_commit(server, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "MailSource", Hasty)
    with pytest.raises(AssertionError):
        test_killed_at_any_step_each_mail_is_there_once_and_flagged("commit", "before", server, tmp_path)


def test_another_uidvalidity_doubles_nothing_and_new_mails_still_come(server, tmp_path):
    server.deliver(mail(1), mail(2))
    with open_house(tmp_path) as house:
        source = mailbox(server, house)
        source.take(desk(house))
        server.new_validity()
        server.deliver(mail(3))
        source.close()
        source.take(desk(house))
        source.close()
    assert sorted(data for data, _ in seen(tmp_path)) == [mail(1), mail(2), mail(3)]
    assert len(server.flags()) == 3


def test_mails_may_stay_unread_or_be_moved(server, tmp_path):
    server.deliver(mail(1))
    with open_house(tmp_path) as house:
        source = mailbox(server, house, keep_unread=True)
        source.take(desk(house))
        source.close()
        assert [r"\Seen" in flags for flags in server.flags().values()] == [False]
        server.deliver(mail(2))
        source = mailbox(server, house, move_to="已收取")
        source.take(desk(house))
        source.close()
    assert len(server.flags()) == 1
    assert len(server.flags("&XfJlNlPW-")) == 1
    assert len(seen(tmp_path)) == 2


def test_a_mail_that_is_too_large_is_listed_with_its_reason_and_stays_unread(server, tmp_path):
    server.deliver(mail(1, "长" * 400_000))
    with open_house(tmp_path) as house:
        source = mailbox(server, house)
        source.take(desk(house))
        source.close()
        (row,) = house.store.messages()
        assert house.store.pending("read") == 0
    assert (row.status, "1 MB" in row.reason) == ("failed", True)
    assert [r"\Seen" in flags for flags in server.flags().values()] == [False]


def test_a_mail_the_server_will_not_give_is_listed_in_the_end_and_holds_up_no_other(server, tmp_path):
    server.deliver(mail(1), mail(2), mail(3))
    second = sorted((server.home / "mail" / "cur").glob("*") or ())[1:2] or sorted((server.home / "mail" / "new").glob("*"))[1:2]
    second[0].chmod(0)  # the server answers NO, or hangs up
    with open_house(tmp_path) as house:
        source, at = mailbox(server, house), desk(house)
        for _ in range(MOST_FETCHES):
            with pytest.raises(SourceError):
                source.take(at)
            source.close()
        source.take(at)
        source.close()
        rows = {row.subject: (row.status, row.reason) for row in house.store.messages()}
    assert [status for status, _ in rows.values()].count("waiting") == 2
    assert [reason for status, reason in rows.values() if status == "failed"] == [say("intake.imap_gone")]


def test_a_locked_database_leaves_the_mail_unread_and_it_comes_once_when_the_lock_is_gone(server, tmp_path):
    server.deliver(mail(1), mail(2))
    with open_house(tmp_path) as house:
        source, at = mailbox(server, house), desk(house)
        house.store.intake.execute("PRAGMA busy_timeout = 200")
        with closing(sqlite3.connect(tmp_path / "intake.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy):
                source.take(at)
            source.close()
            assert not any(r"\Seen" in flags for flags in server.flags().values())
        source.take(at)
        source.close()
    assert sorted(data for data, _ in seen(tmp_path)) == [mail(1), mail(2)]
    assert all(r"\Seen" in flags for flags in server.flags().values())


def test_nothing_is_taken_while_the_disk_is_nearly_full(server, tmp_path):
    server.deliver(mail(1))
    with open_house(tmp_path) as house:
        source = mailbox(server, house)
        with pytest.raises(StoreError, match="磁盘"):
            source.take(desk(house, reserve=1 << 60))
        source.close()
    assert seen(tmp_path) == []
    assert not any(r"\Seen" in flags for flags in server.flags().values())


# ---------------------------------------------------------------------------------------------------- folders


def folder_source(folder, house, still=0.2):
    source = FolderSource(FolderWatch(folder, still), 5)
    house.store.watch([source.name], house.owner.name, [], now())
    return source


def take_all(source, desk):
    while True:
        source.take(desk)
        if source.settled():
            return
        time.sleep(0.1)


def test_a_file_being_written_renamed_and_replaced_is_taken_whole(tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    with open_house(data) as house:
        source, at = folder_source(folder, house, still=PATIENCE), desk(house)
        with (folder / "1.eml").open("wb") as file:
            for part in range(5):
                file.write(mail(1)[part * 60 : part * 60 + 60] if part < 4 else mail(1)[240:])
                file.flush()
                source.take(at)
                assert seen(data) == []
        source.watch.still_seconds = 0.2
        take_all(source, at)
        assert [found for found, _ in seen(data)] == [mail(1)]
        (folder / "1.eml").rename(folder / "renamed.eml")
        take_all(source, at)
        (folder / "new.tmp").write_bytes(mail(2))
        (folder / "new.tmp").replace(folder / "renamed.eml")
        take_all(source, at)
    assert {found for found, _ in seen(data)} == {mail(1), mail(2)}


def as_nobody(work):
    """Does `work` in a process that is not root; what it returned, by JSON."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        answer = {"error": "died"}
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            answer = work()
        finally:
            os.write(write, json.dumps(answer).encode())
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return json.load(pipe)


@pytest.fixture
def open_place():
    """A folder that a user who is not root may reach."""
    import shutil
    import tempfile

    place = Path(tempfile.mkdtemp(prefix="watch-", dir="/tmp"))
    if os.geteuid() == 0:
        os.chown(place, NOBODY, NOBODY)
    yield place
    shutil.rmtree(place)


def test_what_may_not_be_read_is_told_the_rest_comes_and_it_comes_once_it_may(open_place):
    def work():
        folder, data = open_place / "in", open_place / "data"
        folder.mkdir()
        (folder / "1.eml").write_bytes(mail(1))
        (folder / "2.eml").write_bytes(mail(2))
        (folder / "2.eml").chmod(0)
        with open_house(data) as house:
            source, at = folder_source(folder, house), desk(house)
            take_all(source, at)
            before = [source.trouble, len(seen(data))]
            (folder / "2.eml").chmod(0o600)
            for ready in list(source.watch._since):
                source.watch._since[ready] = (source.watch._since[ready][0], time.monotonic() - 1)  # the five minutes are over
            source.take(at)
            after = [source.trouble, len(seen(data))]
            folder.chmod(0)
            try:
                source.take(at)
                gone = ""
            except SourceError as error:
                gone = str(error)
            folder.chmod(0o700)
        return {"before": before, "after": after, "gone": gone}

    answer = as_nobody(work)
    assert answer["before"][1] == 1
    assert "2.eml" in answer["before"][0]
    assert "权限" in answer["before"][0]
    assert answer["after"] == [None, 2]
    assert "权限" in answer["gone"]


# ---------------------------------------------------------------------------------------------------- the program


def command(data, *arguments):
    return [sys.executable, "-m", "wuxiao.cli", "watch", "--data", str(data), *map(str, arguments)]


@contextmanager
def watching(data, *arguments, **environment):
    """`wuxiao watch` as a process of its own; killed at the end if it still runs."""
    settings = {"WUXIAO_POLL_SECONDS": "5", "WUXIAO_STILL_SECONDS": "0.3", "WUXIAO_WORKERS": "1", **environment}
    with (data.parent / "said").open("ab") as said:
        process = subprocess.Popen(
            command(data, *arguments), cwd=ROOT, env={**os.environ, **settings}, stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


def processed(data):
    """How many messages are read and settled."""
    if not (data / "intake.db").exists():
        return 0
    with sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        try:
            (waiting,) = database.execute("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").fetchone()
            (done,) = database.execute("SELECT count(*) FROM job WHERE kind = 'read' AND state = 'done'").fetchone()
        except sqlite3.OperationalError:
            return 0
    return done if not waiting else 0


def wuxiao(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "wuxiao.cli", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture
def password(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    return file


def test_mails_and_files_are_worked_through_a_cut_and_a_restart_and_sigterm_ends_it_cleanly(server, tmp_path, password):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    server.deliver(mail(1))
    both = ("--imap", server.url(), "--imap", server.url("%E5%B7%B2%E6%94%B6%E5%8F%96"))
    with watching(data, *both, "--folder", folder, "--password-file", password) as process:
        until(lambda: processed(data) == 1)
        (folder / "2.eml").write_bytes(mail(2))
        until(lambda: processed(data) == 2)
        server.cut()
        server.deliver(mail(3))
        until(lambda: processed(data) == 3)
        server.stop()
        time.sleep(1)
        server.start()
        server.deliver(mail(4))
        until(lambda: processed(data) == 4)
        server.deliver(mail(5), folder="&XfJlNlPW-")
        until(lambda: processed(data) == 5)
        assert PASSWORD not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
    assert sorted(found for found, _ in seen(data)) == [mail(number) for number in range(1, 6)]
    assert len(server.flags()) == 3
    lines = (data / "log" / "wuxiao.log").read_text(encoding="utf-8")
    assert {json.loads(line)["event"] for line in lines.splitlines()} >= {"started", "reached", "unreached", "taken", "worked", "stopped"}
    said = lines + (tmp_path / "said").read_text(encoding="utf-8")
    assert not any(word in said for word in (PASSWORD, "union1", "句容", "材料"))
    status = json.loads(wuxiao("status", "--json", "--data", data).stdout)
    assert {(row["source"], row["watched"], row["trouble"]) for row in status["sources"]} == {
        (f"imap://{USER}@127.0.0.1/INBOX", True, None),
        (f"imap://{USER}@127.0.0.1/已收取", True, None),
        (str(folder), True, None),
    }
    assert status["backlog"] == {"read": 0, "settle": 0}
    assert wuxiao("status", "--health", "--data", data).returncode == 0


def test_a_message_that_takes_long_keeps_no_other_from_being_read_and_settled(tmp_path, monkeypatch):
    long, may_end = threading.Event(), threading.Event()

    def reading(house, job):
        if b"<1@" in house.originals.read(job.taken.sha256):
            long.set()
            assert may_end.wait(PATIENCE)
        read_message(house, job)

    monkeypatch.setattr("pipeline.jobs.read_message", reading)
    monkeypatch.setattr("pipeline.watch.ROUND_SECONDS", 0.0)
    folder, stop = tmp_path / "in", threading.Event()
    folder.mkdir()
    (folder / "1.eml").write_bytes(mail(1))
    with open_house(tmp_path / "data") as house:
        source, shift = FolderSource(FolderWatch(folder, 0.0), 0.1, polling=True), Shift(2, 600, 3, now)
        running = threading.Thread(target=Watch(house, shift, [source], stop, reserve=0).run, daemon=True)
        running.start()
        assert long.wait(PATIENCE)
        for number in (2, 3):
            (folder / f"{number}.eml").write_bytes(mail(number))
            until(lambda number=number: [row.status for row in house.store.messages()].count("processed") == number - 1)
        may_end.set()
        until(lambda: processed(tmp_path / "data") == 3)
        stop.set()
        running.join(PATIENCE)


def descendants(pid):
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def job_states(data):
    with sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        return [state for (state,) in database.execute("SELECT state FROM job WHERE kind = 'read' ORDER BY id")]


def test_a_job_that_does_not_end_is_given_back_when_stopped_and_done_the_next_time(tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "1.eml").write_bytes(mail(1))
    with watching(data, "--folder", folder, WUXIAO_STOP_SECONDS="1") as process:
        until(lambda: processed(data) == 1)
        frozen = descendants(process.pid)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        (folder / "2.eml").write_bytes(mail(2))
        until(lambda: job_states(data) == ["done", "running"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
    until(lambda: not any(Path(f"/proc/{pid}/cwd").exists() for pid in frozen))
    assert job_states(data) == ["done", "queued"]
    with watching(data, "--folder", folder, "--once") as process:
        assert process.wait(timeout=PATIENCE) == 0
    assert processed(data) == 2


def test_two_watchers_of_the_same_mailbox_and_folder_take_each_message_once(server, tmp_path, password):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    server.deliver(*(mail(number) for number in range(4)))
    for number in range(2, 8):
        (folder / f"{number}.eml").write_bytes(mail(number))
    arguments = ("--imap", server.url(), "--folder", folder, "--password-file", password, "--once")
    with watching(data, *arguments) as one, watching(data, *arguments) as other:
        assert [process.wait(timeout=PATIENCE) for process in (one, other)] == [0, 0]
    found = seen(data)
    assert sorted({message for message, _ in found}) == [mail(number) for number in range(8)]
    assert len(found) == 10  # two of them were seen in both places
    assert processed(data) == 8


def test_once_says_by_its_exit_code_that_a_source_was_out_of_reach(tmp_path, password):
    with watching(tmp_path / "data", "--imap", "imap://u@127.0.0.1:1/INBOX", "--password-file", password, "--once") as process:
        assert process.wait(timeout=PATIENCE) == 1
    (row,) = json.loads(wuxiao("status", "--json", "--data", tmp_path / "data").stdout)["sources"]
    assert row["contact_at"] is None
    assert row["trouble"]


SOAK = 60


def test_sixty_mails_under_kill_9_every_few_seconds_are_there_exactly_once(server, tmp_path, password):
    data, dice = tmp_path / "data", random.Random(9)
    delivering = threading.Thread(target=lambda: [(server.deliver(mail(number)), time.sleep(0.2)) for number in range(SOAK)])
    delivering.start()
    kills = 0
    while kills < 6:
        with watching(data, "--imap", server.url(), "--password-file", password) as process:
            time.sleep(dice.uniform(2, 6))
            assert process.poll() is None, (tmp_path / "said").read_text()
            kills += 1
    delivering.join()
    with watching(data, "--imap", server.url(), "--password-file", password, "--once") as process:
        assert process.wait(timeout=PATIENCE) == 0
    assert sorted(found for found, _ in seen(data)) == sorted(mail(number) for number in range(SOAK))
    assert processed(data) == SOAK
    assert [r"\Seen" in flags for flags in server.flags().values()] == [True] * SOAK
    with sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        assert database.execute("SELECT state, count(*) FROM job WHERE kind = 'read' GROUP BY state").fetchall() == [("done", SOAK)]
        assert database.execute("SELECT status, count(*) FROM message GROUP BY status").fetchall() == [("processed", SOAK)]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

"""kill -9 at any moment of an ingest, then the same command: the store is as if nothing had happened."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from errors import WorkerLost
from intake.take import take_in
from pipeline.process import read_message
from wuxiao.intaking import now, work
from wuxiao.opening import open_house
from wuxiao.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
VIEWS = ("message_list", "sighting_list", "file_list", "part_list", "project_list", "field_list", "value_list", "finding_list")
WHEN_IT_HAPPENED = {"seen_at", "at"}


def ingest(mailbox: Path, data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "wuxiao.cli", "ingest", str(mailbox), "--data", str(data)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def contents(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every view of both databases, but for the columns that tell the time of day."""
    rows = {}
    for name in ("intake.db", "private.db"):
        with sqlite3.connect(f"file:{data / name}?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            for view in VIEWS if name == "intake.db" else ("field_list",):
                cursor = database.execute(f"SELECT * FROM {view}")
                columns = [column for column, *_ in cursor.description if column not in WHEN_IT_HAPPENED]
                rows[f"{name} {view}"] = sorted(tuple(repr(row[k]) for k in columns) for row in cursor)
    return rows


@pytest.fixture(scope="module")
def undisturbed(small_mailbox, tmp_path_factory):
    data = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    assert ingest(small_mailbox, data).wait(timeout=300) == 0
    return contents(data), time.monotonic() - started


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_ingest_killed_on_its_way_ends_like_an_undisturbed_one(share, small_mailbox, undisturbed, tmp_path):
    expected, seconds = undisturbed
    victim = ingest(small_mailbox, tmp_path)
    time.sleep(share * seconds)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    assert ingest(small_mailbox, tmp_path).wait(timeout=300) == 0
    assert contents(tmp_path) == expected


def test_the_same_mailbox_again_changes_nothing(small_mailbox, undisturbed, tmp_path):
    expected, _ = undisturbed
    for _ in range(2):
        assert ingest(small_mailbox, tmp_path).wait(timeout=300) == 0
    assert contents(tmp_path) == expected


def test_two_ingests_at_once_end_like_one(small_mailbox, undisturbed, tmp_path):
    expected, _ = undisturbed
    both = [ingest(small_mailbox, tmp_path), ingest(small_mailbox, tmp_path)]
    assert [one.wait(timeout=300) for one in both] == [0, 0]
    assert ingest(small_mailbox, tmp_path).wait(timeout=300) == 0
    assert contents(tmp_path) == expected


def test_progress_counts_each_message_once_though_one_is_read_again_and_one_comes_meanwhile(small_mailbox, tmp_path, monkeypatch, capsys):
    tries = []

    def reading(house, job):
        tries.append(job.message)
        if len(tries) == 1:
            raise WorkerLost(why="")
        if len(tries) == 2:
            take(house, "2.eml")
        read_message(house, job)

    def take(house, name):
        for taken in take_in([small_mailbox / name], house.originals):
            house.store.record(taken, now())

    monkeypatch.setattr("pipeline.jobs.read_message", reading)
    monkeypatch.setenv("WUXIAO_WORKERS", "1")
    with open_house(tmp_path) as house:
        take(house, "1.eml")
        work(house, load_settings(tmp_path))
    assert len(tries) == 3
    assert [line for line in capsys.readouterr().err.splitlines() if "读取" in line] == ["读取来件 1/1", "读取来件 2/2"]

"""A hostile document ends alone: real processes, real limits, real bubblewrap where it works."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from errors import FileRefused, StoreError
from pipeline.sandbox import Sandbox, bubblewrap
from pipeline.worker import Workers, WorkLimits

ROOT = Path(__file__).resolve().parents[2]
ASK_A_REFUSAL = """
import sys
from pathlib import Path
sys.path.insert(0, "")
from errors import FileRefused, StoreError
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers, WorkLimits
sandbox = Sandbox(Path(sys.argv[1]), "me")
sandbox.originals.mkdir(parents=True)
sandbox.spool.mkdir(parents=True)
workers = Workers(sandbox, 1, WorkLimits(), tasks="tests.pipeline.hostile_tasks")
try:
    with workers.scratch() as out:
        workers.disposable("refuse", {}, out)
except FileRefused as refusal:
    print(refusal)
finally:
    workers.close()
"""
LIMITS = WorkLimits(seconds=3, memory=1 << 30, file_size=64 << 20)
LIMITED = (
    ("hang", "3 秒"),
    ("burn", "3 秒"),
    ("eat_memory", "出错|内存"),
    ("crash", "出错"),
    ("raise_secret", "出错"),
    ("write_much", "64 MiB"),
)


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    yield from _workers(tmp_path_factory.mktemp("data"))


def _workers(data, limits=LIMITS):
    (data / "originals").mkdir()
    (data / "private.db").write_text("secret")
    sandbox = Sandbox(data, "me")
    sandbox.spool.mkdir(parents=True)
    workers = Workers(sandbox, 1, limits, tasks="tests.pipeline.hostile_tasks")
    workers.data = data
    yield workers
    workers.close()


def ask(workers, task, **arguments):
    with workers.scratch() as out:
        return workers.disposable(task, arguments, out)


def test_a_good_document_gives_its_value(workers):
    assert ask(workers, "fine", word="好") == "好".encode()


def test_a_refusal_keeps_its_status_and_its_sentence(workers):
    with pytest.raises(FileRefused) as refused:
        ask(workers, "refuse")
    assert refused.value.status == "encrypted"
    assert "密码" in str(refused.value)


@pytest.mark.parametrize(("task", "says"), LIMITED)
def test_a_document_over_a_limit_is_refused_with_the_reason_and_the_next_one_is_read(workers, task, says):
    with pytest.raises(FileRefused, match=says):
        ask(workers, task)
    assert ask(workers, "fine", word="next") == b"next"


def test_without_bubblewrap_the_limits_are_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.sandbox.bubblewrap", lambda: None)
    for workers in _workers(tmp_path):
        for task, says in LIMITED:
            with pytest.raises(FileRefused, match=says):
                ask(workers, task)
        assert ask(workers, "fine", word="好") == "好".encode()


def test_a_document_that_fails_while_the_disk_is_full_is_not_to_blame(tmp_path):
    for workers in _workers(tmp_path, replace(LIMITS, disk_free=1 << 60)):
        for task in ("refuse", "crash"):
            with pytest.raises(StoreError):
                ask(workers, task)
        assert ask(workers, "fine", word="还行") == "还行".encode()


def test_the_words_of_a_document_never_reach_the_log(tmp_path, capfd):
    for workers in _workers(tmp_path):
        with pytest.raises(FileRefused):
            ask(workers, "raise_secret")
    said = capfd.readouterr().err
    assert "ValueError" in said
    assert "321102199001011234" not in said


def test_what_a_converter_leaves_running_is_ended(workers, tmp_path):
    with workers.scratch() as out:
        marker = out / "started"
        assert workers.disposable("leave_a_fork", {"marker": str(marker)}, out) == b"left"
    time.sleep(0.2)
    assert not [pid for pid in Path("/proc").iterdir() if pid.name.isdigit() and str(marker).encode() in _command(pid)]


def _command(pid):
    try:
        return (pid / "cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(bubblewrap() is None, reason="bubblewrap cannot be used here; doctor says so")
def test_inside_bubblewrap_there_is_no_network_and_no_private_database(workers):
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert ask(workers, "call_out", port=server.getsockname()[1]) == b"no way out"
    assert ask(workers, "peek", secret=str(workers.data / "private.db")) == b"hidden"


def test_what_one_document_had_to_load_is_at_hand_for_the_next_and_nothing_else_is(workers):
    assert [ask(workers, "learn", word="fractions") for _ in range(2)] == [b"new", b"known"]
    assert [ask(workers, "learn", word="colorsys") for _ in range(2)] == [b"new", b"new"], "it is not named in WARM"


def test_a_worker_that_was_killed_is_started_again(workers):
    ask(workers, "fine", word="one")
    parent = workers._parents.queue[-1]
    os.killpg(parent._process.pid, 9)
    assert ask(workers, "fine", word="two") == b"two"


def test_a_worker_outlives_the_thread_that_asked_first(tmp_path):
    for workers in _workers(tmp_path):
        parent = workers._parents.queue[-1]
        first = threading.Thread(target=ask, args=(workers, "fine"), kwargs={"word": "one"})
        first.start()
        first.join()
        started = parent._process.pid
        time.sleep(0.3)
        assert ask(workers, "fine", word="two") == b"two"
        assert parent._process.pid == started


@pytest.mark.parametrize("linked", [False, True], ids=["venv elsewhere", "venv a link"])
def test_a_checkout_in_the_folder_for_temporary_files_runs_its_own_code(linked, tmp_path):
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "fixtures", "docs"))
    (copy / "texts" / "zh.toml").write_text(
        (ROOT / "texts" / "zh.toml").read_text(encoding="utf-8").replace("文件设有打开密码", "这份拷贝自己的话"), encoding="utf-8"
    )
    (copy / ".venv").symlink_to(sys.prefix)
    python = copy / ".venv" / "bin" / "python" if linked else sys.executable
    said = subprocess.run([python, "-c", ASK_A_REFUSAL, tmp_path / "data"], cwd=copy, capture_output=True, text=True, check=False)
    assert "这份拷贝自己的话" in said.stdout, said.stderr

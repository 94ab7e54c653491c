"""Messages read on other machines: an office of several hosts ends like a single one, whoever is killed on the way."""

import io
import os
import shutil
import signal
import sqlite3
import zipfile
from email import message_from_bytes
from email.policy import default

import pytest
from distributed import Reschedule

from intake.originals import Originals
from intake.take import take_in
from pipeline.remote.errand import TAKEN
from pipeline.remote.station import Station
from pipeline.remote.version import Version
from tests.conftest import mail
from tests.pipeline.machines import ROOT, SECONDS, leased, left_behind, until
from tests.pipeline.test_exactly_once import contents, ingest

DEMO = ROOT / "fixtures" / "demo" / "01-句容.eml"
CERTIFICATE = "一线职工证明（盖章版）.pdf"


@pytest.fixture(scope="module")
def scanned_mailbox(small_mailbox, tmp_path_factory):
    """The small mailbox and a mail with one scanned page."""
    folder = tmp_path_factory.mktemp("scanned") / "mailbox"
    shutil.copytree(small_mailbox, folder)
    archive = next(message_from_bytes(DEMO.read_bytes(), policy=default).iter_attachments()).get_payload(decode=True)
    with zipfile.ZipFile(io.BytesIO(archive), metadata_encoding="gbk") as material:
        name = next(name for name in material.namelist() if name.endswith(CERTIFICATE))
        (folder / "3.eml").write_bytes(mail(3, {CERTIFICATE: material.read(name)}))
    return folder


def pictures(data):
    return {path.relative_to(data): path.read_bytes() for path in (data / "pages").rglob("*.jpg")}


def originals(data):
    return {path.name for path in (data / "originals").rglob("*") if path.is_file()}


def test_two_machines_end_like_one_and_keep_nothing(office, scanned_mailbox, tmp_path):
    hosts, url = office
    alone, together = tmp_path / "alone", hosts["office"].data
    assert ingest(scanned_mailbox, alone).wait(timeout=300) == 0
    workers = [hosts[name].starts("已连接", "work", "--scheduler", url) for name in ("one", "two")]
    assert hosts["office"].start("ingest", str(scanned_mailbox), "--scheduler", url).wait(300) == 0
    assert contents(together) == contents(alone)
    assert pictures(together) == pictures(alone) != {}
    assert originals(together) == originals(alone)
    for worker in workers:
        os.kill(worker.pid, signal.SIGTERM)
    assert [worker.wait(SECONDS) for worker in workers] == [0, 0]
    assert left_behind(hosts["one"]) == left_behind(hosts["two"]) == []


def test_a_worker_killed_on_its_way_costs_nothing(office, small_mailbox, alone):
    hosts, url = office
    victim = hosts["one"].starts("已连接", "work", "--scheduler", url)
    ingesting = hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url)
    until(lambda: bool(left_behind(hosts["one"])))
    os.killpg(victim.pid, signal.SIGKILL)
    hosts["two"].starts("已连接", "work", "--scheduler", url)
    assert ingesting.wait(300) == 0, hosts["office"].said()
    assert contents(hosts["office"].data) == alone


def test_a_worker_told_to_stop_gives_back_what_is_not_done_and_nobody_pays(office, small_mailbox, alone):
    hosts, url = office
    leaving = hosts["one"].starts("已连接", "work", "--scheduler", url, WUXIAO_STOP_SECONDS="1")
    ingesting = hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url)
    until(lambda: bool(left_behind(hosts["one"])))
    os.kill(leaving.pid, signal.SIGTERM)
    assert leaving.wait(SECONDS) == 0
    assert left_behind(hosts["one"]) == []
    hosts["two"].starts("已连接", "work", "--scheduler", url)
    assert ingesting.wait(300) == 0, hosts["office"].said()
    assert contents(hosts["office"].data) == alone
    with sqlite3.connect(hosts["office"].data / "intake.db") as database:
        assert set(database.execute("SELECT attempts FROM job WHERE kind = 'read'")) == {(1,)}


class LeavingDesk:
    """Sends a message whose bytes do not come, so that the job ends at once; remembers what it was asked."""

    def __init__(self, taken):
        self.ticket, self.asked = "t", []
        self._answers = {"order": {"taken": TAKEN.dump_json(taken)}, "original": {"data": b""}, "deliver": {}}

    def ask(self, what, **_):
        self.asked.append(what)
        return self._answers[what]


def test_a_job_that_ends_while_its_machine_leaves_goes_to_another(small_mailbox, tmp_path):
    taken = next(take_in([small_mailbox / "1.eml"], Originals(tmp_path / "office"), received_at=None))
    (tmp_path / "shelf").mkdir()
    station = Station(None, None, Version("1", "1", "1", "1"), tmp_path / "shelf", reserve=0)
    station.run(staying := LeavingDesk(taken))
    assert staying.asked[-1] == "deliver"
    assert station.leave(0)
    with pytest.raises(Reschedule):
        station.run(leaving := LeavingDesk(taken))
    assert "deliver" not in leaving.asked


def test_what_a_killed_worker_left_is_erased_at_the_next_start(office, small_mailbox):
    hosts, url = office
    victim = hosts["one"].starts("已连接", "work", "--scheduler", url)
    hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url)
    until(lambda: bool(left_behind(hosts["one"])))
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    hosts["office"].kill()
    assert left_behind(hosts["one"])
    hosts["one"].starts("已连接", "work", "--scheduler", url)
    assert left_behind(hosts["one"]) == []


def test_a_lost_scheduler_ends_the_ingest_and_the_next_one_goes_on(office, small_mailbox, alone):
    hosts, url = office
    ingesting = hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url)
    until(lambda: (hosts["office"].data / "intake.db").exists() and leased(hosts["office"]))
    os.killpg(hosts["meeting"].running[0].pid, signal.SIGKILL)
    assert ingesting.wait(SECONDS) == 1
    assert "失去联系" in hosts["office"].said()
    assert hosts["office"].start("ingest", str(small_mailbox)).wait(300) == 0
    assert contents(hosts["office"].data) == alone


def another_campaign(folder):
    text = (ROOT / "profiles" / "zhenjiang_2024.toml").read_text(encoding="utf-8")
    changed = text.replace("deadline = 2024-04-10", "deadline = 2024-04-11")
    assert changed != text
    (folder / "other.toml").write_text(changed, encoding="utf-8")
    return {"WUXIAO_PROFILE": str(folder / "other.toml")}


def test_a_machine_with_another_campaign_is_refused(office, tmp_path):
    hosts, url = office
    assert hosts["one"].start("work", "--scheduler", url, **another_campaign(tmp_path)).wait(SECONDS) == 4
    assert "活动配置不一致" in hosts["one"].said()


def test_a_machine_with_another_program_is_refused(office, tmp_path):
    hosts, url = office
    code = tmp_path / "code"
    for room in ("errors.py", "texts", "intake", "parsers", "extractors", "profiles", "checks", "store", "pipeline", "review", "wuxiao"):
        copy = shutil.copytree if (ROOT / room).is_dir() else shutil.copy
        code.mkdir(exist_ok=True)
        copy(ROOT / room, code / room)
    with (code / "extractors" / "wordcount.py").open("a") as file:
        file.write("\nNEWER = True\n")
    assert hosts["one"].start("work", "--scheduler", url, code=code).wait(SECONDS) == 4
    assert "程序版本不一致" in hosts["one"].said()


def test_an_office_with_other_limits_is_refused(office, small_mailbox):
    hosts, url = office
    assert hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url, WUXIAO_FILE_SIZE="1").wait(SECONDS) == 4
    assert "读取限额" in hosts["office"].said()


def test_a_machine_with_keys_of_its_own_making_gets_nowhere(office):
    from pipeline.remote.keys import make_keys

    hosts, url = office
    shutil.rmtree(hosts["one"].data / "cluster")
    assert make_keys(hosts["one"].data / "cluster")
    stranger = hosts["one"].starts("连不上", "work", "--scheduler", url)
    os.kill(stranger.pid, signal.SIGTERM)
    assert stranger.wait(SECONDS) == 0
    assert "已连接" not in hosts["one"].said()


def test_beyond_this_machine_nothing_goes_without_keys(tmp_path):
    from errors import UsageError
    from pipeline.remote.line import line_to

    assert line_to("tcp://127.0.0.1:8786", tmp_path).protocol == "tcp"
    for url in ("tcp://192.168.1.5:8786", "tls://127.0.0.1:8786", "tcp://example.com:8786"):
        with pytest.raises(UsageError, match="只能用 TLS"):
            line_to(url, tmp_path)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://[::1", "tcp://a:b"])
def test_what_is_no_address_is_told(url, tmp_path):
    from errors import UsageError
    from pipeline.remote.line import line_to

    with pytest.raises(UsageError, match="调度端地址"):
        line_to(url, tmp_path)


def test_keys_are_for_their_owner_alone_and_never_made_twice(tmp_path):
    from pipeline.remote.keys import make_keys

    folder = tmp_path / "cluster"
    assert make_keys(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {oct(path.stat().st_mode)[-3:] for path in folder.iterdir()} == {"600"}
    assert not make_keys(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

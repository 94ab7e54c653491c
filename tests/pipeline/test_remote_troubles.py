"""Several machines in trouble: a cable that is pulled, two offices at one scheduler, a port that is taken."""

import shutil
import sqlite3
from dataclasses import replace

import pytest

from tests.pipeline.machines import free_port, leased, left_behind, until
from tests.pipeline.test_exactly_once import contents

SHORTEST_LEASE = {"WUXIAO_LEASE_SECONDS": "60"}


def reads(host, query):
    with sqlite3.connect(f"file:{host.data / 'intake.db'}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def tried(host):
    return {attempts for (attempts,) in reads(host, "SELECT attempts FROM job WHERE kind = 'read'")}


def all_read(host):
    return not reads(host, "SELECT 1 FROM job WHERE kind = 'read' AND state != 'done'")


def works(host, url):
    return host.starts("已连接", "work", "--scheduler", url)


def test_what_a_machine_had_in_hand_is_read_elsewhere_once_when_its_cable_is_pulled(office, small_mailbox, alone):
    hosts, url = office
    if not hosts["one"].space:
        pytest.skip("no network namespaces here, so no cables")
    works(hosts["one"], url)
    ingesting = hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url, **SHORTEST_LEASE)
    until(lambda: bool(left_behind(hosts["one"])))
    hosts["one"].cable("down")
    works(hosts["two"], url)
    until(lambda: all_read(hosts["office"]))
    hosts["one"].cable("up")
    assert ingesting.wait(300) == 0, hosts["office"].said()
    assert contents(hosts["office"].data) == alone
    assert max(tried(hosts["office"])) == 2
    until(lambda: not left_behind(hosts["one"]))


def test_two_offices_at_one_scheduler_both_end_as_if_alone(office, small_mailbox, alone):
    hosts, url = office
    works(hosts["one"], url)
    both = [hosts[name].start("ingest", str(small_mailbox), "--scheduler", url) for name in ("office", "two")]
    assert [ingesting.wait(300) for ingesting in both] == [0, 0]
    assert contents(hosts["office"].data) == contents(hosts["two"].data) == alone
    assert tried(hosts["office"]) == tried(hosts["two"]) == {1}


def test_two_coordinators_on_one_data_folder_share_the_work(office, small_mailbox, alone):
    hosts, url = office
    works(hosts["one"], url)
    works(hosts["two"], url)
    both = [hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url) for _ in range(2)]
    assert [ingesting.wait(300) for ingesting in both] == [0, 0]
    assert hosts["office"].start("ingest", str(small_mailbox)).wait(300) == 0, "settles what the first left to the second"
    assert contents(hosts["office"].data) == alone
    assert tried(hosts["office"]) == {1}


def test_a_desk_port_that_is_taken_is_named_and_nothing_is_lost(office, small_mailbox, alone, tmp_path):
    hosts, url = office
    port = {"WUXIAO_DESK_PORT": str(free_port())}
    hosts["office"].start("ingest", str(small_mailbox), "--scheduler", url, **port)  # waits for a worker, its desk open
    until(lambda: leased(hosts["office"]))
    second = replace(hosts["office"], data=tmp_path / "second", running=[])
    shutil.copytree(hosts["office"].data / "cluster", second.data / "cluster")
    try:
        assert second.start("ingest", str(small_mailbox), "--scheduler", url, **port).wait(120) == 2
        assert f"端口 {port['WUXIAO_DESK_PORT']}（设置 desk_port）" in second.said()
        works(hosts["one"], url)
        assert second.start("ingest", str(small_mailbox), "--scheduler", url).wait(300) == 0
        assert contents(second.data) == alone
    finally:
        second.kill()

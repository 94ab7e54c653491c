"""What a clerk reads of messages that were set aside, and of what an erasure takes."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from errors import NotFound
from store.erasure import Plan
from tests.store.make import NOW, key, taken
from wuxiao.cli import app
from wuxiao.keeping import describe, told
from wuxiao.opening import open_house


@pytest.fixture
def data(tmp_path):
    """A data folder with one message set aside."""
    with open_house(tmp_path / "data") as house:
        house.store.record(taken(), NOW)
        job = house.store.lease("read", house.owner.name, NOW, 60)
        house.store.quarantine(job, "打开时出错")
    return tmp_path / "data"


def test_a_message_set_aside_is_shown_with_its_source_its_reason_and_what_to_do(data):
    with open_house(data) as house:
        said = describe(house, key()[:6])
        with pytest.raises(NotFound):
            describe(house, "x")
    for word in (key(), "01.eml", "/mail", "打开时出错", "试过 1 次", "originals", f"wuxiao retry {key()}"):
        assert word in said


def test_quarantine_lists_by_default_and_takes_its_data_folder_before_or_after_the_word(data):
    for arguments in (["--data", str(data)], ["list", "--data", str(data)], ["--data", str(data), "list"]):
        said = CliRunner().invoke(app, ["quarantine", *arguments])
        assert said.exit_code == 0 and key() in said.stdout and "打开时出错" in said.stdout
    assert key() in CliRunner().invoke(app, ["quarantine", "--data", str(data), "show", key()]).stdout


def test_a_message_set_aside_waits_again_after_retry(data):
    with open_house(data) as house:
        assert house.store.retry(key()) == 1
        assert (house.store.pending("read"), house.store.messages()[0].status) == (1, "waiting")


def test_status_tells_backlog_last_contact_what_was_set_aside_and_the_room_left(data):
    with open_house(data) as house:
        house.store.record(replace(taken(), sha256="2" * 64), NOW)
        house.store.watch(["imap://a@b/INBOX"], house.owner.name, [], NOW)
        house.store.note_contact("imap://a@b/INBOX", NOW, "登录被拒绝", reached=False)
    said = CliRunner().invoke(app, ["status", "--data", str(data)]).stdout
    for words in ("imap://a@b/INBOX", "登录被拒绝", "待处理 1 件", "打开时出错", "GiB"):
        assert words in said
    figures = json.loads(CliRunner().invoke(app, ["status", "--json", "--data", str(data)]).stdout)
    assert (figures["backlog"]["read"], len(figures["quarantined"]), figures["disk_free"] > 0) == (1, 1, True)
    assert [row["source"] for row in figures["sources"]] == ["imap://a@b/INBOX"]


def test_an_erasure_asks_first_and_a_no_changes_nothing(data):
    said = CliRunner().invoke(app, ["erase", key(), "--reason", "本人要求", "--data", str(data)], input="n\n")
    assert said.exit_code == 1 and "不能恢复" in said.stdout
    with open_house(data) as house:
        assert house.store.messages()[0].status == "failed" and house.store.erasing.unfinished() == ()
    said = CliRunner().invoke(app, ["erase", key(), "--reason", "本人要求", "--yes", "--data", str(data)])
    assert said.exit_code == 0 and "重新备份" in said.stdout
    with open_house(data) as house:
        assert house.store.messages()[0].status == "unrelated"


def test_originals_that_stay_are_named():
    assert "汇总表.docx" in told(Plan("p1", stays=("1.eml", "汇总表.docx"))) and "仍保留" not in told(Plan("p1"))

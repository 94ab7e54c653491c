"""The command line as a script and a clerk use it: a real process, its exit code, what it prints."""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from store.decisions import Act
from tests.store.make import NOW, open_store

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "ingest", "recheck", "status", "show", "serve", "doctor", "demo", "reply", "export",
    "retry", "quarantine", "erase", "backup", "restore",
)  # fmt: skip


def wuxiao(*arguments, typed="", **environment):
    command = [sys.executable, "-m", "wuxiao.cli", *map(str, arguments)]
    around = {**os.environ, "COLUMNS": "200", **environment}
    return subprocess.run(command, input=typed, capture_output=True, text=True, cwd=ROOT, env=around, timeout=300)


def test_help_names_every_command_in_chinese():
    said = wuxiao("--help")
    assert said.returncode == 0
    assert all(command in said.stdout for command in COMMANDS)
    assert "收件" in said.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    said = wuxiao(command, "--help")
    assert said.returncode == 0
    assert "--data" in said.stdout


def test_a_wrong_command_line_exits_with_2():
    assert wuxiao("ingest").returncode == 2
    assert wuxiao("nonsense").returncode == 2


@pytest.mark.parametrize(
    "wrong",
    [("ingest",), ("nonsense",), ("quarantine", "nonsense"), ("status", "--nonsense"), ("status", "much", "more"), ("status", "--data"),
     ("reply",), ("reply", "--out", "x", "--until", "soon"), ("serve", "--port", "abc")],
)  # fmt: skip
def test_wrong_usage_is_told_in_chinese(wrong):
    said = wuxiao(*wrong)
    assert said.returncode == 2
    assert not re.search(r"Usage|Error|Missing|Invalid|No such|Got unexpected|requires|Try|OPTIONS|ARGS", said.stderr)
    assert "有误" in said.stderr


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("user", "add"), ("quarantine", "show")])
def test_help_has_no_word_of_typers_own(command):
    said = wuxiao(*command, "--help").stdout
    assert not re.search(r"Usage|OPTIONS|COMMAND|ARGS|required|default|env var|Show this|<\w+", said)


def test_two_passwords_that_differ_make_no_account(tmp_path):
    said = wuxiao("user", "add", "张三", "--data", tmp_path, typed="abcdefgh1\nabcdefgh2\n")
    assert said.returncode == 2
    assert "两次输入的密码不一样" in said.stderr
    assert wuxiao("user", "list", "--data", tmp_path).stdout == ""


def test_a_wrong_date_exits_with_2_and_says_how_to_write_it(tmp_path):
    said = wuxiao("ingest", tmp_path, "--received", "昨天", "--data", tmp_path / "data")
    assert said.returncode == 2
    assert "2024-04-08" in said.stderr


def test_an_input_that_does_not_exist_exits_with_1_and_is_named(tmp_path):
    said = wuxiao("ingest", tmp_path / "没有这个文件.eml", "--data", tmp_path / "data")
    assert said.returncode == 1
    assert "没有这个文件.eml" in said.stdout


def test_a_wrong_setting_exits_with_2_and_is_named(tmp_path):
    said = wuxiao("status", "--data", tmp_path, WUXIAO_WORKERS="many")
    assert said.returncode == 2
    assert "workers" in said.stderr


def test_a_broken_profile_is_refused_with_its_line(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('name = "x"\ntitle = = "y"\n', encoding="utf-8")
    said = wuxiao("status", "--data", tmp_path / "data", WUXIAO_PROFILE=str(broken))
    assert said.returncode == 2
    assert "第 2 行" in said.stderr


def test_an_unknown_project_exits_with_1(tmp_path):
    said = wuxiao("show", "没有的项目", "--data", tmp_path)
    assert said.returncode == 1
    assert "没有" in said.stderr


def test_an_empty_store_counts_nothing_in_json(tmp_path):
    said = wuxiao("status", "--json", "--data", tmp_path)
    assert said.returncode == 0
    assert json.loads(said.stdout)["messages"] == {}


def test_doctor_says_what_this_machine_has(tmp_path):
    said = wuxiao("doctor", "--data", tmp_path)
    assert said.returncode == 0
    assert "LibreOffice" in said.stdout


def test_one_corrupt_attachment_stops_no_other(small_mailbox, tmp_path):
    said = wuxiao("ingest", small_mailbox, "--data", tmp_path, "--json")
    assert said.returncode == 0, said.stderr
    counts = json.loads(said.stdout)
    assert counts["messages"] == {"processed": 1, "partial": 1}
    assert counts["files"]["failed"] == 1
    assert counts["files"]["parsed"] >= 8


def test_the_data_folder_is_readable_by_its_owner_only(small_mailbox, tmp_path):
    data = tmp_path / "data"
    assert wuxiao("ingest", small_mailbox, "--data", data).returncode == 0
    open_to_others = [path for path in [data, *data.rglob("*")] if path.stat().st_mode & 0o077]
    assert open_to_others == []


def text_of(mail: Path) -> str:
    return message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()


def test_letters_and_exports_are_written_and_nothing_is_sent(small_mailbox, tmp_path):
    data = tmp_path / "data"
    assert wuxiao("ingest", small_mailbox, "--data", data).returncode == 0
    said = wuxiao("reply", "--out", tmp_path / "letters", "--data", data)
    assert said.returncode == 0, said.stderr
    assert "自行发送" in said.stdout
    assert "截止日期已过" in said.stdout
    said = wuxiao("reply", "--out", tmp_path / "letters", "--data", data, "--until", "2030-01-01")
    assert "截止日期已过" not in said.stdout
    with closing(open_store(data)) as store:
        store.desk.set_answer_by(date(2031, 1, 1), Act("王审核", NOW))
    assert wuxiao("reply", "--out", tmp_path / "later", "--data", data).returncode == 0
    assert all("2031年1月1日前" in text_of(path) for path in (tmp_path / "later").glob("*.eml"))
    assert [path.suffix for path in sorted((tmp_path / "letters").iterdir())].count(".eml") >= 8
    for name in ("汇总.xlsx", "汇总.docx"):
        assert wuxiao("export", tmp_path / name, "--data", data).returncode == 0
        assert (tmp_path / name).read_bytes()[:2] == b"PK"
    assert wuxiao("export", tmp_path / "汇总.csv", "--data", data).returncode == 2


def test_an_empty_data_folder_gives_no_letters_and_no_export(tmp_path):
    for command in (("reply", "--out", tmp_path / "letters"), ("export", tmp_path / "汇总.xlsx")):
        said = wuxiao(*command, "--data", tmp_path / "data")
        assert said.returncode == 2
        assert "还没有来件" in said.stderr

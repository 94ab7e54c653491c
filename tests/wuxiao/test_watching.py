"""What stands around a watch: passwords, the log, health, the settings that reach the workers, sources that cannot be meant."""

import json
import logging
import os
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from errors import UsageError
from intake.imap import Account
from intake.limits import UnpackLimits
from parsers.limits import ReadLimits
from store.rows import SourceRow
from wuxiao.health import Health, complaints
from wuxiao.intaking import now
from wuxiao.logs import KEPT_FILES, JsonLines, Sentences, start_log
from wuxiao.passwords import VARIABLE, passwords_for, read_password
from wuxiao.settings import Settings
from wuxiao.watching import Hourly, Wanted, make_sources

ONE, TWO = Account("a@126.com", "imap.126.com"), Account("b@126.com", "imap.126.com")
GIB = 1 << 30


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_password_file_gives_its_first_line_and_a_new_one_counts_at_once(tmp_path):
    file = secret(tmp_path / "p", "one\nother\n")
    (password,) = passwords_for([ONE], [file])
    assert password() == "one"
    secret(file, "two")
    assert password() == "two"


def test_a_password_file_that_others_can_read_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(UsageError, match="chmod 600"):
        read_password(secret(tmp_path / "p", "x", 0o644))
    with pytest.raises(UsageError):
        read_password(tmp_path / "absent")


def test_each_mailbox_may_have_a_password_file_of_its_own(tmp_path):
    files = [secret(tmp_path / "1", "one"), secret(tmp_path / "2", "two")]
    assert [password() for password in passwords_for([ONE, TWO], files)] == ["one", "two"]
    assert [password() for password in passwords_for([ONE, TWO], files[:1])] == ["one", "one"]
    with pytest.raises(UsageError):
        passwords_for([ONE], files)


def test_a_password_of_the_environment_is_not_handed_on_to_children(monkeypatch):
    monkeypatch.setenv(VARIABLE, "secret")
    (password,) = passwords_for([ONE], [])
    assert password() == "secret"
    assert VARIABLE not in os.environ
    with pytest.raises(UsageError, match="password-file"):
        passwords_for([ONE], [])


def test_sources_that_cannot_be_meant_are_refused(tmp_path):
    data = tmp_path / "in" / "data"
    data.mkdir(parents=True)
    file = secret(tmp_path / "p", "x")
    wrong = (
        Wanted(),
        Wanted(folders=[tmp_path / "in"]),
        Wanted(folders=[data / "x"]),
        Wanted(mailboxes=["imaps://u@h/%E4%BA%94"], password_files=[file], move_to="五"),
        Wanted(mailboxes=["imaps://u:pw@h/"], password_files=[file]),
    )
    for wanted in wrong:
        with pytest.raises(UsageError):
            make_sources(wanted, data, Settings())


def test_a_source_named_twice_is_watched_once(tmp_path):
    (tmp_path / "in").mkdir()
    assert len(make_sources(Wanted(folders=[tmp_path / "in", tmp_path / "in" / "."]), tmp_path / "data", Settings())) == 1


def health(**other):
    at = now()
    rows = (SourceRow("imap://a@b/INBOX", "1-a", at.isoformat(), at.isoformat(), None),)
    return replace(Health(rows, frozenset({"imap://a@b/INBOX"}), 0, 0, 0, 100 * GIB), **other), at


def test_a_house_that_is_well_complains_of_nothing():
    well, at = health()
    assert complaints(well, Settings(), at) == ()


def test_silence_jobs_set_aside_and_a_full_disk_are_complained_of():
    well, at = health()
    assert "31 分钟" in complaints(well, Settings(), at + timedelta(minutes=31))[0]
    assert complaints(replace(well, watched=frozenset()), Settings(), at + timedelta(days=9)) == ()
    never = replace(well.sources[0], contact_at=None, trouble="登录被拒绝")
    assert "登录被拒绝" in complaints(replace(well, sources=(never,)), Settings(), at + timedelta(hours=1))[0]
    assert len(complaints(replace(well, quarantined=2, free=1), Settings(), at)) == 2


def test_the_log_is_json_with_known_fields_only_and_a_sentence_for_the_clerk():
    record = logging.makeLogRecord({"msg": "taken", "levelname": "INFO", "source": "imap://a@b/INBOX", "key": "m1", "subject": "机密"})
    line = json.loads(JsonLines().format(record))
    assert {"event", "source", "key", "at", "level"} == set(line)
    assert "m1" in Sentences().format(record)
    assert "机密" not in Sentences().format(record)


def test_the_log_turns_over_and_only_so_much_of_it_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("wuxiao.logs.MOST_BYTES", 2000)
    log = start_log(tmp_path)
    try:
        for number in range(500):
            log.info("taken", extra={"source": "imap://a@b/INBOX", "key": f"m{number}"})
    finally:
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()
    names = ["wuxiao.log", *(f"wuxiao.log.{number}" for number in range(1, KEPT_FILES + 1))]
    files = [tmp_path / "log" / name for name in names]
    assert sorted((tmp_path / "log").iterdir()) == sorted(files)
    assert max(file.stat().st_size for file in files) <= 2000
    kept = [json.loads(line)["key"] for file in reversed(files) for line in file.read_text(encoding="utf-8").splitlines()]
    assert kept == [f"m{number}" for number in range(500 - len(kept), 500)]


def test_every_limit_stands_in_the_settings_with_its_own_default():
    assert Settings().unpack_limits() == UnpackLimits()
    assert Settings().read_limits() == ReadLimits()


@pytest.mark.parametrize(("make", "kind"), [("unpack_limits", UnpackLimits), ("read_limits", ReadLimits)])
def test_every_limit_can_be_set(make, kind):
    halved = {name: 1 if field.annotation is not float else 0.5 for name, field in Settings.model_fields.items() if name not in KEPT}
    mine = getattr(Settings(**{**halved, "unpack_ratio": 2, "converter_memory": 512}), make)()
    assert [field.name for field in fields(kind) if getattr(mine, field.name) == getattr(kind(), field.name)] == []


KEPT = ("profile", "scheduler", "workers", "document_memory", "document_output", "page_seconds", "page_memory", "lease_seconds", "poll_seconds")


def test_what_is_done_hourly_is_done_at_once_and_then_not_again_for_an_hour():
    done = []
    hourly = Hourly(lambda: done.append(1))
    hourly()
    hourly()
    assert done == [1]
    hourly.due -= 3600
    hourly()
    assert done == [1, 1]

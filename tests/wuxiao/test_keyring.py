"""The system's keyring as the source of a mailbox's password: the real library, with a keyring that is a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from errors import UsageError
from intake.imap import Account
from wuxiao.passwords import passwords_for

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = Account("gh@126.com", "imap.126.com")
BACKEND = """
import json, os
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class FileKeyring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        text = open(os.environ["KEYS"], encoding="utf-8").read()
        if not text:
            raise KeyringLocked("the keyring is locked")
        return json.loads(text).get(f"{service} {username}")

    def set_password(self, service, username, password):
        raise NotImplementedError
"""
ASK = "from tests.wuxiao.test_keyring import ACCOUNT; from wuxiao.passwords import passwords_for; print(passwords_for([ACCOUNT], [])[0]())"


def ask(folder: Path, keys: str) -> "subprocess.CompletedProcess[str]":
    """What a process of its own finds in the keyring `keys`."""
    (folder / "file_backend.py").write_text(BACKEND, encoding="utf-8")
    (folder / "keys").write_text(keys, encoding="utf-8")
    settings = {"PYTHON_KEYRING_BACKEND": "file_backend.FileKeyring", "KEYS": str(folder / "keys"), "WUXIAO_IMAP_PASSWORD": ""}
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env={**os.environ, **settings, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )


def test_a_password_in_the_keyring_is_found_under_the_programs_name_and_the_address(tmp_path):
    pytest.importorskip("keyring")
    assert ask(tmp_path, '{"wuxiao gh@126.com@imap.126.com": "授权码-1"}').stdout.strip() == "授权码-1"


@pytest.mark.parametrize("keys", ['{"wuxiao another@imap.126.com": "x"}', ""], ids=["of another", "locked"])
def test_a_keyring_that_does_not_give_it_is_said_with_what_to_do(tmp_path, keys):
    pytest.importorskip("keyring")
    said = ask(tmp_path, keys)
    assert said.returncode != 0
    assert "UsageError" in said.stderr
    assert "--password-file" in said.stderr


def test_without_the_library_the_other_ways_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="--password-file"):
        passwords_for([ACCOUNT], [])

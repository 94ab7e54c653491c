"""`wuxiao reply --to-drafts`: the letters lie in the mailbox's 草稿箱, and nowhere else."""

import email
import os
import subprocess
import sys
from email import policy
from pathlib import Path

import pytest

from tests.intake.dovecot import PASSWORD, Dovecot

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server():
    started = Dovecot()
    yield started
    started.close()


def wuxiao(*arguments, **environment):
    command = [sys.executable, "-m", "wuxiao.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, timeout=300, check=False)


def test_the_letters_of_a_reply_become_drafts_that_say_what_the_files_say(server, small_mailbox, tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    assert wuxiao("ingest", small_mailbox, "--data", data).returncode == 0
    box = ("--to-drafts", "--imap", server.url(), "--password-file", file)
    said = wuxiao("reply", "--out", out, "--data", data, *box, SSL_CERT_FILE=str(server.authority))
    assert said.returncode == 0, said.stderr
    assert "草稿箱" in said.stdout
    letters = sorted(out.glob("*.eml"))
    with server.client() as client:
        client.select("&g0l6P3ux-", readonly=True)
        _, found = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        drafts = [part[1] for part in found if isinstance(part, tuple)]
    assert letters
    assert _subjects(drafts) == _subjects(letter.read_bytes() for letter in letters)
    assert server.flags() == {}


def _subjects(letters):
    found = [email.message_from_bytes(letter, policy=policy.default) for letter in letters]
    return sorted((str(letter["To"]), str(letter["Subject"])) for letter in found)


def test_drafts_without_a_mailbox_are_a_wrong_command_line(tmp_path):
    said = wuxiao("reply", "--out", tmp_path / "out", "--data", tmp_path / "data", "--to-drafts")
    assert said.returncode == 2
    assert "--imap" in said.stderr


def test_a_limit_of_the_settings_reaches_the_process_that_opens_documents(tmp_path):
    (tmp_path / "材料").mkdir()
    (tmp_path / "材料" / "说明.txt").write_text("一二三四五六七八九十" * 20, encoding="utf-8")
    said = wuxiao("ingest", tmp_path / "材料", "--data", tmp_path / "data", "--json", WUXIAO_TEXT_CHARACTERS="100")
    assert '"failed": 1' in said.stdout, said.stdout + said.stderr

"""A power cut at any step loses nothing and doubles nothing; and each way of getting it wrong is caught by the same sweep."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.intake.dovecot import Dovecot, mail
from tests.pipeline.powercut import NUMBERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server():
    started = Dovecot()
    yield started
    started.close()


def sweep(what: str, folder: Path, code: Path, server: Dovecot) -> dict:
    """What is wrong when the power goes at any step of `code`, in a process of its own."""
    mailbox = f"m{os.urandom(4).hex()}"
    with server.client() as client:
        client.create(mailbox)
    server.deliver(*(mail(number) for number in NUMBERS), folder=mailbox)
    command = [sys.executable, "-m", "tests.pipeline.powercut", what, str(folder), str(server.secure), mailbox]
    environment = {**os.environ, "SSL_CERT_FILE": str(server.authority), "PYTHONPATH": str(code)}
    done = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_power_cut_at_any_step_of_taking_mails_in_loses_none_and_doubles_none(server, tmp_path):
    found = sweep("take", tmp_path, ROOT, server)
    assert found["wrong"] is None
    assert sum(step.startswith("after flag") for step in found["steps"]) == len(NUMBERS)
    assert found["states"] > 30


def test_a_power_cut_at_any_step_of_working_a_message_ends_like_an_undisturbed_run(server, tmp_path):
    found = sweep("work", tmp_path, ROOT, server)
    assert found["wrong"] is None
    assert found["states"] > 8


# ------------------------------------------------------------------------------------------------ mutants

MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8"))


def mutated(folder: Path, file: str, changes: list[list[str]]) -> Path:
    """The program with one file changed; all the rest is linked."""
    room = Path(file).parts[0]
    folder.mkdir()
    for entry in ROOT.iterdir():
        if entry.name != room and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / file).read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, f"{file} was changed: this mutant must be told anew"
        text = text.replace(before, after)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", MUTANTS)
def test_the_sweep_catches(name, server, tmp_path):
    code = mutated(tmp_path / "code", MUTANTS[name]["file"], MUTANTS[name]["changes"])
    assert sweep(MUTANTS[name]["sweep"], tmp_path, code, server)["wrong"], f"{name}, and nobody noticed"

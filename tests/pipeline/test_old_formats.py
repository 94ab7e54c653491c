"""LibreOffice inside the walls: it needs a folder for temporary files and a home, and gets them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.sandbox import Sandbox
from pipeline.worker import Workers, WorkLimits

BLANK = Path(__file__).resolve().parents[2] / "fixtures" / "blank"
FORM = next(BLANK.glob("附件4*.docx")).name


@pytest.fixture
def old_word_file(tmp_path):
    assert shutil.which("soffice"), "the test needs LibreOffice: scripts/setup dev installs it"
    form = BLANK / FORM
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "doc", "--outdir", tmp_path, form]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return tmp_path / f"{form.stem}.doc"


def test_old_files_read_together_are_not_spoiled_by_a_broken_one(old_word_file, tmp_path):
    sandbox = Sandbox(tmp_path / "data", "me")
    sandbox.originals.mkdir(parents=True)
    sandbox.spool.mkdir(parents=True)
    whole = old_word_file.read_bytes()
    bytes_of = {"one": whole, "broken": whole[: len(whole) // 2], "other": whole + b"\0", "new": (BLANK / FORM).read_bytes()}
    for name, data in bytes_of.items():
        (sandbox.originals / name).write_bytes(data)
    workers = Workers(sandbox, 1, WorkLimits())
    try:
        documents = workers.read_old_documents({name: (sandbox.originals / name, f"{name}.doc") for name in bytes_of})
        with workers.scratch() as out:
            alone = workers.read_document(sandbox.originals / "one", "one.doc", out)
    finally:
        workers.close()
    assert set(documents) == {"one", "other"}
    assert documents["one"] == documents["other"] == alone


def test_an_old_word_file_is_converted_inside_the_walls(old_word_file, tmp_path):
    sandbox = Sandbox(tmp_path / "data", "me")
    sandbox.originals.mkdir(parents=True)
    sandbox.spool.mkdir(parents=True)
    original = Path(shutil.copy(old_word_file, sandbox.originals / "original"))
    workers = Workers(sandbox, 1, WorkLimits())
    try:
        with workers.scratch() as out:
            document = workers.read_document(original, "承诺书.doc", out)
    finally:
        workers.close()
    assert "第一完成人承诺书" in document.text
    assert document.medium == "word"

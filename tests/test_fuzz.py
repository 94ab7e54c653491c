"""A minute of spoilt files on CI (seconds elsewhere): mails, archives, Word, sheets, PDFs and pictures are read or refused, nothing else."""

import os
from pathlib import Path

from benchmarks.fuzz import fuzz, seeds
from errors import FileDamaged
from tests.intake.test_hostile import SEEDS

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
SECONDS = 60 if os.environ.get("CI") else 8


def test_a_minute_of_spoilt_files_makes_no_fault(tmp_path):
    count = fuzz(seeds(REAL), SECONDS, seed=6, keep=tmp_path / "kept")
    told = "\n".join((tmp_path / "kept" / f"{name}.why").read_text(encoding="utf-8") for name in count.faults.values())
    assert not count.faults, told
    assert {what.partition(":")[0] for what in count.outcomes} > {"document", "mail"}
    assert any("refused" in what for what in count.outcomes)
    assert any("read" in what for what in count.outcomes)


def test_the_fuzzer_tells_a_fault_with_its_place_and_keeps_its_file(tmp_path, monkeypatch):
    def broken(data, name, folder, profile):
        if len(data) % 2:
            raise FileDamaged
        raise RuntimeError("a word of the document")

    monkeypatch.setattr("benchmarks.fuzz.as_document", broken)
    count = fuzz({"x.docx": SEEDS["docx"]}, 2, seed=1, keep=tmp_path)
    ((fault, name),) = count.faults.items()
    assert "RuntimeError at tests/test_fuzz.py" in fault
    assert (tmp_path / name).read_bytes()
    assert any("refused" in what for what in count.outcomes)

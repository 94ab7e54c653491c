"""Word messages of every habit (`fixtures/make_variants.py`) go through the real flow, and nothing in them is missed or invented."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.variants import score_seed
from profiles.load import load_profile
from tests.store import score

ROOT = Path(__file__).resolve().parents[1]
MAILS = ROOT / "fixtures" / "variants"
TRUTH = json.loads((MAILS / "truth.json").read_text(encoding="utf-8"))
ALL = ("messages found", "message status", "units", "projects found", "fields word", "fields word not invented")
MEASURES = (*ALL, "summary word", "summary word not invented", "parts recognised", "findings recall", "findings precision")
UNSEEN = range(901, 921)


@pytest.fixture(scope="module")
def tally(tmp_path_factory):
    data = tmp_path_factory.mktemp("variants")
    command = [sys.executable, "-m", "wuxiao.cli", "ingest", str(MAILS), "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    database = sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    database.execute("attach ? as private", (f"file:{data / 'private.db'}?mode=ro",))
    return score.score(database, TRUTH)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_variant_is_read_in_full(measure, tally):
    misses = "\n".join(" | ".join(miss) for miss in tally.misses if miss[0] == measure)
    assert tally.figures()[measure]["share"] == 1.0, misses


def test_no_project_of_the_variants_is_invented(tally):
    assert tally.total["projects not invented"] == 0


def test_seeds_that_nobody_looked_at_are_read_nearly_in_full():
    profile = load_profile()
    tallies = [score_seed(seed, profile) for seed in UNSEEN]
    for measure, least in {"fields word": 0.995, "fields word not invented": 1.0, "summary word": 0.995, "projects found": 1.0}.items():
        right, total = (sum(getattr(tally, side)[measure] for tally in tallies) for side in ("right", "total"))
        misses = "\n".join(" | ".join(miss) for tally in tallies for miss in tally.misses if miss[0] == measure)
        assert right >= least * total, misses

"""The main job, whole: the demo mailbox goes in by the command line, and what comes out is held against its truth."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store import score

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "fixtures" / "demo"
TRUTH = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))

# Measure → least share. What a machine reads of a scan may err; what it was sent, and to whom it belongs, may not.
FLOORS = {
    "messages found": 1.0,
    "message status": 1.0,
    "units": 1.0,
    "file status": 1.0,
    "projects found": 1.0,
    "parts recognised": 1.0,
    "fields word": 0.97,
    "fields word not invented": 0.99,
    "fields scan": 0.90,
    "fields scan not invented": 0.98,
    "summary word": 0.97,
    "summary scan": 0.90,
    "findings recall": 1.0,
    "signed": 0.85,
    "sealed": 0.85,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    data = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "wuxiao.cli", "demo", "--no-serve", "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture(scope="module")
def tally(demo):
    database = sqlite3.connect(f"file:{demo / 'intake.db'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    database.execute("attach ? as private", (f"file:{demo / 'private.db'}?mode=ro",))
    return score.score(database, TRUTH)


@pytest.mark.parametrize("measure", FLOORS)
def test_the_demo_mailbox_is_read_as_well_as_it_must_be(measure, tally):
    figure = tally.figures()[measure]
    misses = "\n".join(" | ".join(miss) for miss in tally.misses if miss[0] == measure)
    assert figure["share"] >= FLOORS[measure], f"{figure}\n{misses}"


def test_no_project_of_the_demo_mailbox_is_invented(tally):
    assert tally.total["projects not invented"] == 0
    assert tally.total["projects found"] == sum(len(m["projects"]) for m in TRUTH["messages"])


def test_the_damaged_attachment_has_its_reason_and_the_others_are_read(demo):
    with sqlite3.connect(f"file:{demo / 'intake.db'}?mode=ro", uri=True) as database:
        failed = database.execute("SELECT path, reason FROM file_list WHERE status = 'failed'").fetchall()
        (status,) = database.execute("SELECT status FROM message_list WHERE subject LIKE '转发%'").fetchone()
    assert [Path(path).name for path, _ in failed] == ["现场照片打包.pdf"]
    assert "文件" in failed[0][1]
    assert status == "partial"


def test_the_advertisement_is_no_submission(demo):
    with sqlite3.connect(f"file:{demo / 'intake.db'}?mode=ro", uri=True) as database:
        found = database.execute("SELECT status FROM message_list WHERE subject LIKE '%特惠%'").fetchall()
    assert found == [("unrelated",)]

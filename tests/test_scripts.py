"""The scripts that a newcomer runs: they parse, they explain themselves, and the environment starts from what the lock names."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ["scripts/setup", "scripts/demo", "scripts/test", "scripts/lock", ".ci/run"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_parses_and_may_be_run(script):
    assert subprocess.run(["bash", "-n", script], cwd=ROOT, check=False).returncode == 0
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text(encoding="utf-8").splitlines()[1].startswith("# ")


def test_setup_refuses_what_it_does_not_know():
    done = subprocess.run(["scripts/setup", "everything"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stderr


def test_the_environment_starts_from_the_pip_that_the_lock_names():
    (wheel,) = (ROOT / "scripts" / "vendor").glob("pip-*.whl")
    lock = (ROOT / "requirements" / "main.txt").read_text(encoding="utf-8")
    assert f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in lock
    assert f"`{wheel.name}`" in (ROOT / "scripts" / "vendor" / "README.md").read_text(encoding="utf-8")


def test_every_locked_library_has_a_hash_and_a_version():
    for name in ("main", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
        packages = [line for line in lines if line and not line.startswith("#")]
        assert packages
        assert [line.split()[0] for line in packages if "==" not in line or "--hash=sha256:" not in line] == []


def test_what_runs_the_program_is_part_of_what_runs_its_tests():
    pins = [
        {line.split(" ")[0] for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines() if "==" in line}
        for name in ("main", "dev")
    ]
    assert pins[0] <= pins[1]

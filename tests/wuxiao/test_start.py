"""What a command loads before it does anything: start-up is imports, and they creep back unseen."""

import subprocess
import sys
from pathlib import Path

from wuxiao.intaking import run_ingest
from wuxiao.opening import open_house
from wuxiao.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEAR = {"cv2", "numpy", "openvino", "onnxruntime", "rapidocr", "spacy", "datasette", "pydantic", "sqlite_utils", "lxml", "docx", "openpyxl"}


def loaded_by(program):
    """Names of the modules that are loaded when `program` (Python) has run."""
    said = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    return set(said.stderr.split())


def test_help_loads_only_what_it_shows():
    asked = "sys.argv = ['wuxiao', '--help']\nfrom wuxiao.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    loaded = loaded_by(asked)
    assert "typer" in loaded
    assert not loaded & (DEAR | {"typer.rich_utils", "markdown_it", "pygments"})


def test_a_command_that_works_loads_no_help():
    loaded = loaded_by("import wuxiao.cli")
    assert "typer" in loaded
    assert not loaded & (DEAR | {"rich.console", "rich.panel"})


def test_the_parent_of_an_ingest_leaves_reading_to_its_workers():
    loaded = loaded_by("import wuxiao.intaking, wuxiao.opening, pipeline.jobs")
    assert "pipeline.process" in loaded
    assert not loaded & {
        "cv2",
        "openvino",
        "onnxruntime",
        "rapidocr",
        "spacy",
        "datasette",
        "sklearn",
        "docx",
        "openpyxl",
        "pdfplumber",
        "py7zr",
        "cn2an",
        "phonenumbers",
        "asyncio",
        "rich.progress",
    }


def test_a_worker_that_opens_a_mail_and_its_text_loads_no_reader_of_anything_else():
    asked = "import pipeline.zygote, pipeline.tasks, intake.opening, parsers.reading, parsers.word.text"
    loaded = loaded_by(asked)
    assert "parsers.reading" in loaded
    assert not loaded & {"cv2", "numpy", "PIL", "docx", "openpyxl", "pdfplumber", "pypdfium2", "py7zr", "rarfile", "extractors", "checks"}


def test_where_there_is_no_scan_no_process_for_reading_scans_is_started(tmp_path):
    mail = tmp_path / "1.eml"
    mail.write_bytes(b"From: a@b.cn\r\nDate: Wed, 10 Apr 2024 09:00:00 +0800\r\n\r\ntext\r\n")
    with open_house(tmp_path / "data") as house:
        run_ingest(house, [mail], None, Settings(workers=2))
        assert [row.status for row in house.store.files()] == ["parsed"]
        started = [channel for channel in house.workers._all if channel._process is not None]
        assert len(started) == 1
        assert started[0] in house.workers._parents.queue

"""What a command loads before it does anything: start-up is imports, and they creep back unseen."""

import subprocess
import sys
from pathlib import Path

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
    }

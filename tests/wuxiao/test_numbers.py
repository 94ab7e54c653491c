"""A full ID number stands in the originals and in private.db: in no other file that any command writes, whatever is decoded, and in no name."""

import io
import subprocess
import sys
from pathlib import Path

from docx import Document

from tests.conftest import BLANK, mail
from tests.store.make import ID
from tests.store.traces import traces

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("originals", "private.db")


def filled(name: str) -> bytes:
    """The blank form with the number in the cell for it."""
    form, out = Document(str(next(BLANK.glob(f"{name}*.docx")))), io.BytesIO()
    rows = [row.cells for table in form.tables for row in table.rows]
    label = next(cell for cells in rows for cell in cells if "身份证" in cell.text)
    next(cell for cells in rows for cell in cells[1:] if label in cells and cell.text == "").text = ID
    form.save(out)
    return out.getvalue()


def wuxiao(*arguments: object) -> str:
    done = subprocess.run([sys.executable, "-m", "wuxiao.cli", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_a_full_id_number_leaves_its_two_places_by_no_command(tmp_path):
    data, post, out = tmp_path / "data", tmp_path / "post", tmp_path / "out"
    post.mkdir()
    broken = {f"{ID}.docx": b"no document " + ID.encode(), f"证件{ID}.pdf": ID.encode()}
    message = mail(1, {"附件3.docx": filled("附件3"), **broken}).replace(b"Message-ID: <1", b"Message-ID: <" + ID.encode())
    (post / f"{ID}.eml").write_bytes(message)
    said = wuxiao("watch", "--once", "--folder", post, "--data", data)
    for words in ("status --json", "quarantine", "recheck", "doctor"):
        said += wuxiao(*words.split(), "--data", data)
    said += wuxiao("reply", "--out", out, "--data", data)
    for name in ("汇总.xlsx", "汇总.docx"):
        said += wuxiao("export", out / name, "--data", data)
    held = traces(data, (ID,))
    assert all(any(place in where for where in held) for place in PLACES)
    assert {where for where in held if not where.startswith(PLACES)} == set()
    assert traces(out, (ID,)) == set()
    assert ID not in said

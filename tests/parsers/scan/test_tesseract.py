"""Tesseract within the process."""

import shutil

import cv2
import numpy as np
import pytest

from parsers.scan import tesseract
from parsers.scan.pictures import Picture

CODES = ("13912345670", "321102198703244555", "gonghui24@163.com")


def written(*lines: str) -> Picture:
    sheet = np.full((88 * len(lines), 700), 255, np.uint8)
    for row, line in enumerate(lines):
        cv2.putText(sheet, line, (24, 88 * row + 55), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    return sheet


pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="no Tesseract here")


@pytest.mark.parametrize("language", ["eng", "chi_sim+eng"])
def test_the_library_reads_what_the_program_reads(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_library = tesseract.words_in(written(*CODES), language)
    monkeypatch.setattr(tesseract, "_handle", lambda _: None)
    assert by_library == tesseract.words_in(written(*CODES), language) != []


def test_what_was_read_before_changes_no_reading() -> None:
    alone = tesseract.words_in(written(CODES[0]), "eng")
    tesseract.words_in(written(*reversed(CODES)), "eng")
    assert tesseract.words_in(written(CODES[0]), "eng") == alone


def test_a_language_that_is_not_there_reads_nothing() -> None:
    assert tesseract.words_in(written(*CODES), "nowhere") == []


def test_a_library_that_lacks_a_function_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_SIGNATURES", {"TessBaseAPIOfTomorrow": ([], None)})
    assert tesseract._library.__wrapped__() is None

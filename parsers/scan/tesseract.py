"""Tesseract kept within the process: its program loads its models anew at every call, which costs more than reading the lines does.

Its library is asked through the C interface; where only the program is there, that is started (pytesseract).
"""

from __future__ import annotations

import atexit
import csv
import ctypes
from ctypes.util import find_library
from functools import cache
from typing import Any

import numpy as np
import pytesseract

from parsers.scan.pictures import Picture

ONE_BLOCK = 6
"""Page segmentation mode: a single block of text."""

DOTS = 70
"""Dots an inch that a picture without any counts as."""

SECONDS = 20
"""A program that takes longer is given up."""

Word = tuple[str, float]
"""What was read, and the height (pixels) of its middle."""

_SIGNATURES: dict[str, tuple[list[Any], Any]] = {
    "TessBaseAPICreate": ([], ctypes.c_void_p),
    "TessBaseAPIInit3": ([ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p], ctypes.c_int),
    "TessBaseAPISetPageSegMode": ([ctypes.c_void_p, ctypes.c_int], None),
    "TessBaseAPISetImage": ([ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int] * 4], None),
    "TessBaseAPISetSourceResolution": ([ctypes.c_void_p, ctypes.c_int], None),
    "TessBaseAPIGetTsvText": ([ctypes.c_void_p, ctypes.c_int], ctypes.c_void_p),
    "TessBaseAPIDelete": ([ctypes.c_void_p], None),
    "TessBaseAPIClear": ([ctypes.c_void_p], None),
    "TessBaseAPIClearAdaptiveClassifier": ([ctypes.c_void_p], None),
    "TessDeleteText": ([ctypes.c_void_p], None),
}


def words_in(sheet: Picture, language: str) -> list[Word]:
    """The words of a grey picture that is one block of text, in reading order; none where Tesseract or the language is missing."""
    handle = _handle(language)
    if handle is not None:
        return _words(_asked(handle, sheet))
    try:
        table = pytesseract.image_to_data(sheet, lang=language, config=f"--psm {ONE_BLOCK}", timeout=SECONDS)
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError, OSError):
        return []
    return _words(table.partition("\n")[2])


@cache
def _library() -> ctypes.CDLL | None:
    """The library; None where there is none, or one that lacks a function."""
    name = find_library("tesseract")
    if name is None:
        return None
    try:
        library = ctypes.CDLL(name)
        for function, (arguments, result) in _SIGNATURES.items():
            getattr(library, function).argtypes, getattr(library, function).restype = arguments, result
    except (OSError, AttributeError):
        return None
    return library


@cache
def _handle(language: str) -> int | None:
    """The library with its models for the language loaded; None where either is missing."""
    library = _library()
    if library is None:
        return None
    handle = int(library.TessBaseAPICreate())
    if library.TessBaseAPIInit3(handle, None, language.encode()):
        return None
    atexit.register(library.TessBaseAPIDelete, handle)
    library.TessBaseAPISetPageSegMode(handle, ONE_BLOCK)
    return handle


def _asked(handle: int, sheet: Picture) -> str:
    """The library's table of what it reads; nothing of it is left behind for the next picture."""
    library: Any = _library()
    pixels = np.ascontiguousarray(sheet)
    library.TessBaseAPISetImage(handle, pixels.ctypes.data, pixels.shape[1], pixels.shape[0], 1, pixels.shape[1])
    library.TessBaseAPISetSourceResolution(handle, DOTS)
    text = library.TessBaseAPIGetTsvText(handle, 0)
    try:
        return ctypes.string_at(text).decode() if text else ""
    finally:
        library.TessDeleteText(text)
        library.TessBaseAPIClear(handle)
        library.TessBaseAPIClearAdaptiveClassifier(handle)


def _words(table: str) -> list[Word]:
    """The words of Tesseract's table (TSV without its head): columns 7 to 12 are left, top, width, height, confidence, text."""
    rows = (row for row in csv.reader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) == 12)
    return [(row[11].strip(), int(row[7]) + int(row[9]) / 2) for row in rows if row[11].strip()]

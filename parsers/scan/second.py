"""A second reader for lines where one wrong sign spoils the value: addresses, codes, numbers, and what the first doubted.

OCR confidence does not find such errors (design.md: 0 of 17 below 0.9); another program's reading does. Tesseract gets
all such crops of a page at once, stacked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from parsers.scan.lines import Piece, sliced
from parsers.scan.pictures import Picture, Quad, crop
from parsers.scan.tesseract import words_in

CODE = re.compile(r"[A-Za-z0-9@._\-]{6,}|[A-Za-z0-9._\-]*@[A-Za-z0-9._\-]*")
"""What is worth a second look: an address or a part of one, or six signs and more that spell nothing."""

HAN = re.compile(r"[\u4e00-\u9fff]")
PROSE = 12
"""A line with more Han characters is prose; codes in it are not looked at again."""

DOUBTED = 0.85
"""Lines that the first reader was less sure of, whatever they say."""

MOST = 24
"""Lines a page that are read twice at most."""

TALL, MARGIN = 40, 24
"""Height of a stacked line and the white around it, in pixels."""


def with_seconds(pieces: Sequence[Piece], grey: Picture) -> list[Piece]:
    """The pieces, those in doubt with what Tesseract made of them; unchanged where Tesseract is missing."""
    spans = {i: span for i, piece in enumerate(pieces) if (span := code_span(piece)) is not None}
    codes = list(spans)[:MOST]
    doubted = [i for i, piece in enumerate(pieces) if i not in spans and piece.reading.confidence < DOUBTED][:MOST]
    out = list(pieces)
    for i, text in zip(codes, stacked_reading([crop(grey, _part(pieces[i], spans[i])) for i in codes], "eng"), strict=True):
        first, (start, end) = pieces[i].reading.text, spans[i]
        if text:
            out[i] = replace(out[i], seconds=(first[:start] + text + first[end:],))
    for i, text in zip(doubted, stacked_reading([crop(grey, pieces[i].quad) for i in doubted], "chi_sim+eng"), strict=True):
        if text:
            out[i] = replace(out[i], seconds=(text,))
    return out


def code_span(piece: Piece) -> tuple[int, int] | None:
    """Where in the piece's text an address or code stands (first and one past the last character), or None."""
    text = piece.reading.text
    if len(HAN.findall(text)) > PROSE:
        return None
    longest = max(CODE.finditer(text), key=lambda match: len(match.group()), default=None)
    return None if longest is None else longest.span()


def _part(piece: Piece, span: tuple[int, int]) -> Quad:
    """The part of the piece's quad in which those characters stand."""
    places, (start, end) = piece.reading.places, span
    left = 0.0 if start == 0 else (places[start - 1] + places[start]) / 2
    right = 1.0 if end == len(places) else (places[end - 1] + places[end]) / 2
    return sliced(piece.quad, left, right)


def stacked_reading(crops: Sequence[Picture], language: str) -> list[str]:
    """What Tesseract reads in each crop, "" where it reads nothing (or is not installed)."""
    texts = [""] * len(crops)
    if not crops:
        return texts
    lines = [_of_height(picture) for picture in crops]
    step = TALL + 2 * MARGIN
    sheet = np.full((step * len(lines), max(line.shape[1] for line in lines) + 2 * MARGIN), 255, np.uint8)
    for i, line in enumerate(lines):
        sheet[i * step + MARGIN : i * step + MARGIN + TALL, MARGIN : MARGIN + line.shape[1]] = line
    for word, middle in words_in(sheet, language):
        texts[min(len(texts) - 1, max(0, int(middle // step)))] += word
    return texts


def _of_height(picture: Picture) -> Picture:
    width = max(1, round(picture.shape[1] * TALL / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (width, TALL), interpolation=cv2.INTER_AREA), np.uint8)

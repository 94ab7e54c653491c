"""What an engine reads although nobody wrote it: dirt, punch holes, and what is left of stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parsers.scan.colour import Mask
from parsers.scan.lines import Piece
from parsers.scan.marks import EMPTY, TICKED
from parsers.scan.pictures import Area, Picture

DOUBTFUL = 0.9
"""A sign or two below a grey stamp that are read less surely are a piece of it."""

SPECKS = set("●•○·.,，。、-_—一|丨'`~:：;；1lI")
"""What punch holes, dust and edges are read as."""

PAPER = 255
GHOSTLY = 0.5
"""What stands within a stamp, paler than print by more than this share of the way to paper, is the stamp's trace."""


def without_scraps(
    pieces: Sequence[Piece], sheet: tuple[Picture, Mask], tables: Sequence[Area], stamps: Sequence[Area], colourless: Sequence[Area]
) -> list[Piece]:
    """The pieces that are print or writing.

    `sheet` is the grey page without stamps and where it is dark, `stamps` where they lay, `colourless` those without colour.
    """
    tones = [_tone(piece, *sheet) for piece in pieces] if stamps else [0.0] * len(pieces)
    usual = float(np.median(tones)) if tones else 0.0
    palest = usual + GHOSTLY * (PAPER - usual)
    kept = []
    for piece, tone in zip(pieces, tones, strict=True):
        ghost = tone > palest and _within(piece, stamps)
        if not ghost and not _speck(piece, tables) and not (_within(piece, colourless) and _blot(piece)):
            kept.append(piece)
    return kept


def _within(piece: Piece, areas: Sequence[Area]) -> bool:
    return any(area.holds(*piece.area.centre) for area in areas)


def _tone(piece: Piece, grey: Picture, dark: Mask) -> float:
    """How dark the ink of a piece is (0 black – 255): its darker quarter."""
    area = piece.area.within(dark.shape)
    window = np.s_[area.y0 : area.y1, area.x0 : area.x1]
    ink = grey[window][dark[window] > 0]
    return float(np.percentile(ink, 25)) if ink.size else 0.0


def _speck(piece: Piece, tables: Sequence[Area]) -> bool:
    """Whether it is a single sign outside of every table such as dirt is read as."""
    return len(piece.reading.text.strip()) <= 1 and set(piece.reading.text) <= SPECKS and not _within(piece, tables)


def _blot(piece: Piece) -> bool:
    """Whether it is a sign or two that the engine is unsure of, or a box."""
    text = piece.reading.text.strip()
    return len(text) <= 2 and (piece.reading.confidence < DOUBTFUL or set(text) <= {TICKED, EMPTY})

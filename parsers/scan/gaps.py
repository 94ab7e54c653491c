"""Blanks between words: the recogniser drops them between Han characters, and with them what parts two names or two choices."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parsers.scan.alternatives import moved
from parsers.scan.engine import Reading
from parsers.scan.pictures import Picture

WIDE = 0.4
"""Heights of a line that a blank is wider than the usual gap of its line."""

TICKS = "√☑☐□■●○✓✔☒"
"""Signs beside which a blank tells whose they are, as beside a letter, figure or Han character."""


def with_blanks(reading: Reading, crop: Picture) -> Reading:
    """`reading` with a blank wherever bare paper between two words is clearly wider than the line's usual gap.

    `crop` is the grey picture that was read. Punctuation brings its own paper with it, so no blank is put beside it.
    """
    if len(reading.text) < 2:
        return reading
    sample = crop[::2, ::2].ravel()
    paper = int(np.partition(sample, 9 * len(sample) // 10)[9 * len(sample) // 10])
    ink = crop < (int(sample.min()) + paper) / 2
    height, empty = int(ink.any(axis=1).sum()), np.asarray(~ink.any(axis=0))
    bare = _widest_runs(empty, np.round(np.array(reading.places) * crop.shape[1])) / max(height, 1)
    usual = float(np.median(bare))
    wide = [i for i, pair in enumerate(pairwise(reading.text)) if bare[i] > usual + WIDE and _are_words(*pair)]
    return _parted(reading, wide) if wide else reading


def _are_words(left: str, right: str) -> bool:
    """Whether a blank may part the two signs; between Latin letters and figures the recogniser sees it itself."""
    return all(sign.isalnum() or sign in TICKS for sign in (left, right)) and not (left + right).isascii()


def _widest_runs(empty: NDArray[np.bool_], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels of the widest stretch without ink between each two neighbours of `columns`."""
    edges = np.flatnonzero(np.diff(empty.astype(np.int8), prepend=0, append=0))[:, None]
    runs = np.minimum(edges[1::2], columns[1:]) - np.maximum(edges[::2], columns[:-1])
    return np.asarray(runs.max(axis=0, initial=0), np.float64)


def _parted(reading: Reading, wide: list[int]) -> Reading:
    """The reading with a blank behind every character whose position is in `wide` (ascending); a blank stands and is as sure as midway."""
    origin: list[int | None] = []
    for i in range(len(reading.text)):
        origin += [i, None] if i in wide else [i]
    places, sure = (
        tuple(np.insert(values, [i + 1 for i in wide], [(values[i] + values[i + 1]) / 2 for i in wide]).tolist())
        for values in (reading.places, reading.sure)
    )
    text = "".join(" " if was is None else reading.text[was] for was in origin)
    return replace(reading, text=text, places=places, sure=sure, alternatives=moved(reading.alternatives, origin))

"""What else the reader saw at each sign: the other paths through its table of chances, kept only where there are any.

The network is one of connectionist temporal classification: a row of chances for every eight pixels, class 0 "no
sign". A sign is a run of rows with one best class. What a second reading of the same ink needs is small: at a run
other classes, or none; between two runs a class that was nearly there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parsers.document import Alternatives

LEAST = 1e-3
"""Chances below this are no reading."""

MOST = 4
"""Other readings kept at one sign."""


def alternatives_at(chances: NDArray[np.float32], characters: Sequence[str]) -> Alternatives:
    """Position of a sign in the best reading → what may stand there instead, likeliest first; chances are rows × classes."""
    chances, characters = _likely(chances, characters)
    runs = list(_runs(chances.argmax(axis=1)))
    found = []
    for place, (start, end) in enumerate(runs):
        before = runs[place - 1][1] if place else 0
        after = runs[place + 1][0] if place + 1 < len(runs) else len(chances)
        seen = _instead(chances, characters, start, end)
        own = characters[int(chances[start].argmax())]
        seen |= {own + more: chance for more, chance in _between(chances, characters, end, after).items()}
        if place == 0:
            seen |= {more + own: chance for more, chance in _between(chances, characters, before, start).items()}
        if seen:
            best = sorted(seen.items(), key=lambda pair: -pair[1])[:MOST]
            found.append((place, tuple((text, round(chance, 4)) for text, chance in best)))
    return tuple(found)


def _likely(chances: NDArray[np.float32], characters: Sequence[str]) -> tuple[NDArray[np.float32], list[str]]:
    """The table without the classes that no row holds possible: of 18,000 some dozens are left. Class 0 stays."""
    first = chances.argmax(axis=1)
    open_rows = chances[chances[np.arange(len(chances)), first] <= 1 - LEAST]  # what a row is surer of leaves no room for another
    possible = np.zeros(chances.shape[1], np.bool_) if not len(open_rows) else open_rows.max(axis=0) >= LEAST
    possible[0] = possible[first] = True
    kept = np.flatnonzero(possible)
    return chances[:, kept], [characters[i] for i in kept.tolist()]


def moved(alternatives: Alternatives, origin: Sequence[int | None]) -> Alternatives:
    """The alternatives at their new places: `origin` names for every new sign the old one, None for a sign of another source."""
    old = dict(alternatives)
    return tuple((place, old[was]) for place, was in enumerate(origin) if was is not None and was in old)


def _runs(best: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """First and one past the last row of every sign."""
    edges = np.flatnonzero(np.diff(best, prepend=-1, append=-1))
    for start, end in pairwise(edges):
        if best[start] != 0:
            yield int(start), int(end)


def _instead(chances: NDArray[np.float32], characters: Sequence[str], start: int, end: int) -> dict[str, float]:
    """Other signs that some row of the run holds, and none at all where every row may be empty."""
    rows = chances[start:end]
    own, peaks = int(rows[0].argmax()), rows.max(axis=0)
    others = {characters[i]: float(peaks[i]) for i in map(int, np.flatnonzero(peaks >= LEAST)) if i not in (0, own)}
    nothing = float(rows[:, 0].min())
    return others | ({"": nothing} if nothing >= LEAST else {})


def _between(chances: NDArray[np.float32], characters: Sequence[str], start: int, end: int) -> dict[str, float]:
    """Signs that were nearly read in the empty rows between two others."""
    if start >= end:
        return {}
    peaks = chances[start:end].max(axis=0)
    beside = {int(chances[row].argmax()) for row in (start - 1, end) if 0 <= row < len(chances)}
    return {characters[i]: float(peaks[i]) for i in map(int, np.flatnonzero(peaks >= LEAST)) if i != 0 and i not in beside}

"""Nearly the same texts: TF-IDF of character 2–4-grams, cosine."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST = 40
"""Characters below which a text says too little to be compared: titles alone are useless."""
BATCH = 500
"""Texts compared at a time, so that the matrix of cosines stays small."""


def similar_pairs(texts: Sequence[str], least: float) -> tuple[tuple[int, int, float], ...]:
    """All pairs of `texts` (positions i < j) whose cosine is at least `least` (0–1), with the cosine, in order.

    Texts shorter than `SHORTEST` characters have no pair.
    """
    long = [i for i, text in enumerate(texts) if len(text) >= SHORTEST]
    if len(long) < 2:
        return ()
    # Imported here: scikit-learn takes seconds to load, and most runs of the program compare nothing.
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32).fit_transform([texts[i] for i in long])
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(long), BATCH):
        block = (matrix[start : start + BATCH] @ matrix.T).tocoo()
        for row, column, value in zip(block.row, block.col, block.data, strict=True):
            if value >= least and start + row < column:
                pairs.append((long[start + row], long[column], float(value)))
    return tuple(sorted(pairs))

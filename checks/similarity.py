"""Nearly the same texts: TF-IDF of character 2–4-grams, cosine.

Two texts are weighed against each other alone, so that what they have in common does not depend on whatever else has arrived. With two
texts the weights are plain (scikit-learn's `TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True)` gives the same, which a
test holds it against): a gram that both have counts 1 + ln(occurrences), one that only one has `RARE` times that.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from math import log, sqrt

SHORTEST = 40
"""Characters below which a text says too little to be compared: titles alone are useless."""
SIZES = (2, 3, 4)
RARE = 1 + log(3 / 2)
"""The smoothed inverse document frequency of what one of two texts has."""
_WHITE = re.compile(r"\s\s+")


@lru_cache(maxsize=512)
def _weights(text: str) -> tuple[dict[str, float], float]:
    """The weight of every gram as if both texts had it, and the sum of their squares."""
    plain = _WHITE.sub(" ", text.lower())
    grams = Counter([plain[start : start + size] for size in SIZES for start in range(len(plain) - size + 1)])
    weights = {gram: 1 + log(count) if count > 1 else 1.0 for gram, count in grams.items()}
    return weights, sum([weight * weight for weight in weights.values()])


@lru_cache(maxsize=64)
def cosine(a: str, b: str) -> float | None:
    """How alike two texts are, 0–1; None where one is shorter than `SHORTEST` characters."""
    if min(len(a), len(b)) < SHORTEST:
        return None
    (mine, all_mine), (other, all_others) = _weights(a), _weights(b)
    common = mine.keys() & other.keys()
    dot = sum(mine[gram] * other[gram] for gram in common)
    return dot / sqrt(_square(mine, all_mine, common) * _square(other, all_others, common))


def _square(weights: dict[str, float], whole: float, common: set[str]) -> float:
    shared = sum(weights[gram] ** 2 for gram in common)
    return shared + RARE * RARE * (whole - shared)

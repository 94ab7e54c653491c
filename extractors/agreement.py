"""Whether a value of the Word file and of the scan are the same, differ, or differ only as a misreading would."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Literal

from rapidfuzz.distance import Levenshtein

from extractors.reread import LOOK_ALIKES, even, is_reading_of, printed_alike
from parsers.document import Alternatives

Verdict = Literal["same", "unsure", "differs"]

# Kinds whose every sign matters.
EXACT = frozenset({"id_number", "mobile", "phone", "postcode", "certificate_number", "date", "period", "year", "amount", "count", "sequence"})
# Kinds of which another value is never far in shape.
CLOSED, NAMES = frozenset({"choice", "yes_no"}), frozenset({"name", "names"})
_CANON = {sign: group[0] for group in LOOK_ALIKES for sign in group}
_DIGIT_PAIRS = {frozenset(pair) for pair in ("08", "06", "38", "68", "17", "56", "58", "35", "69", "49", "14")}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# A run of prose so long that is missing or added is a sentence, not a misreading.
SENTENCE = 6
# The share of prose that may be misread; text so long that look-alikes in it change nothing.
PROSE = 0.1
LONG = 30
# Below this a scan value was doubtful by itself (under a seal, contradicted by a second reader).
DOUBTFUL = 0.7


def compare(
    word: str, scan: str, kind: str, seconds: tuple[str, ...] = (), confidence: float = 1.0, alternatives: Alternatives = (), raw: str = ""
) -> Verdict:
    """`same`, `unsure` (a misreading may explain it) or `differs`.

    Signs of punctuation that only one side has are no difference. `seconds` are other readings of the scan, `confidence`
    how sure the scan's value was by itself, `alternatives` what else its reader saw, `raw` the scan's value in its lines.
    """
    a, b = even(word), even(scan)
    if a == b or (kind not in EXACT and kind != "email" and _bare(a) == _bare(b)):
        return "same"
    if may_be_reread(word, scan, kind, alternatives):
        return "same"
    if any(even(second) == a for second in seconds) or confidence < DOUBTFUL:
        return "unsure"
    if is_reading_of(word, scan, alternatives, digits=True):
        return "unsure"
    if kind in EXACT:
        return _exact(a, b, kind)
    if kind == "email":
        return "unsure" if _canon(a.lower()) == _canon(b.lower()) or _lost_sign(a, b) else "differs"
    if kind in CLOSED:
        return "differs"
    if kind in NAMES:
        return "unsure" if _canon(a) == _canon(b) else "differs"
    return "unsure" if lacks_lines(a, b, raw) else _prose(a, b)


def lacks_lines(word: str, scan: str, raw: str) -> bool:
    """Whether all that the scan lacks of `word` are whole lines, or the end of one: the reader overlooks such, and makes up nothing.

    Both without white space; `raw` is the scan's value in its lines.
    """
    breaks = _breaks(raw, scan)
    edits = [op for op in Levenshtein.opcodes(scan, word) if op.tag != "equal"]
    lacking = [op for op in edits if _bare(scan[op.src_start : op.src_end] + word[op.dest_start : op.dest_end])]
    return bool(scan and lacking) and all(op.tag == "insert" and any(abs(op.src_start - at) <= 1 for at in breaks) for op in lacking)


def _breaks(raw: str, scan: str) -> set[int]:
    """Where in the scan's value a line begins or ends; only its ends where its lines are not its value."""
    ends = list(accumulate(len(even(line)) for line in raw.split("\n")))
    return {0, len(scan), *ends} if ends[-1] == len(scan) else {0, len(scan)}


def may_be_reread(word: str, scan: str, kind: str, alternatives: Alternatives) -> bool:
    """Whether the scan's ink may as well say what Word says: never where one sign makes another number, person or answer.

    What parts names, or the parts of one, makes no other person: narrow blanks and dots are what the reader loses.
    """
    if kind in NAMES:
        return _bare(even(word)) == _bare(even(scan))
    if kind in EXACT or kind in CLOSED:
        return False
    return (kind == "email" and printed_alike(even(word), even(scan))) or is_reading_of(word, scan, alternatives)


def _bare(text: str) -> str:
    """Only letters, Han and the figures with what holds them together."""
    return re.sub(r"(?<!\d)[.\-]|[.\-](?!\d)|[^\w.\-%]|_", "", text)


def _canon(text: str) -> str:
    """Look-alikes as one."""
    return "".join(_CANON.get(sign, sign) for sign in text).replace("rn", "m").replace("nn", "m")


def _lost_sign(a: str, b: str) -> bool:
    """Whether they differ only by a punctuation sign or two that one of them lacks."""
    edits = Levenshtein.editops(a, b)
    if not 0 < len(edits) <= 2:
        return False
    touched = [a[e.src_pos] if e.tag == "delete" else b[e.dest_pos] for e in edits if e.tag != "replace"]
    return len(touched) == len(edits) and all(not sign.isalnum() for sign in touched)


def _exact(a: str, b: str, kind: str) -> Verdict:
    if _canon(a) == _canon(b) or (_lost_sign(a, b) and kind not in {"date", "period"}):
        return "unsure"
    changed = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    if len(a) == len(b) >= 11 and len(changed) == 1 and frozenset(changed[0]) in _DIGIT_PAIRS:
        return "unsure"
    return "differs"


def _prose(a: str, b: str) -> Verdict:
    """Prose and names of things: the numbers must be the same, and only a few scattered signs may differ."""
    if _canon(a) == _canon(b):
        return "same" if len(a) >= LONG else "unsure"
    if _numbers(a) != _numbers(b) and _numbers(_canon(a)) != _numbers(_canon(b)):
        return "unsure" if _lost_sign(a, b) else "differs"
    blocks = [op for op in Levenshtein.opcodes(a, b) if op.tag != "equal"]
    if any(max(op.src_end - op.src_start, op.dest_end - op.dest_start) >= SENTENCE for op in blocks):
        return "differs"
    return "unsure" if Levenshtein.distance(a, b) <= max(1, PROSE * max(len(a), len(b))) else "differs"


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)

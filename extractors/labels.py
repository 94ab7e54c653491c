"""Labels of a form, compared by their words: spaces, line breaks, brackets and their content, signs do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from extractors.flow import Flow
from extractors.normal import is_blank
from profiles.profile import FieldRule, FormRule

# How alike a label read by OCR must be to the printed one (0–100), by rapidfuzz's ratio.
ALIKE = 72
# In Word only so near: 创新点与先进性 for 创新点和先进性.
NEARLY = 85
# The score of a label of which only part was read, and the fewest signs that tell one.
PARTIAL, REMAINS = 50, 4
BRACKETS = re.compile(r"[（(\[【〔{][^（）()\[\]【】〔〕{}]*[）)\]】〕}]")
# Text behind a colon, or an area code in brackets, belongs to the value and to no label.
_HOLDS_VALUE = re.compile(r"[:：]\s*[^\s:：]|[（(]\d{3,4}[）)]$")
_SIGNS = re.compile(r"[^\w]|_")


@dataclass(frozen=True, slots=True)
class Label:
    """A label that was recognised: the fields it may mean by block index, how sure (0–100), what follows it in the same
    place, and its own words."""

    rules: tuple[tuple[int, FieldRule], ...]
    anchors: tuple[int, ...]
    score: float
    rest: Flow
    word: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All labels of one form: key → (block, rule) pairs, exact labels before aliases; key → blocks it anchors; the fields' order."""

    rules: dict[str, tuple[tuple[int, FieldRule], ...]]
    anchors: dict[str, tuple[int, ...]]
    keys: tuple[str, ...]
    order: tuple[tuple[int, FieldRule], ...] = ()


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """The words of a label: NFKC, no white space, no signs, brackets' content kept."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text))


def bare_key(text: str) -> str:
    """Like `key`, but without what stands in brackets."""
    text = unicodedata.normalize("NFKC", "".join(text.split()))
    return _SIGNS.sub("", BRACKETS.sub("", text)) or key(text)


@lru_cache(maxsize=64)
def lexicon(form: FormRule) -> Lexicon:
    """The labels of a form. Block 0 is its head, block n+1 its n-th block."""
    rules: dict[str, list[tuple[int, int, FieldRule]]] = {}
    anchors: dict[str, set[int]] = {}
    blocks = [(0, (), form.head)] + [(i + 1, block.anchors, block.fields) for i, block in enumerate(form.blocks)]
    for number, anchor_words, fields in blocks:
        for word in anchor_words:
            anchors.setdefault(key(word), set()).add(number)
        for field in fields:
            for rank, word in enumerate((field.label, *field.aliases)):
                rules.setdefault(key(word), []).append((rank > 0, number, field))
    order = tuple((number, field) for number, _, fields in blocks if number for field in fields)
    ordered = {k: tuple((number, field) for _, number, field in sorted(v, key=lambda entry: entry[:2])) for k, v in rules.items()}
    return Lexicon(ordered, {k: tuple(sorted(v)) for k, v in anchors.items()}, tuple({**ordered, **anchors}), order)


def match_label(flow: Flow, words: Lexicon, fuzzy: bool) -> Label | None:
    """The label that this text is, or begins with; None when it is none.

    A label may be followed by its value in the same place after a colon, a line break, or where the value begins with a
    figure (`年份2022年`). `fuzzy` allows for misread labels (scans).
    """
    bare = flow.compact()
    if not bare.signs:
        return None
    _, colon, after = bare.text.replace("：", ":").partition(":")
    only_sign = bool(colon) and not key(after) and not is_blank(after)
    for candidate in dict.fromkeys((key(bare.text), bare_key(bare.text))):
        if (candidate in words.rules or candidate in words.anchors) and not only_sign:
            return _label(candidate, words, 100, flow[len(flow) :])
    found = _leading(flow, words)
    if found is None and 2 <= len(bare) <= 40:
        found = _alike(flow, words, ALIKE if fuzzy else NEARLY)
    return found


def match_remains(flow: Flow, words: Lexicon, missing: Collection[str]) -> Label | None:
    """The label of which this text is what the reader left: its signs in order stand in one of the `missing` labels (scans only)."""
    remains = key(flow.text)
    if not REMAINS <= len(remains) <= 30:
        return None
    rated = sorted(((LCSseq.similarity(remains, name), -len(name), name) for name in missing if len(name) > len(remains)), reverse=True)
    if not rated or rated[0][0] < 0.85 * len(remains) or rated[0][0] < 0.3 * -rated[0][1]:
        return None
    return _label(rated[0][2], words, PARTIAL, flow[len(flow) :])


def _label(candidate: str, words: Lexicon, score: float, rest: Flow) -> Label:
    return Label(words.rules.get(candidate, ()), words.anchors.get(candidate, ()), score, rest, candidate)


def _alike(flow: Flow, words: Lexicon, least: float) -> Label | None:
    """The label most like this text; of several just as like, all that they may mean: the place on the form decides."""
    best: list[tuple[float, str]] = []
    for candidate in {key(flow.text), bare_key(flow.text)}:
        if len(candidate) >= 3:
            cutoff = least if len(candidate) > 3 or least > ALIKE else 60
            hits = process.extract(candidate, _of_length(words.keys, len(candidate)), scorer=fuzz.ratio, score_cutoff=cutoff, limit=4)
            best += [(score, name) for name, score, _ in hits]
    if not best:
        return None
    top, word = max(best)
    names = list(dict.fromkeys([word, *(name for score, name in best if score >= top - 0.5)]))
    rules = dict.fromkeys(entry for name in names for entry in words.rules.get(name, ()))
    anchors = sorted({block for name in names for block in words.anchors.get(name, ())})
    return Label(tuple(rules), tuple(anchors), top, flow[len(flow) :], word)


@lru_cache(maxsize=1024)
def _of_length(keys: tuple[str, ...], length: int) -> tuple[str, ...]:
    """Of the keys those about as long as that."""
    return tuple(k for k in keys if abs(len(k) - length) <= max(1, len(k) // 4))


def _leading(flow: Flow, words: Lexicon) -> Label | None:
    """A label that the text begins with, and what follows."""
    for end in _ends(flow):
        head, rest = flow[:end], flow[end:]
        if _HOLDS_VALUE.search(head.text):
            continue
        for candidate in dict.fromkeys((key(head.text), bare_key(head.text))):
            if (candidate in words.rules or candidate in words.anchors) and _parted(candidate, rest, words):
                return _label(candidate, words, 95, rest.strip(":：_＿"))
    return None


def _ends(flow: Flow) -> Iterable[int]:
    """Where a leading label may end: longest first, 40 signs at most."""
    text = flow.text[:60]
    return [
        i
        for i in range(min(len(text), 50), 1, -1)
        if i < len(flow) and (text[i] in ":：\n\t_＿" or text[i].isdigit() or text[i - 1] in "）)" or text[i] in " \u3000")
    ]


def _parted(candidate: str, rest: Flow, words: Lexicon) -> bool:
    after = rest.text
    if after[:1] in ":：\n" or re.match(r"\s*[:：]", after):
        return True
    kinds = {field.kind for _, field in words.rules.get(candidate, ())}
    if re.match(r"\s*\d", after):
        return bool(
            kinds & {"year", "date", "period", "mobile", "phone", "postcode", "id_number", "amount", "count", "sequence", "certificate_number"}
        )
    return bool(re.match(r"[\s_＿]{2,}\S", after)) and len(candidate) >= 3

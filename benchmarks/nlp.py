"""Precision and recall of the free-text spans, for each label and for both halves of the text set, and the speed.

Run: python -m benchmarks.nlp [--misses] [--half held-out|tuned]

A snippet writes its spans as `<LABEL=value#detail|text>`, nested where they nest. A found span is right when it has the
label of an annotated one, overlaps it, and has its value and detail where the annotation states them; `exact` counts those
whose both ends agree too. The held-out half was written before the rules (see git log) and is never looked at while tuning.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from extractors.nlp.spans import LABELS, Lexicon, Span, find_spans, make_pipeline

SNIPPETS = Path(__file__).parent.parent / "tests" / "extractors" / "nlp" / "snippets.jsonl"
LEXICON = Lexicon(cities=("镇江",), counties=("丹阳", "句容", "扬中", "丹徒", "京口", "润州"))
_OPEN = re.compile(r"<(?P<label>[A-Z]+)(?:=(?P<value>[^|#<>]*))?(?:#(?P<detail>[^|<>]*))?\|")


def unmark(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The plain text of a marked snippet and its annotated spans. Raises ValueError where a mark is not closed."""
    text, stack, spans, at = "", [], [], 0
    while at < len(marked):
        opened = _OPEN.match(marked, at)
        if opened:
            stack.append((opened, len(text)))
            at = opened.end()
        elif marked[at] == ">" and stack:
            mark, start = stack.pop()
            spans.append(Span(mark["label"], start, len(text), text[start:], mark["value"], mark["detail"]))  # type: ignore[arg-type]
            at += 1
        else:
            text += marked[at]
            at += 1
    if stack:
        raise ValueError(f"a mark is not closed: {marked}")
    return text, tuple(spans)


def snippets(held_out: bool) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
    """(id, text, annotated spans) of one half."""
    for line in SNIPPETS.read_text(encoding="utf-8").splitlines():
        snippet = json.loads(line)
        if snippet["held_out"] is held_out:
            yield snippet["id"], *unmark(snippet["marked"])


def right(found: Span, wanted: Span) -> bool:
    """Whether `found` says what the annotation `wanted` says."""
    overlap = found.label == wanted.label and found.start < wanted.end and wanted.start < found.end
    return overlap and wanted.value in (None, found.value) and wanted.detail in (None, found.detail)


def score(held_out: bool) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Counts by (label, `right` | `exact` | `found` | `wanted`) and the misses as lines."""
    counts: Counter[tuple[str, str]] = Counter()
    misses = []
    for key, text, wanted in snippets(held_out):
        found = find_spans(text, LEXICON)
        left = list(wanted)
        for span in found:
            counts[span.label, "found"] += 1
            match = next((w for w in left if right(span, w)), None)
            if match is None:
                misses.append(f"{key} +{span.label} {span.text} {span.value} {span.detail}   {text}")
                continue
            left.remove(match)
            counts[span.label, "right"] += 1
            counts[span.label, "exact"] += (span.start, span.end) == (match.start, match.end)
        for span in wanted:
            counts[span.label, "wanted"] += 1
        misses += [f"{key} -{s.label} {s.text} {s.value} {s.detail}   {text}" for s in left]
    return counts, misses


def table(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """One line a label and one for all."""
    yield f"{'label':10} {'wanted':>6} {'found':>6} {'P':>7} {'R':>7} {'exact P':>7} {'exact R':>7}"
    for label in (*LABELS, "all"):
        w, f, r, e = (
            sum(n for (lab, kind), n in counts.items() if kind == k and label in (lab, "all")) for k in ("wanted", "found", "right", "exact")
        )
        if w or f:
            shares = (part / whole if whole else 1.0 for part, whole in ((r, f), (r, w), (e, f), (e, w)))
            yield f"{label:10} {w:6} {f:6} " + " ".join(f"{share:7.3f}" for share in shares)


def speed() -> str:
    """Seconds to import and build, and characters a second on the text set as one document."""
    begin = time.perf_counter()
    import spacy  # noqa: F401

    imported = time.perf_counter()
    make_pipeline(LEXICON)
    built = time.perf_counter()
    find_spans("预热", LEXICON)
    warm = time.perf_counter()
    text = "\n".join(text for half in (True, False) for _, text, _ in snippets(half)) * 5
    start = time.process_time()
    find_spans(text, LEXICON)
    rate = len(text) / (time.process_time() - start)
    took = (imported - begin, built - imported, warm - built)
    return "spaCy import {:.2f} s, pipeline {:.2f} s, first text (LAC) {:.2f} s, ".format(*took) + f"{rate:,.0f} characters a CPU second"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=("held-out", "tuned"))
    parser.add_argument("--misses", action="store_true", help="never for the held-out half while tuning")
    options = parser.parse_args()
    print(speed())
    for name, held_out in (("held-out", True), ("tuned", False)):
        if options.half in (None, name):
            counts, misses = score(held_out)
            print(f"\n{name} half, {sum(1 for _ in snippets(held_out))} snippets\n" + "\n".join(table(counts)))
            if options.misses:
                print("\n".join(misses))


if __name__ == "__main__":
    main()

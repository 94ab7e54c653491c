"""From what is written beside a label to `Field`s: printed hints taken away, ticks told, the rest normalised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from extractors.confidence import first_sight
from extractors.flow import Flow
from extractors.labels import key
from extractors.normal import NORMALISERS, is_blank, mended, periods, plain, tidy, yes_no
from extractors.submission import Field, FormName
from extractors.ticks import TICKED, UNTICKED, ticked
from profiles.profile import FieldRule

_BLANK_DATE = re.compile(r"^(?:20\d\d|20)?[_＿\s]*年[_＿\s]*月[_＿\s]*日?$")

_DASH = re.compile(r"[-—–－]{1,2}")
"""What people type for `none`; on a scan it may be a piece of a ruled line."""


def fields_of(form: FormName, rule: FieldRule, flow: Flow, scan: bool, row: int = 0) -> Iterator[Field]:
    """The field or fields (start and end of a period) that this text gives; none when it is blank or only a hint."""
    written = without_hints(flow, rule.hints, scan).strip("_＿")
    raw = written.text
    if (is_blank(plain(raw)) and (scan or not _DASH.fullmatch(raw.strip()))) or _BLANK_DATE.match(raw):
        return
    for name, value in _normal(rule, written, scan):
        if value:
            sure = first_sight(written, value) if scan else 1.0
            others = written.alternatives_of(value) if scan and not rule.sensitive else ()
            yield Field(form, name, value, raw, row, sure, written.page, written.box, others)


def _normal(rule: FieldRule, flow: Flow, scan: bool) -> Iterator[tuple[str, str]]:
    raw = mended(flow.text, rule.kind) if scan else flow.text
    if rule.kind == "period":
        yield from ((name, value) for name, value in zip(rule.yields, periods(raw), strict=True) if value)
    elif rule.choices:
        yield rule.name, choice(flow, rule, scan)
    else:
        yield rule.name, NORMALISERS[rule.kind](raw)


def choice(flow: Flow, rule: FieldRule, scan: bool) -> str:
    """The one choice that is marked, or what is written freely; "" where none or several are marked."""
    marked = ticked(flow, rule.choices, scan)
    if marked:
        return marked[0] if len(marked) == 1 else ""
    free = tidy(re.sub(f"[{TICKED}{UNTICKED}]", "", flow.keep(lambda sign: not sign.struck).text))
    if rule.kind == "yes_no":
        answer = yes_no(free)
        return answer if not all(word in free for word in rule.choices) else ""
    return "" if any(word in plain(free) for word in rule.choices) else free


def without_hints(flow: Flow, hints: Sequence[str], scan: bool) -> Flow:
    """The text without the form's printed hints, wherever they stand; misread ones too in scans."""
    for hint in hints:
        span = _hint_span(flow, key(hint), scan)
        if span:
            flow = Flow(flow.signs[: span[0]] + flow.signs[span[1] :], flow.lines)
    return flow


def _hint_span(flow: Flow, hint: str, scan: bool) -> tuple[int, int] | None:
    """Start and end of the hint in the flow, its brackets and full stop included."""
    places = [i for i, sign in enumerate(flow.signs) if key(sign.char)]
    words = "".join(key(flow.signs[i].char) for i in places)
    at = words.find(hint) if len(words) == len(places) else -1
    length = len(hint)
    if at < 0 and scan and len(words) >= 0.7 * length:
        found = fuzz.partial_ratio_alignment(hint, words, score_cutoff=85)
        if found is None or len(words) < length:
            return (0, len(flow)) if fuzz.ratio(hint, words) >= 75 else None
        at, length = found.dest_start, found.dest_end - found.dest_start
    if at < 0:
        return None
    start, end = places[at], places[at + length - 1] + 1
    while start and flow.signs[start - 1].char in "（( 　\n":
        start -= 1
    while end < len(flow) and flow.signs[end].char in "）)。.;； 　\n":
        end += 1
    return start, end

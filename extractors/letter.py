"""The 承诺书: its blanks found by the notice's words around them, in running text, tables or a scan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from extractors.dates import arabic, found_dates
from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block
from extractors.submission import Field
from extractors.values import fields_of
from profiles.profile import FormRule

_SLOT = re.compile(r"\{(\w+)\}")
_OPENING, _CLOSING = '《<〈«“"「『', '》>〉»”"」』'
_QUOTES = '«“"「『'
_BRACKETED = re.compile(r"^[（(][^（）()]*[）)]")
# Shortest words of the notice that still tell where a blank begins or ends.
LEAST = 3
# Where the words before a blank were changed, so many that open its sentence still tell (我是…).
OPENING = 2


def read_letter(blocks: Sequence[Block], form: FormRule, scan: bool) -> tuple[Field, ...]:
    """The blanks of the printed sentences, and the date at the end."""
    written = whole(blocks)
    flow = written.compact()
    rules = {rule.name: rule for rule in form.head}
    found: list[Field] = []
    for name, value in blanks(flow, form.printed, scan):
        found += fields_of(form.name, rules[name], _with_spaces(value, written), scan)
    for rule in form.head:
        if rule.kind == "date":
            date = last_date(flow)
            found += fields_of(form.name, rule, date, scan) if date else []
    return tuple(found)


def _with_spaces(value: Flow, written: Flow) -> Flow:
    """The value with the white space that stood within it (names in Latin letters have some)."""
    places = {(sign.line, sign.place): index for index, sign in enumerate(written.signs) if not sign.char.isspace()}
    return written[places[_place(value, 0)] : places[_place(value, -1)] + 1] if value.signs else value


def _place(value: Flow, index: int) -> tuple[int, int]:
    return value.signs[index].line, value.signs[index].place


def whole(blocks: Sequence[Block]) -> Flow:
    """All lines of these blocks as one flow."""
    return flow_of(line for page, block in blocks for line in lines_in(block, page))


def blanks(flow: Flow, printed: Sequence[str], scan: bool) -> Iterator[tuple[str, Flow]]:
    """(field, what stands in its blank) for every blank of the printed sentences that can be placed; `flow` without white space."""
    at = 0
    for sentence in printed:
        parts = _SLOT.split("".join(sentence.split()))
        for i in range(1, len(parts), 2):
            before, after = parts[i - 1], parts[i + 1]
            start = _after(flow, before, at, scan)
            if start is None:
                continue
            end = _before(flow, after, start, scan)
            if end is None:
                continue
            at = end
            yield parts[i], _cleaned(flow[start:end], _BRACKETED.match(after))


def _after(flow: Flow, words: str, at: int, scan: bool) -> int | None:
    """Where the text after these words begins: by their longest ending that occurs, the opening bracket read in any way."""
    core = words.rstrip(_OPENING)
    text = flow.text
    for length in range(min(len(core), 12), 0, -1):
        ending = core[-length:]
        if length < LEAST and len(core) >= LEAST and core != words:
            break
        found = text.find(ending, at)
        if found >= 0 and (length >= LEAST or length == len(core)):
            return found + length
    start = _alike(text, core[-12:], at)[1] if scan and core else None
    opening = text.find(core[:OPENING], at)
    return opening + OPENING if start is None and opening >= 0 and len(core) >= LEAST and core == words else start


def _before(flow: Flow, words: str, start: int, scan: bool) -> int | None:
    """Where these words begin after `start`: in full, without their bracket, by ever shorter beginnings."""
    text = flow.text
    for form in (words, words.lstrip(_CLOSING), _BRACKETED.sub("", words)):
        for length in range(min(len(form), 14), LEAST, -1):
            found = text.find(form[:length], start)
            if found >= 0:
                return found
    near = _alike(text, words[:12], start)
    return near[0] if scan else None


def _alike(text: str, words: str, at: int) -> tuple[int | None, int | None]:
    """Start and end of the stretch of text after `at` that is most like the words."""
    found = fuzz.partial_ratio_alignment(words, text[at : at + 400], score_cutoff=70)
    if found is None or found.dest_end - found.dest_start < LEAST:
        return None, None
    return at + found.dest_start, at + found.dest_end


def _cleaned(value: Flow, hint: re.Match[str] | None) -> Flow:
    """Without the blank's underscores, a printed hint in brackets, and the guillemets around it, the outer ones only."""
    value = _without_leaders(value)
    words = hint[0].strip("（()）") if hint else ""
    printed = re.search(rf"[（(]?{re.escape(words)}[）)]?$", value.text) if words else None
    if printed and printed.start():
        value = value[: printed.start()].strip("_＿")
    value = value.strip("_＿:：")
    marked = False
    while value.signs and (outer := _outer(value.text)) is not None and not (marked and value.text[0] in _QUOTES):
        marked = value.text[0] not in _QUOTES
        value = value[outer[0] : outer[1]].strip("_＿")
    return value


def _without_leaders(value: Flow) -> Flow:
    """Without the lines and dots of the blank; the full stop of an abbreviation (Co., Ltd.) is none of them."""
    bare = value.strip("_＿:：…. ")
    end = value.text.rfind(bare.text) + len(bare)
    abbreviated = re.fullmatch(r"[A-Za-z]", bare.text[-1:]) and re.match(r"\.(?!\.)", value.text[end:])
    return value[: end + 1].strip("_＿:：… ") if abbreviated else bare


def _outer(text: str) -> tuple[int, int] | None:
    """What is left within a pair of brackets around the whole, or beside one that has no partner; None when all belongs to the name."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for place, sign in enumerate(text):
        kind = _CLOSING.find(sign)
        partner = next((i for i in reversed(opened) if kind >= 0 and text[i] == _OPENING[kind]), None)
        if partner is not None:
            opened.remove(partner)
            pairs[partner] = place
        elif sign in _OPENING:
            opened.append(place)
    last = len(text) - 1
    if pairs.get(0) == last:
        return 1, last
    lost_first, lost_last = 0 in opened, text[last] in _CLOSING and last not in pairs.values() and last not in opened
    return (int(lost_first), last + 1 - lost_last) if lost_first or lost_last else None


def last_date(flow: Flow) -> Flow | None:
    """The last date of the text that stands outside of 《》 and after the last full stop, as precise as written; None without one.

    A signature in the line above may read like figures of it, so that the last lines are looked at by themselves too.
    """
    closing = flow[max(flow.text.rfind(sign) for sign in "。；") + 1 :]
    parts = [flow, *(_line(closing, number) for number in reversed(closing.touched()))]
    return next((date for date in map(_last_date_in, parts) if date is not None), None)


def _line(flow: Flow, number: int) -> Flow:
    return flow.keep(lambda sign: sign.line == number)


def _last_date_in(flow: Flow) -> Flow | None:
    text = flow.text
    changed = arabic(text)
    if len(changed) != len(text):
        return _date_by_pattern(flow)
    tail = max(text.rfind(sign) for sign in "。；") + 1
    found = [span for span in found_dates(changed) if span[0] >= tail]
    return flow[found[-1][0] : found[-1][1]] if found else None


def _date_by_pattern(flow: Flow) -> Flow | None:
    found = list(
        re.finditer(
            r"[〇零○O一二三四五六七八九\d]{4}年[一二三四五六七八九十\d]{1,3}月(?:[一二三四五六七八九十\d]{1,3}日)?|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}",
            flow.text,
        )
    )
    if not found:
        return None
    return flow[found[-1].start() : found[-1].end()]

"""推荐材料: its sections by heading or, flagged, by sense; its length; the project that its title names."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractors.confidence import first_sight
from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block
from extractors.labels import key
from extractors.normal import tidy
from extractors.submission import Field
from extractors.wordcount import character_count, word_count
from parsers.document import Paragraph
from profiles.profile import FormRule, Section

_NUMBER = re.compile(
    r"^\s*(?:第\s*[一二三四五六七八九十\d]+\s*(?:部分|章|节)\s*[:：、.．]?|[（(]\s*[一二三四五六七八九十\d]+\s*[）)]\s*[、.．]?|[一二三四五六七八九十壹贰叁肆伍]+\s*[、.．,，:：]|\d+\s*[、.．)）]|[①②③④⑤⑥⑦⑧⑨]|[ⅠⅡⅢⅣIVX]+[、.．])\s*"
)
_OPENING = re.compile(r"^\s*[【〔\[]\s*")
_AFTER = re.compile(r"^\s*[】〕\]]?\s*(?:[（(][^（）()]{1,12}[）)])?\s*(?:[:：—]|-{1,2}|$)")
_PAGE_NUMBER = re.compile(r"^\s*(?:[-—–]\s*\d{1,3}\s*[-—–]?|第?\s*\d{1,3}\s*页?)\s*$")
# A heading is at most so long; longer paragraphs may only begin with one.
HEADING = 26


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a section begins: paragraph, the signs its heading covers, how sure, and which section."""

    section: int
    paragraph: int
    start: int
    end: int
    score: float
    by_sense: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the text with what speaks for its being a heading."""

    flow: Flow
    numbered: bool
    bold: bool
    styled: bool
    caption: bool = False
    note: bool = False


def read_essay(blocks: Sequence[Block], form: FormRule, scan: bool) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """(fields, notes): the sections' texts and the counts; `section-order` and `section-by-sense:FIELD` as notes."""
    passages = passages_of(blocks)
    marks = section_marks(passages, form.sections, scan)
    fields: list[Field] = []
    for index, mark in enumerate(marks):
        body = _body(passages, mark, marks[index + 1] if index + 1 < len(marks) else None)
        raw = "\n".join(part.text.strip() for part in body if part.text.strip())
        if raw:
            first = next(part for part in body if part.text.strip())
            value = "".join(tidy(part.text) for part in body)
            sure = min(first_sight(part, part.text) for part in body if part.text.strip()) if scan else 1.0
            fields.append(Field(form.name, form.sections[mark.section].name, value, raw, 0, sure, first.page, first.box))
    text = "\n".join(passage.flow.text for passage in passages)
    counted = (("word_count", word_count(text)), ("character_count", character_count(text)))
    fields += [Field(form.name, name, str(number), str(number)) for name, number in counted]
    return tuple(fields), _notes(marks, form.sections)


def passages_of(blocks: Sequence[Block]) -> list[Passage]:
    """Every paragraph, those of tables included."""
    found = []
    for page, block in blocks:
        paragraphs = _paragraphs(block)
        for paragraph in paragraphs:
            flow = flow_of(lines_in(paragraph, page))
            if page is not None and _PAGE_NUMBER.match(flow.text):
                continue
            inked = [sign for sign in flow.signs if not sign.char.isspace()]
            bold = bool(inked) and all(sign.bold for sign in inked)
            found.append(
                Passage(
                    flow,
                    bool(_NUMBER.match(flow.text)) or bool(paragraph.automatic_number),
                    bold,
                    paragraph.heading is not None,
                    paragraph.caption,
                    paragraph.note,
                )
            )
    return found


def _paragraphs(block: object) -> list[Paragraph]:
    if isinstance(block, Paragraph):
        return [block]
    cells = getattr(block, "cells", ())
    return [paragraph for cell in cells for inner in cell.blocks for paragraph in _paragraphs(inner)]


def section_marks(passages: Sequence[Passage], sections: Sequence[Section], scan: bool) -> list[Mark]:
    """The best heading of each section in the order they stand; a section without one may be found by its cue words."""
    candidates = [mark for number, passage in enumerate(passages) if not passage.note for mark in _candidates(number, passage, sections, scan)]
    best: dict[int, Mark] = {}
    for mark in candidates:
        kept = best.get(mark.section)
        if kept is None or mark.score > kept.score:
            best[mark.section] = mark
    marks = _one_a_place(list(best.values()))
    marks = _by_sense(marks, passages, sections)
    return sorted(marks, key=lambda mark: (mark.paragraph, mark.start))


def _one_a_place(marks: list[Mark]) -> list[Mark]:
    taken: dict[tuple[int, int], Mark] = {}
    for mark in sorted(marks, key=lambda m: -m.score):
        taken.setdefault((mark.paragraph, mark.start), mark)
    return list(taken.values())


def _candidates(number: int, passage: Passage, sections: Sequence[Section], scan: bool) -> list[Mark]:
    """Every heading that this paragraph may be or hold: the whole of it, its beginning, a line of it (in Word, where a person broke it), or
    glued behind a full stop."""
    text = passage.flow.text
    found: list[Mark] = []
    starts = [0, *(m.end() for m in re.finditer(r"[。；;\n]\s*(?=第[一二三四五]部分|[（(]?[一二三四五]\s*[）)、.．]|\n|\S{2,8}[:：])", text))]
    starts = starts if scan else sorted({*starts, *(m.end() for m in re.finditer(r"\n", text))})
    for start in starts:
        lead = _NUMBER.match(text[start:]) or _OPENING.match(text[start:])
        begin = start + (lead.end() if lead else 0)
        for index, section in enumerate(sections):
            hit = _heading_length(text[begin:], section, scan)
            if hit is None:
                continue
            end, own_line, rank = hit
            score = _score(passage, bool(lead) or (passage.numbered and start == 0), own_line, rank, text[begin : begin + end])
            if score >= 2 or (own_line and start == 0 and not text[begin + end :].strip()):
                found.append(Mark(index, number, start, begin + end, score))
    return found


def _score(passage: Passage, numbered: bool, own_line: bool, rank: float, heading: str) -> float:
    colon = heading.rstrip().endswith((":", "："))
    return 2.0 * numbered + passage.bold * own_line + 1.5 * passage.styled + 1.5 * own_line + colon + rank


def _heading_length(text: str, section: Section, scan: bool) -> tuple[int, bool, float] | None:
    """(signs the heading covers, whether it has the line to itself, rank 0–1) when the text begins with this section's heading."""
    line = text.split("\n", 1)[0]
    words = (section.label, *section.synonyms)
    for rank, (word, spaced) in enumerate(_spaced(words)):
        match = spaced.match(line)
        if match:
            after = _AFTER.match(line[match.end() :])
            if after:
                rest = line[match.end() + after.end() :].strip()
                return match.end() + after.end(), not rest, 1.0 if word == section.label else 0.8 - 0.05 * rank
            if re.match(r"\s{1,}|[。；]", line[match.end() :]):
                return match.end() + 1, False, 0.4
    if len(line.strip()) > HEADING:
        return None
    return _loose(line, words, scan)


@functools.cache
def _spaced(words: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each word, the longest first, with the pattern that finds it whatever blanks stand in it."""
    return tuple((word, re.compile(r"\s*".join(map(re.escape, word)))) for word in sorted(words, key=len, reverse=True))


def _loose(line: str, words: Sequence[str], scan: bool) -> tuple[int, bool, float] | None:
    """A short line that holds the word among others (项目背景与意义), or a misread one."""
    bare = key(line)
    if not bare or re.search(r"[。；！？]", line):
        return None
    for word in sorted(map(key, words), key=len, reverse=True):
        if len(word) >= 2 and word in bare and len(bare) <= len(word) + 8:
            return len(line), True, 0.3 * len(word) / len(bare)
        if scan and len(word) >= 2 and fuzz.ratio(word, bare) >= 70:
            return len(line), True, 0.5
    return None


def _by_sense(marks: list[Mark], passages: Sequence[Passage], sections: Sequence[Section]) -> list[Mark]:
    """A boundary by cue words for a section without heading, between its neighbours' headings; flagged."""
    if not marks or len(marks) == len(sections):
        return marks
    placed = {mark.section: mark for mark in marks}
    for index, section in enumerate(sections):
        if index in placed or not section.cues:
            continue
        low = max((placed[i].paragraph for i in placed if i < index), default=-1)
        high = min((placed[i].paragraph for i in placed if i > index), default=len(passages))
        found = _first_cue(passages, section, low, high, index == 0)
        if found is not None:
            placed[index] = Mark(index, found, 0, 0, 0.0, by_sense=True)
    return list(placed.values())


def _first_cue(passages: Sequence[Passage], section: Section, low: int, high: int, first: bool) -> int | None:
    """The paragraph between the two (exclusive) at which the cue words begin; the first section begins at its first long paragraph."""
    inner = [n for n in range(low + 1, high) if len(passages[n].flow.compact()) > HEADING and _is_prose(passages[n])]
    if first:
        return inner[0] if inner else None
    for number in inner[1:] if low >= 0 and low + 1 in inner else inner:
        if any(cue in passages[number].flow.text for cue in section.cues):
            return number
    return None


def _is_prose(passage: Passage) -> bool:
    """A sentence of the text itself: no caption, no footnote, no long title."""
    return not passage.caption and not passage.note and bool(re.search(r"[。；，！？：]", passage.flow.text))


def _body(passages: Sequence[Passage], mark: Mark, following: Mark | None) -> list[Flow]:
    """The paragraphs of a section without its heading and footnotes."""
    last = following.paragraph if following else len(passages) - 1
    parts = []
    for number in range(mark.paragraph, last + 1):
        flow = passages[number].flow
        if passages[number].note:
            continue
        start = mark.end if number == mark.paragraph else 0
        end = following.start if following and number == following.paragraph else len(flow)
        parts.append(flow[start:end])
    return parts


def _notes(marks: Sequence[Mark], sections: Sequence[Section]) -> tuple[str, ...]:
    notes = [f"section-by-sense:{sections[mark.section].name}" for mark in marks if mark.by_sense]
    order = [mark.section for mark in marks]
    return tuple(notes + (["section-order"] if order != sorted(order) else []))


def title_project(text: str) -> str | None:
    """The project that a 推荐材料's title names: “…”项目推荐材料, 关于《…》的推荐材料; None when it names none."""
    for line in text.split("\n")[:6]:
        bare = "".join(line.split())
        match = re.match(r"^(?:关于)?[“\"《「〈](?P<name>.{2,60})[”\"》」〉](?:的)?(?:项目)?(?:的)?(?:推荐材料|推荐书|项目介绍)", bare)
        match = match or re.match(r"^(?:关于)?(?P<name>.{4,60}?)(?:项目)?(?:的)?推荐材料$", bare)
        if match and "五小" not in match["name"]:
            return match["name"]
    return None

"""Which forms a document holds, and where: by headings, by the share of their labels and phrases, page by page and block by block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractors.dates import dates_in
from extractors.essay import passages_of, section_marks
from extractors.flow import flow_of, lines_in
from extractors.grid import Block
from extractors.labels import lexicon, match_label
from extractors.normal import is_blank, plain
from extractors.phrases import PHRASES, holds, phrase_claim, squeezed
from extractors.rows import HEAD_LABELS, column_names
from extractors.submission import FormName
from extractors.typed import typed_rows
from parsers.document import Document, Paragraph, Table
from parsers.heads import repeats
from profiles.profile import FormRule, Profile

_ATTACHMENT = re.compile(r"^附件[\d一二三四五六七八九十]*[:：]?$")
_LISTING = re.compile(r"^附(?:件)?[:：]|^\d+[.、].*(?:docx?|pdf|xlsx?|jpg)")
# What a line at the end of a form holds: a label, a place to sign or stamp, a date, a note.
_END = re.compile(r"^(?:注|备注|说明|填表说明|附)\s*[:：]|^填表|签[字名]|盖章|[:：_＿]|年\d*月|\d日$")
# A heading is at most so long and no sentence.
HEADING = 45
# So many labels tell a form that has no heading (within one table).
GRID_LABELS = 3
# A first label begins a form again only when it was surely read (0–100).
SURE_LABEL = 90
# So many begin another form where the heading of one stands just above.
MANY_LABELS = 6
# A section's heading that is as sure as this tells an essay; a bare one on its own line only among others.
SURE_HEADING, BARE_HEADING = 3.0, 2.2
# A first section without a heading is at most so many paragraphs, its title included.
UNHEADED = 6


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of blocks that is one form (or `other`), in reading order."""

    form: FormName
    blocks: tuple[Block, ...]

    @property
    def pages(self) -> tuple[int, ...]:
        """Its page numbers in order; empty in Word."""
        return tuple(sorted({page for page, _ in self.blocks if page is not None}))

    @property
    def text(self) -> str:
        """All it says, a block a line."""
        return "\n".join(block.text for _, block in self.blocks)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph, or a run of a table's rows, with the form its heading names and the form its labels speak for."""

    page: int | None
    block: Paragraph | Table
    heading: FormName | None = None
    claim: FormName | None = None
    first_label: bool = False
    weight: int = 0
    sections: frozenset[int] = frozenset()


@dataclass
class _Walk:
    """The stretches so far, and the one that is open."""

    done: list[Stretch] = field(default_factory=list)
    form: FormName = "other"
    blocks: list[Block] = field(default_factory=list)
    pending: list[Block] = field(default_factory=list)
    weight: int = 0
    first_seen: bool = False
    sections: set[int] = field(default_factory=set)

    def start(self, form: FormName, take_back: int = 0) -> None:
        """Closes the open stretch and opens another, with what waited for it and the last `take_back` blocks of the one before."""
        cut = len(self.blocks) - take_back
        kept, self.blocks = self.blocks[cut:], self.blocks[:cut]
        self.close()
        self.form, self.blocks, self.pending = form, kept + self.pending, []
        self.weight, self.first_seen = 0, False
        self.sections = set()

    def close(self) -> None:
        """Puts the open stretch away."""
        if self.blocks:
            self.done.append(Stretch(self.form, tuple(self.blocks)))
        self.form, self.blocks = "other", []


def recognise(document: Document, profile: Profile) -> tuple[Stretch, ...]:
    """The document's stretches in order; those of no form are `other`."""
    scan = document.medium == "scan"
    walk = _Walk()
    page: int | None = None
    tops = {each.number: each.blocks[0].text for each in document.pages if each.blocks}
    for unit in _units_of(document, profile, scan):
        if page is not None and unit.page == page + 1 and _running_head(unit, tops):
            walk.pending.append((unit.page, unit.block))
            continue
        if unit.page != page and page is not None and not _goes_on(walk, unit, profile):
            walk.start("other")
        page = unit.page
        _step(walk, unit, profile)
    walk.blocks += walk.pending
    walk.close()
    return _checked(walk.done, profile, scan)


def _running_head(unit: _Unit, tops: dict[int | None, str]) -> bool:
    """Whether it is the line that stands above everything on its page and on the page before, and speaks for no form."""
    if unit.page is None or isinstance(unit.block, Table) or unit.heading or unit.claim or _ATTACHMENT.match(squeezed(unit.block.text)):
        return False
    return repeats(unit.block.text, tops.get(unit.page, "")) and repeats(unit.block.text, tops.get(unit.page - 1, ""))


def _step(walk: _Walk, unit: _Unit, profile: Profile) -> None:
    if isinstance(unit.block, Paragraph) and _ATTACHMENT.match("".join(unit.block.text.split())):
        walk.pending.append((unit.page, unit.block))
        return
    wanted = unit.heading or unit.claim
    essay = wanted is not None and profile.form(wanted).kind == "essay"
    before = _before(walk, profile, essay)
    if unit.heading and not (walk.form == unit.heading and (walk.weight == 0 or (essay and not _complete(walk, profile)))):
        walk.start(unit.heading, before if essay or walk.form == "other" else 0)
    elif not unit.heading and unit.claim and unit.claim != walk.form and _outweighs(unit, walk, profile):
        walk.start(unit.claim, before)
    elif unit.claim == walk.form and unit.first_label and walk.first_seen and profile.form(walk.form).kind == "grid":
        walk.start(walk.form)
    elif essay and unit.claim == walk.form and unit.sections & walk.sections and _complete(walk, profile):
        walk.start(walk.form, before or (_title_behind(walk) if 0 not in unit.sections else 0))
    walk.first_seen = walk.first_seen or unit.first_label
    walk.weight += unit.weight or _typed_labels(walk, unit, profile)
    walk.sections |= unit.sections
    walk.blocks += [*walk.pending, (unit.page, unit.block)]
    walk.pending = []


def _typed_labels(walk: _Walk, unit: _Unit, profile: Profile) -> int:
    """How many labels of the open form a line holds that is typed with tabs instead of rules."""
    if walk.form == "other" or isinstance(unit.block, Table) or "\t" not in unit.block.text or profile.form(walk.form).kind != "grid":
        return 0
    return sum(cell.labelled for cell in typed_rows([(unit.page, unit.block)], lexicon(profile.form(walk.form)), False))


def _complete(walk: _Walk, profile: Profile) -> bool:
    """Whether the open essay has come to its last section, so that another one may begin."""
    return walk.form != "other" and len(profile.form(walk.form).sections) - 1 in walk.sections


def _before(walk: _Walk, profile: Profile, essay: bool) -> int:
    """How many of the blocks just before belong to the form that begins now: a line or two of no form, the title of an essay (with what
    comes before its first heading) behind the end of another form in the same file."""
    if walk.form == "other":
        return len(walk.blocks) if essay or _few(walk.blocks) else 0
    if not essay or (walk.blocks and walk.blocks[-1][0] is not None):
        return 0
    rule = profile.form(walk.form)
    for count, (_, block) in enumerate(reversed(walk.blocks)):
        if isinstance(block, Table) or block.note or _of_the_form(block, rule, count, profile):
            return count
    return 0


def _title_behind(walk: _Walk) -> int:
    """How many blocks before an essay's second heading its title stands, where its first section goes without a heading; 0 without a title."""
    last = walk.blocks[-UNHEADED:]
    titles = [n for n, (_, block) in enumerate(last) if isinstance(block, Paragraph) and not block.caption and _is_title(block.text)]
    return len(last) - titles[0] if titles else 0


def _is_title(text: str) -> bool:
    """A short line that is no sentence."""
    bare = "".join(text.split())
    return 0 < len(bare) <= HEADING and not re.search(r"[。；！？：:，]", bare)


def _of_the_form(block: Paragraph, rule: FormRule, after: int, profile: Profile) -> bool:
    """Whether a paragraph at the end of a form is still its own: a label, a note, a line for signature or date, printed words; of an
    essay all but a title (`after` counts the paragraphs behind it)."""
    text = "".join(block.text.split())
    if rule.kind == "essay":
        return after >= 2 or block.caption or not _is_title(text)
    if (len(text) <= 20 and dates_in(text)) or (rule.kind == "grid" and typed_rows([(None, block)], lexicon(rule), False)):
        return True
    return (len(text) <= 60 and bool(_END.search(text))) or bool(heading_of(text, profile)) or phrase_claim(text, profile, False)[0] is not None


def _outweighs(unit: _Unit, walk: _Walk, profile: Profile) -> bool:
    """Whether its labels say enough to begin another form without a heading: more where a heading has just opened the present one."""
    if unit.claim is None or profile.form(unit.claim).kind not in {"grid", "rows"} or walk.form == "other":
        return True
    return unit.weight >= (MANY_LABELS if walk.weight == 0 or profile.form(walk.form).kind in {"letter", "essay"} else GRID_LABELS)


def _few(blocks: Sequence[Block]) -> bool:
    """A line or two before a heading (a number, a ticked category) belongs to it."""
    return len(blocks) <= 3 and all(isinstance(block, Paragraph) and len(block.text) <= 60 for _, block in blocks)


def _goes_on(walk: _Walk, unit: _Unit, profile: Profile) -> bool:
    """Whether the open form runs on over the page break before this unit."""
    if walk.form == "other" or unit.heading:
        return False
    if unit.claim:
        return unit.claim == walk.form
    rule = profile.form(walk.form)
    if rule.kind == "essay":
        return True
    if isinstance(unit.block, Table) and rule.kind in {"grid", "rows"}:
        return unit.block.continued
    text = "\n".join(block.text for _, block in walk.blocks)
    return rule.kind == "letter" and len(unit.block.text) < 300 and not re.search(r"签\s*[字名]|日\s*$", text)


# ------------------------------------------------------------------------------------------------ what speaks for which form


def _units_of(document: Document, profile: Profile, scan: bool) -> tuple[_Unit, ...]:
    """The document's units. Bare words on a line of their own are a section's heading where the document has those of two sections; those of
    one must be surer to speak for an essay."""
    units = tuple(_units(document, profile, scan, BARE_HEADING))
    bare = {section for unit in units for section in unit.sections}
    return units if len(bare) != 1 else tuple(_units(document, profile, scan, SURE_HEADING))


def _units(document: Document, profile: Profile, scan: bool, least: float) -> Iterator[_Unit]:
    for page in document.pages:
        for block in page.blocks:
            if isinstance(block, Paragraph):
                yield _paragraph_unit(page.number, block, profile, scan, least)
            else:
                yield from _table_units(page.number, block, profile, scan, least)


def _paragraph_unit(page: int | None, block: Paragraph, profile: Profile, scan: bool, least: float) -> _Unit:
    text = "" if block.note else "".join(block.text.split())
    heading = heading_of(text, profile)
    if heading:
        return _Unit(page, block, heading)
    claim, weight = phrase_claim(text, profile, scan)
    if claim is None:
        claim, sections = _section_claim(block, page, profile, scan, least)
        return _Unit(page, block, None, claim, False, int(bool(sections)), sections)
    return _Unit(page, block, None, claim, False, weight)


def heading_of(text: str, profile: Profile) -> FormName | None:
    """The form whose heading this line (without white space) is."""
    if not text or len(text) > HEADING or re.search(r"[。；]", text) or _LISTING.match(text):
        return None
    for form in profile.forms:
        if any(re.search(pattern, text) for pattern in form.recognise):
            return form.name
    return None


def _section_claim(
    block: Paragraph | Table, page: int | None, profile: Profile, scan: bool, least: float
) -> tuple[FormName | None, frozenset[int]]:
    """The essay of which the block holds headings of sections, and of which sections."""
    for form in profile.forms:
        if form.kind == "essay":
            marks = section_marks(passages_of([(page, block)]), form.sections, scan)
            sections = frozenset(mark.section for mark in marks if mark.score >= least)
            if sections:
                return form.name, sections
    return None, frozenset()


def _table_units(page: int | None, table: Table, profile: Profile, scan: bool, least: float) -> Iterator[_Unit]:
    """The table cut where its rows change from one form to another, or where a form begins again."""
    rows = [_row_of(page, table, row, profile, scan, least) for row in range(table.rows)]
    cuts = [0]
    for number in range(1, len(rows)):
        if _begins(rows[cuts[-1] : number], rows[number : number + 3]):
            cuts.append(number)
    for first, end in pairwise([*cuts, len(rows)]):
        counts = sum((row.labels for row in rows[first:end]), Counter[FormName]())
        claim = max(counts, key=lambda form: counts[form], default=None)
        heading = next((row.heading for row in rows[first:end] if row.heading), None)
        firsts = any(claim in row.firsts for row in rows[first:end])
        block = _part(table, range(first, end)) if end - first < table.rows else table
        sections = frozenset(section for row in rows[first:end] for section in row.sections)
        yield _Unit(page, block, heading, claim, firsts, counts[claim] if claim else 0, sections)


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row says: how many labels (or phrases) of which form, forms whose first label it holds, a heading, headings of sections."""

    labels: Counter[FormName]
    firsts: frozenset[FormName]
    heading: FormName | None
    sections: frozenset[int] = frozenset()


def _begins(before: Sequence[_Row], coming: Sequence[_Row]) -> bool:
    """Whether another form begins with the first coming row: by a heading, a first label that came before, or the labels of the rows."""
    row = coming[0]
    counts = sum((r.labels for r in before), Counter[FormName]())
    if row.heading is not None and (counts or row.heading not in {r.heading for r in before}):
        return True
    held = max(counts, key=lambda form: counts[form], default=None)
    if held is None or not row.labels:
        return False
    if held in row.firsts and any(held in r.firsts for r in before) and counts[held] >= GRID_LABELS:
        return True
    ahead = sum((r.labels for r in coming), Counter[FormName]())
    return max(row.labels.values()) > row.labels[held] and max(ahead.values()) > 2 * ahead[held]


def _row_of(page: int | None, table: Table, row: int, profile: Profile, scan: bool, least: float) -> _Row:
    cells = [cell for cell in table.cells if cell.row == row]
    flows = [flow_of(line for block in cell.blocks for line in lines_in(block, page)) for cell in cells]
    alone = sum(not is_blank(plain(flow.text)) for flow in flows) == 1
    wide = [flow for cell, flow in zip(cells, flows, strict=True) if alone or cell.column_span >= 0.6 * table.columns]
    heading = next((form for flow in wide if (form := heading_of("".join(flow.text.split()), profile))), None)
    counts: Counter[FormName] = Counter()
    firsts: set[FormName] = set()
    for rule in profile.forms:
        if rule.kind not in {"grid", "rows"}:
            continue
        words = lexicon(rule)
        labels = [label for flow in flows if (label := match_label(flow, words, scan)) and label.rules]
        if not labels or (rule.kind == "rows" and len(column_names(labels)) < HEAD_LABELS):
            continue
        counts[rule.name] = len(labels)
        first = rule.blocks[0].fields[0].name if rule.blocks else ""
        if any(field.name == first for label in labels if label.score >= SURE_LABEL for _, field in label.rules[:1]):
            firsts.add(rule.name)
    if not counts:
        claim, weight = phrase_claim("".join("".join(flow.text.split()) for flow in flows), profile, scan)
        counts = Counter({claim: weight}) if claim else counts
    sections: frozenset[int] = frozenset()
    if not counts and heading is None:
        claim, sections = _section_claim(_part(table, range(row, row + 1)), page, profile, scan, least)
        counts = Counter({claim: len(sections)}) if claim else counts
    if "summary" in counts and counts["summary"] >= max(counts.values()):
        counts = Counter({"summary": counts["summary"]})
    return _Row(counts, frozenset(firsts), heading, sections)


def _part(table: Table, rows: Sequence[int]) -> Table:
    """These rows of the table as a table of their own."""
    first, last = rows[0], rows[-1]
    cells = tuple(
        replace(cell, row=max(cell.row, first) - first, row_span=min(cell.row + cell.row_span, last + 1) - max(cell.row, first))
        for cell in table.cells
        if cell.row <= last and cell.row + cell.row_span > first
    )
    return replace(table, rows=last - first + 1, cells=cells, continued=table.continued and first == 0)


# ------------------------------------------------------------------------------------------------ is there enough of it


def _checked(stretches: Sequence[Stretch], profile: Profile, scan: bool) -> tuple[Stretch, ...]:
    """Stretches with too little of their form become `other`; neighbours of no form on the same page are joined."""
    result: list[Stretch] = []
    for stretch in stretches:
        if stretch.form != "other" and not _enough(stretch, profile.form(stretch.form), scan):
            stretch = Stretch("other", stretch.blocks)
        before = result[-1] if result else None
        if before and before.form == stretch.form == "other" and before.pages[-1:] == stretch.pages[:1]:
            result[-1] = Stretch("other", before.blocks + stretch.blocks)
        else:
            result.append(stretch)
    return tuple(result)


def _enough(stretch: Stretch, form: FormRule, scan: bool) -> bool:
    """Whether enough of the form's labels, phrases or sections stand there."""
    text = squeezed(stretch.text)
    if form.kind == "essay":
        marks = section_marks(passages_of(stretch.blocks), form.sections, scan)
        named = sum(not mark.by_sense for mark in marks)
        return named >= 2 or ((named >= 1 or len(text) >= 400) and len(text) >= 120)
    hits = sum(holds(text, squeezed(landmark), scan) for landmark in form.landmarks)
    if form.kind == "letter":
        return hits >= PHRASES or (hits >= 1 and len(text) < 600)
    return hits >= (GRID_LABELS if form.kind == "grid" else HEAD_LABELS)

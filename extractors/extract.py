"""From a document to its forms: recognise them, read their fields, look at their seals and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.certificate import read_certificate
from extractors.confidence import weigh
from extractors.copies import kinds_of
from extractors.essay import read_essay
from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block, read_grid
from extractors.letter import read_letter
from extractors.marks import sealed, seals, signed, tone
from extractors.recognise import Stretch, recognise
from extractors.rows import read_rows
from extractors.submission import Field, Form
from extractors.ticks import ticked
from extractors.values import fields_of
from parsers.document import Document, Page, Paragraph
from profiles.profile import FieldRule, FormRule, Profile

# A note on forms in which nobody has written anything.
BLANK = "blank"

Read = tuple[tuple[Field, ...], tuple[str, ...], tuple[str, ...]]


def extract_forms(document: Document, *, message: str, file: str, profile: Profile) -> tuple[Form, ...]:
    """Every form of the document in the order it stands, pages of no form as `other`.

    `message` is the message's key, `file` the path a clerk sees; both are only put into the forms.
    """
    return tuple(
        _form(stretch, document, message, file, profile) for stretch in recognise(document, profile) if stretch.text.strip() or stretch.pages
    )


def _form(stretch: Stretch, document: Document, message: str, file: str, profile: Profile) -> Form:
    scan = document.medium == "scan"
    pages = [page for page in document.pages if page.number in stretch.pages] if scan else []
    numbers = stretch.pages
    base = Form(
        message,
        file,
        stretch.form,
        document.medium,
        (),
        stretch.text,
        numbers[0] if numbers else None,
        numbers[-1] if numbers else None,
        tone=tone(pages),
        seals=seals(pages),
    )
    if stretch.form == "other":
        return base
    rule = profile.form(stretch.form)
    fields, ticks, notes = _read(stretch.blocks, rule, scan)
    written = [field for field in fields if field.field not in {"word_count", "character_count"}]
    if not written and (rule.kind != "letter" or not scan):
        notes = (*notes, BLANK)
    if scan:
        fields = weigh(fields, kinds_of(rule), seals(pages))
    stamp, signature = _paper(rule, pages, stretch.blocks)
    return replace(base, fields=fields, ticks=ticks, notes=notes, sealed=stamp, signed=signature)


def _paper(rule: FormRule, pages: Sequence[Page], blocks: Sequence[Block]) -> tuple[bool | None, bool | None]:
    """Whether it is sealed and signed, where the form asks for them and paper can show them."""
    stamp = sealed(pages) if pages and (rule.need_seal or seals(pages)) else None
    return stamp, signed(pages, blocks) if pages and rule.need_signature else None


def _read(blocks: Sequence[Block], rule: FormRule, scan: bool) -> Read:
    """(fields, ticks, notes) by the kind of form."""
    if rule.kind == "rows":
        return read_rows(blocks, rule, scan), (), ()
    if rule.kind == "essay":
        fields, notes = read_essay(blocks, rule, scan)
        return fields, (), notes
    if rule.kind == "letter":
        reader = read_letter if rule.printed else read_certificate
        return reader(blocks, rule, scan), (), ()
    return _read_grid(blocks, rule, scan)


def _read_grid(blocks: Sequence[Block], rule: FormRule, scan: bool) -> Read:
    found = read_grid(blocks, rule, scan)
    fields = [field for field_rule, flow in found.values() for field in fields_of(rule.name, field_rule, flow, scan)]
    ticks: tuple[str, ...] = ()
    for head in rule.head:
        if head.choices:
            ticks, extra = _ticked_head(blocks, head, rule, scan)
            fields = [field for field in fields if field.field != head.name] + extra
    order = {field.name: index for index, field in enumerate(rule.fields())}
    order |= {name: order[field.name] for field in rule.fields() for name in field.yields}
    return tuple(sorted(fields, key=lambda field: order[field.field])), ticks, ()


def _ticked_head(blocks: Sequence[Block], head: FieldRule, rule: FormRule, scan: bool) -> tuple[tuple[str, ...], list[Field]]:
    """The words ticked in the form's head line, and the field where exactly one is."""
    best: tuple[int, tuple[str, ...], list[Field]] = (0, (), [])
    for flow in _candidate_lines(blocks):
        count = sum(choice in "".join(flow.text.split()) for choice in head.choices)
        if count > best[0]:
            marked = ticked(flow, head.choices, scan)
            fields = [Field(rule.name, head.name, marked[0], flow.text, 0, 1.0, flow.page, flow.box)] if len(marked) == 1 else []
            best = count, marked, fields
    return best[1], best[2]


def _candidate_lines(blocks: Sequence[Block]) -> list[Flow]:
    flows: list[Flow] = []
    for page, block in blocks:
        if isinstance(block, Paragraph):
            flows.append(flow_of(lines_in(block, page)))
        else:
            flows += [flow_of(line for inner in cell.blocks for line in lines_in(inner, page)) for cell in block.cells if len(cell.text) < 120]
    return flows

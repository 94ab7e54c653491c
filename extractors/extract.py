"""From a document to its forms: recognise them, read their fields, look at their seals and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.category import ticked_category
from extractors.certificate import read_certificate
from extractors.confidence import weigh
from extractors.copies import kinds_of
from extractors.essay import read_essay
from extractors.grid import Block, read_grid
from extractors.letter import read_letter
from extractors.marks import beside, sealed, seals, signed, tone
from extractors.recognise import Stretch, recognise
from extractors.rows import read_rows
from extractors.submission import Field, Form, FormName
from extractors.values import fields_of
from parsers.document import Document, Medium, Page, Paragraph
from profiles.profile import FormRule, Profile

# A note on forms in which nobody has written anything.
BLANK = "blank"

# Paragraphs and tables beyond which a document is no form and no 推荐材料, whatever it says: looking through it would hold up the others.
MOST_BLOCKS = 20_000

Read = tuple[tuple[Field, ...], tuple[str, ...], tuple[str, ...]]


def extract_forms(document: Document, *, message: str, file: str, profile: Profile) -> tuple[Form, ...]:
    """Every form of the document in the order it stands, pages of no form as `other`.

    `message` is the message's key, `file` the path a clerk sees; both are only put into the forms.
    """
    if sum(len(page.blocks) for page in document.pages) > MOST_BLOCKS:
        return (Form(message, file, "other", document.medium, ()),)
    stretches = [stretch for stretch in recognise(document, profile) if stretch.text.strip() or stretch.pages]
    return tuple(_form(stretch, _pages(stretch, stretches, document), document.medium, message, file, profile) for stretch in stretches)


def extract_as(document: Document, form: FormName, *, message: str, file: str, profile: Profile) -> Form:
    """The whole document as the form that a person says it is, whatever is recognised; it counts as written in even where nothing was read."""
    blocks = tuple((page.number if document.medium == "scan" else None, block) for page in document.pages for block in page.blocks)
    stretch = Stretch(form, blocks)
    found = _form(stretch, _pages(stretch, [stretch], document), document.medium, message, file, profile)
    return replace(found, notes=tuple(note for note in found.notes if note != BLANK))


def _pages(stretch: Stretch, stretches: Sequence[Stretch], document: Document) -> list[Page]:
    """The stretch's pages; of a page that several forms share only the stamps and ink beside its own lines."""
    if document.medium == "word":
        return []
    pages = [page for page in document.pages if page.number in stretch.pages]
    shared = {n for other in stretches if other is not stretch and other.form != "other" for n in other.pages}
    return [beside(page, stretch.blocks, [s.blocks for s in stretches]) if page.number in shared else page for page in pages]


def _form(stretch: Stretch, pages: Sequence[Page], medium: Medium, message: str, file: str, profile: Profile) -> Form:
    scan = medium == "scan"
    numbers = stretch.pages
    base = Form(
        message,
        file,
        stretch.form,
        medium,
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
        fields = weigh(fields, kinds_of(rule), seals(pages), {field.name for field in rule.fields() if field.by_hand})
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
    blocks = [(page, block) for page, block in blocks if not (isinstance(block, Paragraph) and block.note)]
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
            ticks, extra = ticked_category(blocks, head, rule, scan)
            fields = [field for field in fields if field.field != head.name] + list(extra)
    order = {field.name: index for index, field in enumerate(rule.fields())}
    order |= {name: order[field.name] for field in rule.fields() for name in field.yields}
    return tuple(sorted(fields, key=lambda field: order[field.field])), ticks, ()

"""What the page of one project shows, as plain values for its template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extractors.normal import is_about, tidy
from profiles.profile import FormRule, Profile
from review.highlight import Piece, differing, spanned
from review.words import CODES, RULES
from store.desk import Record, Said
from store.rows import FieldRow, FindingRow, PartRow, ProjectSheet, SpanRow, ValueRow
from texts import say, table

SURE, DOUBTED = 0.95, 0.8
LONG = 60
"""Characters from which a value gets a text area."""
SEVERITIES = ("ineligible", "error", "verify", "advice")
_COUNTED = frozenset({"word_count", "character_count"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the bytes of the file, the page (1-based), the corners as the page's script reads them, "" for a whole page."""

    sha256: str
    page: int
    box: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `id` is its anchor. `word`, `scan` are what was read, in pieces to be marked; `value` is what counts,
    `about` how it was written where that says about so much, else "".

    `sure` is `sure`, `fair`, `doubted`, or "" without a scan. `corrected` is the reviewer's value with who and when. `secret` values
    are masked unless they were asked for. `choices` are the words that may be ticked. `rules` are the open findings on it.
    """

    id: str
    form: str
    field: str
    label: str
    word: tuple[Piece, ...]
    scan: tuple[Piece, ...]
    place: Place | None
    where: str
    confidence: str
    sure: str
    value: str
    about: str
    agreement: str
    corrected: Said | None
    secret: bool
    choices: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def long(self) -> bool:
        """Whether the value is prose."""
        return len(self.value) > LONG

    @property
    def counted(self) -> bool:
        """Whether it is a count, which nobody corrects."""
        return self.field in _COUNTED


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a form that came: from where (`word`, `scan`), its words, its marks (`有章` …), its first page's place."""

    source: str
    text: str
    marks: tuple[tuple[str, str], ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Block:
    """One form: its title, the copies that came, its lines; `words` is (字数, limit) of a text that is limited. `legend` names its spans."""

    form: str
    title: str
    copies: tuple[Copy, ...]
    lines: tuple[Line, ...]
    words: tuple[int, int] | None
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: its key, the rule's Chinese `name`, `line` the anchor of its field, `place` that of its page, what a person `said`."""

    key: tuple[str, str | None, str, str | None, str | None]
    severity: str
    rule: str
    name: str
    text: str
    where: str
    line: str
    place: Place | None
    state: str
    said: Said | None


@dataclass(frozen=True, slots=True)
class Shot:
    """A page whose picture can be looked at: its place, and what it is (`附件2 提名书 第1页`)."""

    place: Place
    title: str


def anchor(form: str, field: str) -> str:
    """The id of a field's row on the page."""
    return f"f-{form}-{field}"


def hashes(sheet: ProjectSheet) -> dict[tuple[str, str], str]:
    """The bytes' hash of every file of the project's messages by (message, path)."""
    return {(file.message, file.path): file.sha256 for file in sheet.files}


def blocks(sheet: ProjectSheet, record: Record, full: Mapping[tuple[str, str, str], str], profile: Profile) -> tuple[Block, ...]:
    """The forms of a project in the campaign's order, those that did not come left out. `full` are the sensitive values to be shown in full."""
    made = (_block(sheet, record, full, form, profile) for form in profile.forms if form.name != "summary")
    return tuple(block for block in made if block.copies or block.lines)


def _block(sheet: ProjectSheet, record: Record, full: Mapping[tuple[str, str, str], str], form: FormRule, profile: Profile) -> Block:
    files = hashes(sheet)
    copies = tuple(_copy(part, files) for part in sheet.parts if part.form == form.name and part.used)
    read = {(row.field, row.source): row for row in sheet.fields if row.form == form.name and row.row == 0}
    chosen = {row.field: row for row in sheet.values if row.form == form.name}
    spans: dict[str, list[SpanRow]] = {}
    for span in record.spans:
        if span.form == form.name:
            spans.setdefault(span.field, []).append(span)
    labels = _labels(form)
    broken = {row.field for row in sheet.findings if row.form == form.name and row.field}
    present = {field for field, _ in read} | set(chosen) | broken | {name for place, name in record.corrections if place == form.name}
    ordered = [name for name in labels if name in present or copies] + sorted(present - set(labels))
    reader = _Reader(form, labels, record, full, files, sheet.findings)
    lines = tuple(
        reader.line(name, (read.get((name, "word")), read.get((name, "scan"))), chosen.get(name), tuple(spans.get(name, ())))
        for name in ordered
    )
    seen = {span.label for line_spans in spans.values() for span in line_spans}
    legend = tuple((code, word) for code, word in table("spans").items() if code in seen)
    return Block(form.name, form.title, copies, lines, _limited(form, chosen, profile), legend)


def _limited(form: FormRule, chosen: Mapping[str, ValueRow], profile: Profile) -> tuple[int, int] | None:
    count = chosen.get("word_count")
    if form.kind != "essay" or count is None or not count.value.isdecimal():
        return None
    return int(count.value), profile.limits.recommendation


def _labels(form: FormRule) -> dict[str, str]:
    """Label by field, in the order of the form."""
    special = table("field_labels")
    found: dict[str, str] = {}
    for rule in form.fields():
        for name in rule.yields or (rule.name,):
            found[name] = special.get(name, rule.label)
    found.update({section.name: section.label for section in form.sections})
    if form.kind == "essay":
        found.update({name: special[name] for name in ("word_count", "character_count")})
    return found


def _copy(part: PartRow, files: Mapping[tuple[str, str], str]) -> Copy:
    pages = "" if part.first_page is None else say("desk.pages", first=part.first_page, last=part.last_page)
    if part.first_page == part.last_page and part.first_page is not None:
        pages = say("desk.page", page=part.first_page)
    marks = [(kind, say(f"desk.{kind}")) for kind in (_mark("sealed", part.sealed), _mark("signed", part.signed)) if kind]
    sha256 = files.get((part.message, part.file), "")
    place = Place(sha256, part.first_page) if part.source == "scan" and sha256 and part.first_page else None
    return Copy(part.source, f"{CODES['source'][part.source]}：{part.file} {pages}".rstrip(), tuple(marks), place)


def _mark(what: str, value: int | None) -> str:
    return "" if value is None else what if value else f"not_{what}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes the lines of one form."""

    form: FormRule
    labels: Mapping[str, str]
    record: Record
    full: Mapping[tuple[str, str, str], str]
    files: Mapping[tuple[str, str], str]
    findings: tuple[FindingRow, ...]

    def line(self, name: str, read: tuple[FieldRow | None, FieldRow | None], chosen: ValueRow | None, spans: tuple[SpanRow, ...]) -> Line:
        """The line of field `name`; `read` is Word's row and the scan's."""
        word, scan = read
        form = self.form.name
        rule = next((rule for rule in self.form.fields() if name in (rule.yields or (rule.name,))), None)
        values = {source: self.full.get((form, name, source), row.value if row else "") for source, row in (("word", word), ("scan", scan))}
        corrected = self.record.corrections.get((form, name))
        value = corrected.value if corrected else chosen.value if chosen else ""
        if (form, name, "review") in self.full and corrected:
            value = self.full[form, name, "review"]
        shown_word, shown_scan = differing(values["word"], values["scan"]) if word and scan else ((), ())
        marked = "word" if word else "scan"
        pieces = {"word": shown_word or spanned(values["word"], ()), "scan": shown_scan or spanned(values["scan"], ())}
        if spans:
            pieces[marked] = spanned(values[marked], spans)
        confidence, read_first = scan.confidence if scan else None, word or scan
        return Line(
            id=anchor(form, name),
            form=form,
            field=name,
            label=self.labels.get(name, name),
            word=pieces["word"],
            scan=pieces["scan"],
            place=self._place(scan),
            where=say("desk.page", page=scan.page) if scan and scan.page else "",
            confidence="" if confidence is None else f"{confidence:.0%}",
            sure="" if confidence is None else "sure" if confidence >= SURE else "fair" if confidence >= DOUBTED else "doubted",
            value=value,
            about=tidy(read_first.raw) if read_first and rule and rule.kind in ("amount", "count") and is_about(read_first.raw) else "",
            agreement=chosen.agreement if chosen else "corrected" if corrected else "",
            corrected=corrected,
            secret=bool(rule and rule.sensitive),
            choices=rule.choices if rule and rule.kind in ("choice", "yes_no") else (),
            rules=tuple(RULES.get(row.rule, row.rule) for row in self.findings if (row.form, row.field, row.state) == (form, name, "open")),
        )

    def _place(self, scan: FieldRow | None) -> Place | None:
        sha256 = self.files.get((scan.message, scan.file), "") if scan else ""
        if scan is None or not sha256 or not scan.page:
            return None
        corners = (scan.x0, scan.y0, scan.x1, scan.y1)
        box = "" if None in corners else ",".join(f"{side:.4f}" for side in corners if side is not None)
        return Place(sha256, scan.page, box)


def remarks(findings: tuple[FindingRow, ...], record: Record, sheet: ProjectSheet) -> tuple[Remark, ...]:
    """The findings, the gravest first, dismissed ones last."""
    files = hashes(sheet)
    ordered = sorted(findings, key=lambda row: (row.state != "open", SEVERITIES.index(row.severity), row.rule, row.field or ""))
    return tuple(_remark(row, record, files, sheet) for row in ordered)


def _remark(row: FindingRow, record: Record, files: Mapping[tuple[str, str], str], sheet: ProjectSheet) -> Remark:
    key = (row.message, row.project, row.rule, row.form, row.field)
    said = record.verdicts.get(key)
    return Remark(
        key,
        row.severity,
        row.rule,
        RULES.get(row.rule, row.rule),
        row.text,
        " ".join(part for part in (row.file or "", say("desk.page", page=row.page) if row.page else "") if part),
        anchor(row.form, row.field) if row.form and row.field and row.project else "",
        _place_of(row, files, sheet),
        row.state if row.state != "open" or said is None else said.value,
        said,
    )


def _place_of(row: FindingRow, files: Mapping[tuple[str, str], str], sheet: ProjectSheet) -> Place | None:
    """The page that a finding is about: its own, else the first of its form's scan."""
    if row.file and row.page:
        found = next((sha256 for (_, path), sha256 in files.items() if path == row.file), "")
        if found:
            return Place(found, row.page)
    for part in sheet.parts:
        if part.form == row.form and part.source == "scan" and part.used and part.first_page:
            sha256 = files.get((part.message, part.file), "")
            return Place(sha256, part.first_page) if sha256 else None
    return None


def shots(sheet: ProjectSheet, record: Record, profile: Profile) -> tuple[Shot, ...]:
    """Every page of the project's scans in the campaign's order, then those of the 汇总表."""
    files = hashes(sheet)
    order = [form.name for form in profile.forms if form.name != "summary"]
    titles: dict[str, str] = {form.name: f"{form.attachment} {form.title}".strip() for form in profile.forms}
    scans = [part for part in (*sheet.parts, *record.shared) if part.source == "scan" and part.first_page]
    scans.sort(key=lambda part: (order.index(part.form) if part.form in order else len(order), not part.used, part.file, part.first_page or 0))
    found: dict[tuple[str, int], Shot] = {}
    for part in scans:
        sha256 = files.get((part.message, part.file), "")
        for page in range(part.first_page or 1, (part.last_page or part.first_page or 1) + 1) if sha256 else ():
            title = f"{titles.get(part.form, say('desk.other_form'))} {say('desk.page', page=page)}" + ("" if part.used else say("desk.unused"))
            found.setdefault((sha256, page), Shot(Place(sha256, page), title))
    return tuple(found.values())

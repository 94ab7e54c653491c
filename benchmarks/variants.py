"""How well unseen Word messages are read: `python -m benchmarks.variants --seeds 1-30` makes each seed's mails and scores them in process.

The real rooms in their order (open, read, extract, assemble, judge), without sandbox and database; the scorer is `tests/store/score.py`.
Prints the misses, for each measure right / of / share over all seeds, and what is left to a person (`verify`), by rule.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from checks.judge import judge
from checks.register import Register, entries_of, neighbours
from extractors.assemble import assemble
from extractors.extract import extract_forms
from extractors.reading import make_reading
from extractors.submission import Form, Reading, SourceFile, Submission
from fixtures.make_variants import a_mailbox
from intake.limits import UnpackLimits
from intake.opening import open_message
from intake.originals import Originals
from intake.take import take_in
from parsers.limits import ReadLimits
from parsers.reading import read_document, read_old_documents
from profiles.load import load_profile
from profiles.profile import Profile
from tests.store import score

VIEWS = {
    "message_list": ("message", "message_id", "subject", "unit", "status"),
    "file_list": ("message", "path", "status"),
    "field_list": ("project", "message", "form", "row", "field", "source", "value", "confidence", "file", "page"),
    "part_list": ("message", "project", "form", "source", "sealed", "signed"),
    "project_list": ("project", "message", "project_name", "status"),
    "finding_list": ("message", "project", "rule", "field", "severity"),
}
Rows = Iterator[tuple[str, tuple[object, ...]]]


def read(mail: bytes, profile: Profile) -> Reading:
    """The reading of one mail, in this process."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "in.eml").write_bytes(mail)
        originals = Originals(work / "originals")
        taken = next(iter(take_in([work / "in.eml"], originals)))
        message = open_message(taken, work / "originals", work, UnpackLimits(), profile.subject_words)  # type: ignore[arg-type]
        files: list[SourceFile] = []
        forms: list[Form] = []
        waiting = {one.sha256: (work / one.sha256, one.path) for one in message.attachments if one.status == "waiting"}
        old = read_old_documents(waiting, work, ReadLimits())
        for one in message.attachments:
            status = one.status
            if status == "waiting":
                document = old.get(one.sha256) or read_document(*waiting[one.sha256], work, ReadLimits())
                forms += extract_forms(document, message=message.key, file=one.path, profile=profile)
                status = "parsed"
            files.append(SourceFile(one.path, one.sha256, one.media_type, one.size, status))
        return make_reading(message, files, forms, profile)


def database(submissions: Sequence[Submission], profile: Profile) -> sqlite3.Connection:
    """What the scorer reads, as tables in memory."""
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    for view, columns in VIEWS.items():
        db.execute(f"CREATE TABLE {view} ({', '.join(columns)})")
    entries = entries_of(submissions, lambda number: number)
    register = Register(neighbours(entries, entries))
    for n, submission in enumerate(submissions):
        others = (*submissions[:n], *submissions[n + 1 :])
        for view, values in _rows(submission, others, register, profile):
            db.execute(f"INSERT INTO {view} VALUES ({', '.join('?' * len(values))})", values)
    return db


def _rows(submission: Submission, others: Sequence[Submission], register: Register, profile: Profile) -> Rows:
    key = submission.message
    yield "message_list", (key, submission.message_id, submission.subject, submission.unit, "processed")
    for file in submission.files:
        yield "file_list", (key, file.path, file.status)
    findings = judge(submission, others, register, profile)
    for finding in findings:
        yield "finding_list", (key, finding.project, finding.rule, finding.field, finding.severity)
    for project in submission.projects:
        own = {f.severity for f in findings if f.project == project.key}
        kinds = (("ineligible", "ineligible"), ("error", "incomplete"), ("verify", "review"))
        yield "project_list", (project.key, key, project.name, next((s for k, s in kinds if k in own), "complete"))
        for form in project.forms:
            yield from _form_rows(form, project.key)
    for form in submission.summaries:
        yield from _form_rows(form, None)


def _form_rows(form: Form, project: str | None) -> Rows:
    yield "part_list", (form.message, project, form.form, form.source, form.sealed, form.signed)
    for f in form.fields:
        yield "field_list", (project, form.message, form.form, f.row, f.field, form.source, f.value, f.confidence, form.file, f.page)


def score_seed(seed: int, profile: Profile, *, old: bool = False, doubts: Counter[tuple[str, bool]] | None = None) -> Any:
    """The scorer's tally of one seed. `doubts` counts its findings to verify by rule, and whether the truth has them."""
    mails = a_mailbox(seed, old=old)
    readings = [read(data, profile) for data, _ in mails]
    db = database(assemble(readings, profile), profile)
    truths = [truth for _, truth in mails]
    if doubts is not None:
        known = {rule for truth in truths for one in (truth, *truth["projects"]) for rule, _field in one["findings"]}
        rows = db.execute("SELECT rule FROM finding_list WHERE severity = 'verify'")
        doubts.update((rule, rule in known) for (rule,) in rows)
    return score.score(db, {"messages": truths})


def main() -> None:
    """Score the seeds and print what was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", default="1-30", help="first-last")
    parser.add_argument("--errors", type=int, default=60, help="misses to print")
    parser.add_argument("--only", default="", help="print only misses of measures that hold this word")
    parser.add_argument("--old", action="store_true", help="the files saved as .doc, .wps, .rtf and .xls (LibreOffice, half a minute a seed)")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    profile = load_profile("zhenjiang_2024")
    right, total, doubts = Counter[str](), Counter[str](), Counter[tuple[str, bool]]()
    printed = 0
    for seed in range(int(first), int(last or first) + 1):
        tally = score_seed(seed, profile, old=options.old, doubts=doubts)
        right.update(tally.right)
        total.update(tally.total)
        for measure, _where, *miss in tally.misses:
            if options.only in measure and printed < options.errors:
                printed += 1
                print(f"seed {seed}: {measure}: {' | '.join(miss)}"[:260])
    for measure in sorted(total):
        print(f"{measure:28} {right[measure]:6} of {total[measure]:6}  {100 * right[measure] / total[measure]:6.2f} %")
    for (rule, wanted), count in sorted(doubts.items()):
        print(f"to verify: {rule:22} {count:6}  {'as in the truth' if wanted else 'not in the truth'}")


if __name__ == "__main__":
    main()

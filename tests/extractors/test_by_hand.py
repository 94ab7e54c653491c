"""A person says what a file is and whose: forms move, keys stay, a project that was none vanishes, later versions take over."""

from dataclasses import dataclass, replace

from extractors.assemble import assemble
from extractors.by_hand import HAND, below, told_forms, unread
from extractors.submission import Form, SourceFile
from intake.message import Attachment, Hand, Message, Taken
from intake.opening import deliveries
from tests.extractors.test_assemble import PROFILE, A, B, certificate, commitment, everything, nomination, reading, summary


@dataclass(frozen=True)
class Word:
    message: str
    position: int
    project: str


def with_files(made):
    """The reading with a row for each of its forms' files."""
    paths = dict.fromkeys(form.file for form in made.forms)
    return replace(made, files=tuple(SourceFile(path, "", "", 0, "parsed") for path in paths))


def position(made, file: str) -> int:
    return [row.path for row in made.files].index(file)


def by_hand(form: Form) -> Form:
    return replace(form, notes=(HAND,))


def test_a_named_form_counts_for_its_project_and_changes_no_key():
    other = Form("m1", "说明.txt", "other", "word", ())
    named = by_hand(Form("m1", "说明.txt", "certificate", "word", ()))
    one = with_files(reading(summary(A, B), *everything(A, lambda n: f"甲/{n}"), *everything(B, lambda n: f"乙/{n}"), other, named))
    (plain,) = assemble([one], PROFILE)
    assert [len(project.forms) for project in plain.projects] == [8, 8] and [form.file for form in plain.others] == ["说明.txt"]
    second = plain.projects[1].key
    (made,) = assemble([one], PROFILE, assigned=[Word("m1", position(one, "说明.txt"), second)])
    assert [project.key for project in made.projects] == [project.key for project in plain.projects]
    assert made.projects[1].form("certificate", "word") is not None and made.others == ()


def test_a_file_put_into_the_wrong_project_moves_and_goes_before_the_copy_there():
    wrong = commitment(B, "乙/附件4.pdf", "scan", signed_date="2024-03-02")
    one = with_files(reading(summary(A, B), *everything(A, lambda n: f"甲/{n}"), *everything(B, lambda n: f"乙/{n}"), wrong))
    (plain,) = assemble([one], PROFILE)
    first, second = plain.projects
    (made,) = assemble([one], PROFILE, assigned=[Word("m1", position(one, "乙/附件4.pdf"), first.key)])
    assert made.projects[0].form("commitment", "scan").file == "乙/附件4.pdf"
    assert "甲/附件4.pdf" in {form.file for form in made.projects[0].unused}
    assert made.projects[1].form("commitment", "scan") is None and made.projects[1].key == second.key


def test_a_project_that_is_left_without_a_form_vanishes_and_the_version_before_is_current_again():
    one = with_files(reading(*everything(A, lambda n: n)))
    stray = with_files(reading(nomination(A, "重发.pdf", "scan", message="m2"), key="m2", day=9))
    before, after = assemble([one, stray], PROFILE)
    assert before.projects[0].superseded_by == after.projects[0].key
    lone = with_files(reading(replace(certificate(B, "证明2.pdf"), message="m3"), key="m3", day=10))
    *_, third = assemble([one, stray, lone], PROFILE)
    assert third.projects
    first, second, last = assemble([one, stray, lone], PROFILE, assigned=[Word("m3", 0, before.projects[0].key)])
    assert last.projects == ()
    assert first.projects[0].form("certificate", "scan").file == "证明2.pdf"
    assert second.projects[0].form("certificate", "scan").file == "证明2.pdf", "the version after takes it over"


def test_a_word_about_a_project_of_somebody_else_changes_nothing():
    one = with_files(reading(*everything(A, lambda n: n)))
    assert assemble([one], PROFILE, assigned=[Word("m1", 0, "p0"), Word("m9", 0, "p1"), Word("m1", 99, "p1")]) == assemble([one], PROFILE)


def test_what_is_said_of_a_file_holds_for_what_came_in_it_and_only_while_its_bytes_are_the_same():
    files = (Attachment("材料.zip", "aa", 1, "application/zip", "parsed"), Attachment("链接", "", 0, "", "failed", "没有来"))
    message = Message("m1", "", None, "", "", "", None, files)
    told = told_forms(message, (Hand(0, "aa", "", "certificate"), Hand(1, "bb", "", "person"), Hand(7, "", "", "person")))
    assert told == {"材料.zip": "certificate"}
    assert below(told, "材料.zip/证明.pdf") == "certificate" and below(told, "材料.zipx") is None
    (bare,) = unread(message, replace(files[1], media_type="application/pdf"), "certificate")
    assert (bare.source, bare.fields, bare.notes) == ("scan", (), (HAND,))


def test_opening_a_message_needs_the_lists_of_what_people_gave():
    mail = Taken("a" * 64, "mail", "/mail", "1.eml", hands=(Hand(0, "aa", "b" * 64), Hand(1, "bb", "", "person")))
    assert [delivered.sha256 for delivered in deliveries(mail)] == ["b" * 64]
    assert [delivered.sha256 for delivered in deliveries(replace(mail, kind="delivery"))] == ["a" * 64, "b" * 64]

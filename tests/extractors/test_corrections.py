"""A reviewer's value counts, changes no key, and lasts as long as what it corrected is read the same."""

from dataclasses import dataclass, replace

from extractors.corrections import with_corrections
from extractors.submission import Choice, Project


@dataclass(frozen=True)
class Correction:
    project: str
    form: str
    field: str
    value: str


def version(key: str, mobile: str, after: str | None = None) -> Project:
    choices = (Choice("person", "mobile", mobile, "scan", "one-sided"), Choice("nomination", "project_name", "旧名", "word", "same"))
    return Project(key, "m", "u", "旧名", (), choices=choices, superseded_by=after)


def test_the_reviewers_value_counts_and_the_key_stays():
    done = with_corrections(
        {"a": version("a", "1")}, [Correction("a", "nomination", "project_name", "新名"), Correction("b", "person", "mobile", "9")]
    )
    assert (done["a"].key, done["a"].name, done["a"].value("nomination", "project_name")) == ("a", "新名", "新名")
    assert [choice.agreement for choice in done["a"].choices] == ["one-sided", "corrected"]


def test_a_value_nobody_read_can_be_added_and_one_that_was_read_be_emptied():
    done = with_corrections({"a": version("a", "1")}, [Correction("a", "person", "email", "a@b.c"), Correction("a", "person", "mobile", "")])
    assert done["a"].value("person", "email") == "a@b.c" and done["a"].value("person", "mobile") is None


def test_a_later_version_keeps_a_correction_only_of_what_is_read_the_same():
    first = version("a", "1", after="b")
    corrections = [Correction("a", "person", "mobile", "9")]
    assert with_corrections({"a": first, "b": version("b", "1")}, corrections)["b"].value("person", "mobile") == "9"
    assert with_corrections({"a": first, "b": version("b", "2")}, corrections)["b"].value("person", "mobile") == "2"
    own = [*corrections, Correction("b", "person", "mobile", "8")]
    assert with_corrections({"a": first, "b": version("b", "1")}, own)["b"].value("person", "mobile") == "8"


def test_without_corrections_nothing_changes():
    projects = {"a": version("a", "1"), "b": replace(version("b", "2"), name="x")}
    assert with_corrections(projects, ()) == projects

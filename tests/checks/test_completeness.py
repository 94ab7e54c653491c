import pytest

from tests.checks.builder import CITY, Draft, Mail, broken, findings, told


def test_nothing_is_found_on_a_flawless_project():
    assert broken(Draft()) == set()


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ("nomination", "missing-nomination"),
        ("person", "missing-person"),
        ("commitment", "missing-commitment"),
        ("recommendation", "missing-recommendation"),
        ("certificate", "missing-certificate"),
    ],
)
def test_a_form_that_came_in_no_source_is_asked_for(form, rule):
    draft = Draft()
    draft.word.pop(form, None)
    draft.scan.pop(form, None)
    assert broken(draft) == {(rule, None)}


def test_forms_of_word_that_came_only_as_a_scan_are_named_together():
    draft = Draft()
    for form in ("person", "commitment"):
        draft.word.pop(form)
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "missing-word")
    assert found.severity == "error"
    assert "附件3" in found.text and "附件4" in found.text
    assert broken(draft) == {("missing-word", None)}


def test_missing_word_is_said_of_a_recommendation_that_came_only_as_a_scan():
    draft = Draft()
    draft.scan["recommendation"] = draft.word.pop("recommendation")
    assert broken(draft) == {("missing-word", None)}


def test_missing_scan_is_said_of_forms_that_came_only_in_word():
    draft = Draft()
    draft.scan.pop("nomination")
    draft.scan.pop("commitment")
    assert broken(draft) == {("missing-scan", None)}


def test_missing_scan_asks_for_no_scan_of_the_recommendation():
    assert "recommendation" not in Draft().scan
    assert broken(Draft()) == set()


@pytest.mark.parametrize("form", ["nomination", "certificate"])
def test_no_seal_on_a_colour_scan_is_an_error(form):
    draft = Draft()
    draft.sealed[form] = False
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "no-seal")
    assert (found.severity, found.form) == ("error", form)
    assert broken(draft) == {("no-seal", None)}


@pytest.mark.parametrize("tone", ["grey", "one-bit"])
def test_no_seal_on_a_scan_without_colour_is_for_a_person_to_see(tone):
    draft = Draft(tone={"nomination": tone})
    draft.sealed["nomination"] = False
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "no-seal")
    assert found.severity == "verify"


def test_no_seal_on_the_scanned_summary_belongs_to_the_message():
    (found,) = (f for f in findings(Mail(sealed=False)) if f.rule == "no-seal")
    assert found.project is None and found.form == "summary"


def test_not_signed_is_said_of_a_commitment_without_handwriting():
    assert broken(Draft(signed=False)) == {("not-signed", None)}


def test_no_signed_date_is_said_when_neither_version_has_one():
    draft = Draft()
    draft.scan["commitment"].pop("signed_date")
    assert broken(draft) == {("no-signed-date", "signed_date")}


def test_a_date_written_by_hand_on_the_scan_alone_is_no_difference():
    assert "signed_date" not in Draft().word["commitment"]
    assert broken(Draft()) == set()


@pytest.mark.parametrize(
    ("form", "field"), [("nomination", "domain"), ("person", "email"), ("person", "union_phone"), ("nomination", "transferred_firms")]
)
def test_a_required_cell_that_is_empty_everywhere_is_one_missing_field(form, field):
    assert broken(Draft().write(form, **{field: ""})) == {("missing-field", field)}


def test_a_cell_with_one_side_blank_is_no_missing_field_but_for_a_person_to_see():
    draft = Draft()
    draft.scan["person"]["email"] = ""
    assert broken(draft) == {("word-scan-unsure", "email")}


@pytest.mark.parametrize("field", ["summary_other", "competition_results"])
def test_cells_that_may_stay_empty_are_no_missing_field(field):
    assert broken(Draft().write("nomination", **{field: ""})) == set()


def test_degree_certificate_numbers_and_awards_are_no_missing_field():
    draft = Draft().write("person", degree="", skill_cert_no="", title_cert_no="")
    draft.write("nomination", award_1_year="", award_1_name="", award_1_grantor="")
    assert broken(draft) == set()


def test_of_skill_and_title_one_is_enough():
    assert broken(Draft().write("person", skill_level="")) == set()
    assert broken(Draft().write("person", title="")) == set()
    assert broken(Draft().write("person", skill_level="", title="")) == {("missing-field", "skill_level")}


def test_an_empty_period_is_missing_at_both_ends_and_not_unclear_besides():
    assert broken(Draft().write("nomination", period_start="", period_end="")) == {
        ("missing-field", "period_start"),
        ("missing-field", "period_end"),
    }


def test_a_period_without_a_start_lacks_it():
    assert broken(Draft().write("nomination", period_start="")) == {("missing-field", "period_start")}


@pytest.mark.parametrize("written", ["无", "/", "0"])
def test_what_someone_wrote_is_a_value(written):
    assert broken(Draft().write("nomination", summary_quality=written)) == set()


def test_an_empty_cell_of_the_row_is_a_missing_field_of_the_summary():
    draft = Draft()
    draft.row["phone"] = ""
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "missing-field")
    assert (found.form, found.field, found.project) == ("summary", "phone", "p1")


def test_a_running_number_that_was_left_out_is_nobodys_fault():
    draft = Draft()
    draft.row["seq"] = ""
    assert broken(draft) == set()


def test_funding_missing_is_said_of_a_service_invention_alone():
    assert broken(Draft().write("nomination", funding_source="")) == {("funding-missing", "funding_source")}
    assert broken(Draft().write("nomination", funding_source="", service_invention="否")) == set()


@pytest.mark.parametrize("ticks", [(), ("小革新", "小发明")])
def test_category_not_single_when_none_or_several_are_ticked(ticks):
    draft = Draft(ticks=ticks).write("nomination", category="")
    assert broken(draft) == {("category-not-single", "category")}


@pytest.mark.parametrize("field", ["section_introduction", "section_practice", "section_results"])
def test_a_missing_section_is_named(field):
    draft = Draft()
    draft.word["recommendation"][field] = ""
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "missing-section")
    assert found.field == field
    section = next(s.label for s in CITY.form("recommendation").sections if s.name == field)
    assert section in found.text
    assert told(findings(Mail([draft]))) == {("missing-section", field)}


def test_section_order_is_advice():
    (found,) = (f for f in findings(Mail([Draft(notes={"recommendation": ("section-order",)})])) if f.rule != "quota")
    assert (found.rule, found.severity) == ("section-order", "advice")

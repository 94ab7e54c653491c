from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.identifiers import first_day, id_is_male, id_problem, is_email, is_mobile, is_phone
from tests.checks.builder import PERSON, Draft, Mail, broken, findings

DAY = date(2024, 4, 10)


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("person", "id_number", "321102198504121030"),
        ("person", "id_number", "32110219850412103"),
        ("person", "mobile", "1391280041"),
        ("person", "mobile", "12912800417"),
        ("person", "email", "hecl.beigu-steel.com"),
        ("person", "email", "hecl@beigu"),
        ("person", "postcode", "21200"),
        ("person", "unit_postcode", "2120021"),
        ("person", "unit_contact_mobile", "1855"),
        ("person", "union_phone", "05118"),
        ("person", "union_email", "gh＠"),
        ("nomination", "internal_benefit", "若干"),
        ("nomination", "transferred_firms", "几家"),
        ("nomination", "period_end", "2023-13"),
        ("nomination", "period_start", "2022-02-30"),
    ],
)
def test_a_value_that_cannot_be_right_is_one_invalid_field(form, field, value):
    draft = Draft().write(form, **{field: value})
    draft.row["phone"] = draft.word["person"]["mobile"]
    assert broken(draft) == {("invalid-field", field)}


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("person", "unit_contact_mobile", "85551207"),
        ("person", "unit_contact_mobile", "02583551207"),
        ("person", "union_phone", "4008123456"),
        ("nomination", "internal_benefit", "无"),
        ("nomination", "transfer_income", "/"),
        ("nomination", "transferred_firms", "0"),
        ("nomination", "internal_benefit", "1200.55"),
        ("nomination", "period_end", "2023-12-31"),
        ("person", "email", "gh_08-2@qq.com"),
    ],
)
def test_a_value_that_can_be_right_is_no_invalid_field(form, field, value):
    assert broken(Draft().write(form, **{field: value})) == set()


def test_an_invalid_id_number_is_shown_masked_and_judged_for_nothing_else():
    draft = Draft().write("person", id_number="321102198504121020", gender="男")
    (found,) = (f for f in findings(Mail([draft])) if f.rule != "quota")
    assert found.rule == "invalid-field"
    assert "321102198504121020" not in found.text and "3211**********1020" in found.text


def test_a_scan_alone_that_is_not_sure_is_for_a_person_to_see():
    draft = Draft(confidence={"email": 0.6})
    draft.word.pop("person")
    draft.scan["person"]["email"] = "hecl@beigu-steelcom"
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "invalid-field")
    assert found.severity == "verify"


def test_a_misread_scan_beside_a_good_word_version_is_no_invalid_field():
    draft = Draft(agreement={"email": "unsure"})
    draft.scan["person"]["email"] = "hecl@beigu-steel，com"
    assert broken(draft) == {("word-scan-unsure", "email")}


def test_an_end_before_its_start_is_an_invalid_field():
    assert broken(Draft().write("nomination", period_start="2023-06", period_end="2022-05")) == {("invalid-field", "period_end")}


def test_a_year_that_begins_and_ends_the_project_is_valid():
    assert broken(Draft().write("nomination", period_start="2023-06", period_end="2023")) == set()


def test_a_category_that_is_none_of_the_five_is_an_invalid_field_of_the_row():
    draft = Draft()
    draft.row["category"] = "发明专利"
    assert broken(draft) == {("invalid-field", "category")}


def test_an_invalid_phone_in_the_summarys_head_belongs_to_the_message():
    mail = Mail(head={"contact_phone": "123", "nominating_unit": "润州区总工会"})
    (found,) = (f for f in findings(mail) if f.rule == "invalid-field")
    assert (found.project, found.form, found.field) == (None, "summary", "contact_phone")


def test_inconsistent_id_when_the_number_says_another_sex():
    assert broken(Draft().write("person", gender="女")) == {("inconsistent-id", "id_number")}
    (found,) = (f for f in findings(Mail([Draft().write("person", gender="女")])) if f.rule == "inconsistent-id")
    assert PERSON["id_number"] not in found.text


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("11010519491231002X", ""),
        ("321112198504121037", ""),
        ("440524188001010014", "date"),
        ("321102198513121038", "date"),
        ("001102198504121038", "region"),
        ("３２1102198504121038", "length"),
        ("321102850412103", "length"),
    ],
)
def test_an_id_number_is_judged_by_the_national_standard(number, problem):
    assert id_problem(number, DAY) == problem


def test_the_example_of_the_national_standard_is_valid_and_a_womans():
    assert id_problem("11010519491231002X", DAY) == ""
    assert not id_is_male("11010519491231002X")


@given(st.text(max_size=40))
def test_no_text_breaks_a_check_of_an_identifier(text):
    for check in (is_mobile, is_email, lambda t: is_phone(t, "0511")):
        assert check(text) in (True, False)
    assert isinstance(id_problem(text, DAY), str)
    day = first_day(text)
    assert day is None or day.year >= 1

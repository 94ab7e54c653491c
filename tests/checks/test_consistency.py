import pytest

from tests.checks.builder import CITY, COMMITMENT, Draft, Mail, broken, findings, letter, told

OTHER_ROW = {
    "seq": "2",
    "project_name": "钢包烘烤器点火改造",
    "implementing_unit": "镇江某炉料有限公司",
    "main_completers": "高志远",
    "category": "小革新",
}


def text_of(draft, rule):
    return next((f.text for f in findings(Mail([draft])) if f.rule == rule), None)


def test_project_without_summary_when_no_row_speaks_of_it():
    draft = Draft(row=None)
    mail = Mail([draft, Draft().copy("p2").renamed("冷床齿条快速定位工装")])
    found = [f for f in findings(mail) if f.rule == "project-without-summary"]
    assert [f.project for f in found] == ["p1"]


def test_project_without_summary_is_not_said_when_no_summary_came():
    assert ("project-without-summary", None) not in broken(Draft(row=None), sources=())


def test_project_without_summary_is_settled_by_a_later_message():
    later = Mail([], message="m2", rows=[Draft().row])
    assert told(findings(Mail([Draft(row=None)], rows=[OTHER_ROW]), later)) == {("summary-without-project", "project_name")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_name", "轧机导卫更换装置"),
        ("implementing_unit", "镇江南山钢管有限公司"),
        ("main_completers", "谢晓云、贺长林"),
        ("category", "小发明"),
        ("phone", "13912800471"),
    ],
)
def test_summary_mismatch_names_the_summarys_field(field, value):
    draft = Draft()
    draft.row[field] = value
    assert broken(draft) == {("summary-mismatch", field)}


@pytest.mark.parametrize("phone", ["051185551207", "85551207", "13605286632", "13912800417"])
def test_the_summarys_phone_agrees_with_any_phone_of_the_person_form(phone):
    draft = Draft()
    draft.row["phone"] = phone
    assert broken(draft) == set()


def test_the_summarys_phone_contradicts_no_empty_mobile():
    assert broken(Draft().write("person", mobile="")) == {("missing-field", "mobile")}


def test_the_summarys_unit_agrees_with_a_department_behind_the_full_name():
    draft = Draft()
    draft.row["implementing_unit"] = "镇江北固特钢有限公司轧钢车间"
    assert broken(draft) == set()


def test_a_branch_is_another_unit():
    draft = Draft()
    draft.row["implementing_unit"] = "镇江北固特钢有限公司丹徒分公司"
    assert broken(draft) == {("summary-mismatch", "implementing_unit")}


def test_marks_and_width_make_no_difference():
    draft = Draft()
    draft.row["project_name"] = "“轧机导卫快速更换装置”改进"
    assert broken(draft) == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [("commitment_unit", "镇江南山钢管有限公司"), ("commitment_project_2", "导卫快换装置")],
)
def test_commitment_mismatch_when_a_blank_says_something_else(field, value):
    assert broken(Draft().write("commitment", **{field: value})) == {("commitment-mismatch", field)}


def test_commitment_mismatch_says_the_same_wrong_name_once():
    draft = Draft().write("commitment", commitment_project="导卫快换装置", commitment_project_2="导卫快换装置")
    assert broken(draft) == {("commitment-mismatch", "commitment_project")}


def test_commitment_mismatch_when_a_blank_was_left_empty():
    draft = Draft().write("commitment", commitment_project_2="")
    assert broken(draft) == {("commitment-mismatch", "commitment_project_2")}


def test_a_commitment_read_from_a_scan_alone_is_forgiven_a_misread_character():
    draft = Draft()
    draft.word.pop("commitment")
    draft.scan["commitment"]["commitment_project"] = "轧机导卫快速更换装置改迸"
    assert broken(draft) == {("missing-word", None)}


def altered(source, old, new):
    text = letter(CITY, COMMITMENT)
    assert old in text
    return Draft(texts={("commitment", source): text.replace(old, new)})


@pytest.mark.parametrize("source", ["word", "scan"])
def test_commitment_altered_when_a_clause_was_left_out(source):
    draft = altered(source, "、未获市级及以上奖项", "")
    assert broken(draft) == {("commitment-altered", None)}
    assert "未获市级及以上奖项" in text_of(draft, "commitment-altered")


def test_commitment_altered_when_words_were_put_in():
    assert broken(altered("word", "本项目无知识产权争议", "本项目除专利外无知识产权争议")) == {("commitment-altered", None)}


@pytest.mark.parametrize(("old", "new"), [("，", ","), ("“五小”", '"五小"'), ("（单位名称）", ""), ("2024年度", "2024 年度")])
def test_marks_and_the_hint_in_brackets_do_not_alter_the_commitment(old, new):
    assert broken(altered("word", old, new)) == set()


def test_a_misread_scan_does_not_alter_the_commitment():
    assert broken(altered("scan", "本项目无知识产权争议", "本项曰无知识产权争议")) == set()


@pytest.mark.parametrize(("field", "value"), [("name", "谢晓云"), ("employer", "镇江南山钢管有限公司")])
def test_certificate_mismatch_when_it_is_about_somebody_else(field, value):
    draft = Draft()
    draft.scan["certificate"][field] = value
    assert broken(draft) == {("certificate-mismatch", field)}


def test_a_certificate_for_all_main_completers_is_fine():
    draft = Draft()
    draft.scan["certificate"]["name"] = "谢晓云、贺长林"
    assert broken(draft) == set()


def test_a_certificate_whose_name_could_not_be_read_is_for_a_person_to_see():
    draft = Draft(texts={("certificate", "scan"): "一线职工证明 兹证明上述同志系镇江北固特钢有限公司一线职工。"})
    draft.scan["certificate"].pop("name")
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "certificate-mismatch")
    assert (found.field, found.severity) == ("name", "verify")


def test_word_scan_mismatch_is_one_finding_a_field():
    draft = Draft()
    draft.scan["nomination"]["internal_benefit"] = "24.5"
    draft.scan["person"]["position"] = "班长"
    assert broken(draft) == {("word-scan-mismatch", "internal_benefit"), ("word-scan-mismatch", "position")}


def test_word_scan_mismatch_quotes_an_id_number_masked():
    draft = Draft()
    draft.scan["person"]["id_number"] = "321102198504121050"
    text = text_of(draft, "word-scan-mismatch")
    assert "321102198504121050" not in text and "3211**********1050" in text


def test_word_scan_unsure_where_it_may_be_a_misreading():
    draft = Draft(agreement={"email": "unsure"})
    draft.scan["person"]["email"] = "hec1@beigu-steel.com"
    assert broken(draft) == {("word-scan-unsure", "email")}


@pytest.mark.parametrize(
    "clause", ["自愿对提供的所有数据及内容的真实性负责", "非医药类", "非政府投资或企业研发机构开发", "在《", "有虚假和失信行为"]
)
def test_a_clause_left_out_of_a_scan_is_told_from_a_misread_one(clause):
    text = letter(CITY, COMMITMENT)
    gone = Draft(texts={("commitment", "scan"): text.replace(clause, "")})
    assert (("commitment-altered", None) in broken(gone)) == (len(clause) > 3)
    misread = Draft(texts={("commitment", "scan"): text.replace(clause, "口" + clause[1:])})
    assert broken(misread) == set()

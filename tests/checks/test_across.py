from checks.register import Register, entries_of, neighbours
from checks.similarity import cosine
from tests.checks.builder import Draft, Mail, findings, told

RUNZHOU, JINGKOU = "润州区总工会", "京口区总工会"
OTHER_TEXT = {
    "summary_what": "本项目是一种装在电动叉车货叉根部的称重报警器。",
    "summary_problem": "解决了叉车超载装运、地面磅秤排队的问题。",
    "summary_innovation": "用四片应变片贴在叉根，免焊接安装，无线传送读数。",
    "summary_benefit": "每年减少过磅时间六百小时，节约人工费用18万元。",
    "summary_quality": "装运差错率由千分之三降到万分之二。",
}
OTHER_SECTIONS = {
    "section_introduction": "仓储班每天装运三百余车，司机凭经验估重。",
    "section_practice": "组员从旧电子秤上拆下传感器，反复标定，终于让误差不超过百分之一。",
    "section_results": "2023年4月投入使用后，再没有超载。",
}


def hashed(number):
    return f"#{hash(number)}"


def other(**person):
    draft = Draft(key="p2").renamed("电动叉车货叉称重报警器").write("nomination", **OTHER_TEXT).write("person", **person)
    draft.word["recommendation"] |= OTHER_SECTIONS
    draft.row |= {"main_completers": draft.word["person"]["name"], "implementing_unit": draft.word["person"]["unit_name"]}
    if "unit_name" in person:
        draft.write("commitment", commitment_unit=person["unit_name"])
        draft.scan["certificate"]["employer"] = person["unit_name"]
    draft.scan["certificate"]["name"] = draft.word["person"]["name"]
    return draft


ELSEWHERE = {"unit_name": "镇江焦山物流有限公司", "employer": "镇江焦山物流有限公司", "name": "孟海燕", "id_number": "32111219850412103" + "7"}


def judged(mine, theirs):
    register = Register(neighbours(entries_of([mine.build(), theirs.build()], hashed), entries_of([mine.build(), theirs.build()], hashed)))
    return told(findings(mine, register=register))


def theirs(draft):
    return Mail([draft], message="m2", unit=JINGKOU, subject="“五小”活动项目+京口区总工会")


def test_projects_that_share_nothing_are_no_neighbours():
    assert judged(Mail(), theirs(other(**ELSEWHERE))) == set()


def test_same_completer_by_id_number():
    draft = other(**{**ELSEWHERE, "id_number": Draft().word["person"]["id_number"]})
    assert judged(Mail(), theirs(draft)) == {("same-completer", "name")}


def test_same_completer_by_name_and_employer_where_a_number_is_missing():
    draft = other(**{**ELSEWHERE, "name": "贺长林", "employer": "镇江北固特钢有限公司", "id_number": ""})
    assert judged(Mail(), theirs(draft)) == {("same-completer", "name")}


def test_a_mistyped_number_makes_nobody_another_person():
    number = Draft().word["person"]["id_number"]
    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")
    draft = other(**{**ELSEWHERE, "name": "贺长林", "employer": "镇江北固特钢有限公司", "id_number": mistyped})
    assert judged(Mail(), theirs(draft)) == {("same-completer", "name")}


def test_namesakes_with_two_numbers_are_two_people():
    draft = other(**{**ELSEWHERE, "name": "贺长林", "employer": "镇江北固特钢有限公司"})
    assert judged(Mail(), theirs(draft)) == set()


def test_same_completer_stands_on_both_projects_of_one_unit():
    mail = Mail([Draft(), other()])
    register = Register(neighbours(entries_of([mail.build()], hashed), entries_of([mail.build()], hashed)))
    assert {f.project for f in findings(mail, register=register) if f.rule == "same-completer"} == {"p1", "p2"}


def test_same_project_when_another_unit_sends_nearly_the_same_text():
    draft = Draft(key="p2").write("person", **ELSEWHERE).renamed("导卫快换卡座").write("nomination", summary_quality="成材率提高一个百分点。")
    assert judged(Mail(), theirs(draft)) == {("same-project", "project_name")}


def test_same_project_when_another_unit_sends_the_same_name():
    draft = other(**ELSEWHERE).renamed("轧机导卫快速更换装置改进")
    assert judged(Mail(), theirs(draft)) == {("same-project", "project_name")}


def test_same_project_within_one_unit_is_no_finding():
    mail = Mail([Draft(), Draft(key="p2").write("person", **ELSEWHERE).renamed("导卫快换卡座")])
    register = Register(neighbours(entries_of([mail.build()], hashed), entries_of([mail.build()], hashed)))
    assert "same-project" not in {f.rule for f in findings(mail, register=register)}


def test_same_grassroots_unit_when_two_units_nominate_for_one_firm():
    draft = other(name="孟海燕", id_number=ELSEWHERE["id_number"])
    assert judged(Mail(), theirs(draft)) == {("same-grassroots-unit", "unit_name")}


def test_an_unknown_unit_is_nobodys_rival():
    draft = other(name="孟海燕", id_number=ELSEWHERE["id_number"])
    unknown = Mail([draft], message="m2", unit=None, known=False)
    assert judged(Mail(), unknown) == set()


def test_an_entry_holds_no_id_number():
    (entry,) = entries_of([Mail().build()], lambda number: "hash")
    assert Draft().word["person"]["id_number"] not in str(entry)


def test_a_text_with_some_sentences_changed_is_still_near():
    text = "".join(Draft().word["recommendation"][s] for s in ("section_introduction", "section_practice", "section_results"))
    changed = text.replace("四十分钟", "三刻钟").replace("旧料", "边角料")
    assert cosine(text, "".join(OTHER_SECTIONS.values())) < 0.6 < cosine(text, changed) < 1

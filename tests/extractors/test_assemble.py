"""Forms of one message become projects, messages of one unit become versions."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from extractors.assemble import assemble
from extractors.reading import make_reading
from extractors.submission import Field, Form
from intake.message import Message
from profiles.load import load_profile

PROFILE = load_profile()
UNIT = "丹阳市总工会"
CHINA = timezone(timedelta(hours=8))
A = {"name": "新型压力阀检修工具改进", "person": "王建国", "unit": "丹阳市大港机械制造有限公司"}
B = {"name": "码头皮带机防跑偏装置", "person": "李小红", "unit": "镇江市东方港务有限公司"}
C = {"name": "公交站台照明一体化设计", "person": "赵一鸣", "unit": "丹阳市长途客运有限公司"}


def form(kind, file, source="word", message="m1", text="", **values):
    fields = tuple(Field(kind, k, v, v) for k, v in values.items())
    first = 1 if source == "scan" else None
    return Form(message, file, kind, source, fields, text, first, first)


def nomination(of, file, source="word", **more):
    return form("nomination", file, source, project_name=of["name"], category="小革新", **more)


def person(of, file, source="word", **more):
    return form("person", file, source, name=of["person"], employer=of["unit"], unit_name=of["unit"], mobile="13900000000", **more)


def commitment(of, file, source="word", **more):
    values = {"commitment_unit": of["unit"], "commitment_project": of["name"], "commitment_project_2": of["name"]}
    return form("commitment", file, source, **{**values, **more})


def recommendation(of, file, source="word"):
    return form("recommendation", file, source, text=f"“{of['name']}”项目推荐材料\n一、引言", section_introduction="背景", word_count="9")


def certificate(of, file, source="scan"):
    return form("certificate", file, source, name=of["person"], employer=of["unit"])


def summary(*projects, file="汇总表.docx"):
    fields = [Field("summary", "nominating_unit", UNIT, UNIT)]
    for n, p in enumerate(projects, 1):
        row = {"seq": str(n), "project_name": p["name"], "implementing_unit": p["unit"], "main_completers": p["person"] + "、孙丽"}
        fields += [Field("summary", k, v, v, n) for k, v in row.items()]
    return Form("m1", file, "summary", "word", tuple(fields))


def reading(*forms, key="m1", day=1, subject="“五小”活动项目+丹阳市总工会"):
    message = Message(key, "", f"<{key}>", subject, "", "", datetime(2024, 3, day, tzinfo=CHINA), ())
    return make_reading(message, (), forms, PROFILE)


def put_together(*readings):
    return assemble(readings, PROFILE)


def contents(project):
    return sorted((f.form, f.source, f.file) for f in project.forms)


def everything(of, place):
    return [
        nomination(of, place("附件2.docx")),
        person(of, place("附件3.docx")),
        commitment(of, place("附件4.docx")),
        recommendation(of, place("推荐材料.docx")),
        nomination(of, place("附件2.pdf"), "scan"),
        person(of, place("附件3.pdf"), "scan"),
        commitment(of, place("附件4.pdf"), "scan"),
        certificate(of, place("证明.pdf")),
    ]


def assert_apart(submission, *wanted):
    assert [p.name for p in submission.projects] == [w["name"] for w in wanted]
    for project, of in zip(submission.projects, wanted, strict=True):
        assert len(project.forms) == 8
        assert project.unused == ()
        assert {project.value("person", "name"), project.form("certificate", "scan").value("name")} == {of["person"]}


def test_a_folder_a_project():
    forms = [f for n, of in enumerate((A, B, C), 1) for f in everything(of, lambda name, n=n: f"材料.zip/{n}.项目/{name}")]
    (made,) = put_together(reading(summary(A, B, C), *forms))
    assert_apart(made, A, B, C)


def test_loose_files_with_useless_names_are_told_apart_by_what_they_say():
    forms = [f for n, of in enumerate((A, B, C)) for f in everything(of, lambda name, n=n: f"IMG_{(hash(name) * 7 + n) % 9000}{n}.jpg")]
    (made,) = put_together(reading(summary(A, B, C), *forms))
    assert_apart(made, A, B, C)


def test_without_a_summary_the_letter_bridges_project_and_person():
    forms = [f for n, of in enumerate((A, B)) for f in everything(of, lambda name, n=n: f"{name.replace('.', str(n) + '.')}")]
    (made,) = put_together(reading(*forms))
    assert_apart(made, A, B)


def test_several_projects_in_one_file_are_told_apart():
    forms = [f for of in (A, B) for f in everything(of, lambda _: "全部材料.pdf")]
    (made,) = put_together(reading(summary(A, B), *forms))
    assert_apart(made, A, B)


def test_a_misread_name_in_a_scan_is_still_the_same_project():
    wrong = {**A, "name": A["name"].replace("阀", "闽"), "person": "王建囯"}
    forms = [*everything(A, lambda n: f"甲{n}")[:4], *everything(wrong, lambda n: f"乙{n}")[4:], *everything(B, lambda n: f"丙{n}")]
    (made,) = put_together(reading(summary(A, B), *forms))
    assert [p.name for p in made.projects] == [A["name"], B["name"]]
    assert [len(p.forms) for p in made.projects] == [8, 8]


def test_a_letter_that_names_another_project_stays_with_its_folder():
    forms = everything(A, lambda n: f"1.王建国/{n}")
    forms[2] = commitment(A, "1.王建国/附件4.docx", commitment_project="快速安装结构", commitment_project_2="快速安装结构")
    (made,) = put_together(reading(summary(A, B), *forms, *everything(B, lambda n: f"2.李小红/{n}")))
    assert_apart(made, A, B)


def test_a_certificate_of_somebody_else_stays_with_its_folder():
    forms = everything(A, lambda n: f"1/{n}")
    forms[7] = certificate({**A, "person": "周小川"}, "1/证明.pdf")
    (made,) = put_together(reading(summary(A, B), *forms, *everything(B, lambda n: f"2/{n}")))
    assert [len(p.forms) for p in made.projects] == [8, 8]


def test_two_projects_of_one_person_stay_two():
    second = {**A, "name": "另一种完全不同的焊接夹具"}
    forms = [*everything(A, lambda n: f"1/{n}"), *everything(second, lambda n: f"2/{n}")]
    (made,) = put_together(reading(summary(A, second), *forms))
    assert_apart(made, A, second)


def test_a_project_without_its_nomination_is_still_one_project():
    forms = [f for f in everything(A, lambda n: f"1/{n}") if f.form != "nomination"]
    (made,) = put_together(reading(summary(A), *forms))
    assert [(p.name, len(p.forms)) for p in made.projects] == [(A["name"], 6)]


def test_a_row_without_material_makes_no_project():
    (made,) = put_together(reading(summary(A, B), *everything(A, lambda n: n)))
    assert [p.name for p in made.projects] == [A["name"]]


def test_a_blank_form_makes_no_project():
    blank = Form("m1", "空白.docx", "nomination", "word", (), notes=("blank",))
    (made,) = put_together(reading(summary(A), *everything(A, lambda n: n), blank))
    assert [p.name for p in made.projects] == [A["name"]]
    assert blank in made.others


def test_the_fuller_and_later_copy_counts():
    old = nomination(A, "附件2.docx", domain="机械")
    new = nomination(A, "附件2（修改）.docx", domain="机械制造")
    (made,) = put_together(reading(old, new, person(A, "附件3.docx")))
    (project,) = made.projects
    assert project.value("nomination", "domain") == "机械制造"
    assert project.unused == (old,)


def test_two_photos_of_one_form_both_count():
    front = form("nomination", "IMG_1.jpg", "scan", project_name=A["name"], domain="机械")
    back = form("nomination", "IMG_2.jpg", "scan", internal_benefit="3", award_1_year="2022")
    (made,) = put_together(reading(front, back, person(A, "附件3.docx")))
    (project,) = made.projects
    assert (project.value("nomination", "domain"), project.value("nomination", "internal_benefit")) == ("机械", "3")


def test_a_later_message_replaces_what_it_brings_and_keeps_the_rest():
    first = reading(summary(A, B), *everything(A, lambda n: f"1/{n}")[:7], *everything(B, lambda n: f"2/{n}"))
    later = reading(certificate(A, "证明.pdf"), key="m2", day=5)
    one, two = put_together(first, later)
    old, new = one.projects[0], two.projects[0]
    assert old.superseded_by == new.key
    assert new.superseded_by is None
    assert len(new.forms) == 8
    assert len(old.forms) == 7
    assert new.name == A["name"]
    assert one.projects[1].superseded_by is None
    assert new.first_received_at == old.received_at


def test_the_same_again_by_hand_is_a_version_that_changes_nothing():
    forms = everything(A, lambda n: n)
    one, two = put_together(reading(summary(A), *forms), reading(summary(A), *forms, key="m2", day=2))
    assert one.projects[0].superseded_by == two.projects[0].key
    assert contents(one.projects[0]) == contents(two.projects[0])


def test_the_order_of_work_changes_nothing():
    first = reading(summary(A, B), *everything(A, lambda n: f"1/{n}"), *everything(B, lambda n: f"2/{n}"))
    later = reading(nomination(B, "附件2.docx", domain="港口"), key="m2", day=5)
    assert put_together(first, later) == put_together(later, first)


def test_another_project_of_the_same_unit_is_no_version():
    one, two = put_together(reading(*everything(A, lambda n: n)), reading(*everything(B, lambda n: n), key="m2", day=2))
    assert one.projects[0].superseded_by is None
    assert [p.name for p in two.projects] == [B["name"]]


def test_agreement_confirms_the_scan_and_a_difference_doubts_it():
    word = nomination(A, "附件2.docx", internal_benefit="35.8")
    scan = nomination(A, "附件2.pdf", "scan", internal_benefit="53.8")
    scan = replace(scan, fields=tuple(replace(f, confidence=0.78) for f in scan.fields))
    (made,) = put_together(reading(word, scan, person(A, "附件3.docx")))
    (project,) = made.projects
    picked = {c.field: c for c in project.choices if c.form == "nomination"}
    assert (picked["internal_benefit"].value, picked["internal_benefit"].agreement) == ("35.8", "differs")
    assert (picked["project_name"].agreement, picked["project_name"].chosen_from) == ("same", "word")
    assert picked["internal_benefit"].scan.confidence < 0.8
    sure = {f.field: f.confidence for f in project.form("nomination", "scan").fields}
    assert sure["project_name"] >= 0.95
    assert sure["internal_benefit"] < 0.8


def test_two_projects_that_name_nothing_have_keys_of_their_own():
    nameless = [form("nomination", f"{n}/附件2.docx", domain="机械", summary_what=f"第{n}种工具") for n in (1, 2)]
    (made,) = put_together(reading(*nameless))
    assert len({p.key for p in made.projects}) == len(made.projects)

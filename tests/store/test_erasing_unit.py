"""What an erasure leaves of a message whose unit was told by its sender's other mails."""

from dataclasses import replace

from extractors.submission import SourceFile
from store.decisions import Act
from store.forgetting import Words, prune
from tests.store.make import NOW, key, open_store, project, read, reading, submission

UNIT = "丹阳市总工会"


def test_the_unit_stays_while_a_mail_names_it_and_goes_with_the_last_that_does(tmp_path):
    store = open_store(tmp_path)
    read(store, 1, UNIT)
    read(store, 2, None)
    two = (project(2), project(2, suffix="b", name="另一个项目", person="李小红", id_number="321181198509104888"))
    store.save_settled(store.lease("settle", "t", NOW, 60), (submission(1), submission(2, projects=two)), ())

    def erase(wanted):
        plan = store.erasing.plan(wanted)
        store.erasing.begin(plan, Act("王审核", NOW, "本人要求"))
        store.erasing.erase(plan)
        return plan

    plan = erase(two[1].key)
    assert [part.message for part in plan.partial] == [key(2)]
    assert store.unit_of(key(2)) == UNIT
    erase(key(1))
    assert store.unit_of(key(2)) is None


def test_what_is_noted_of_a_file_that_stays_does_not_name_the_person(tmp_path):
    store = open_store(tmp_path)
    file = SourceFile("材料.zip/附件1.xlsx", "", "application/x", 10, "parsed", notes=("隐藏的工作表未读取：陈国庆",))
    pruned = prune(replace(reading(files=(file,)), forms=()), frozenset(), frozenset(), Words(names=frozenset({"陈国庆"})), store.mask)
    assert pruned.files[0].notes == ("隐藏的工作表未读取：＊＊＊",)

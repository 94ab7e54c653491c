"""Other units' projects that share a person, a firm, a name or a text: found by look-ups, the same whatever came first."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.relations import sketch
from store.search import phrase, spaced
from tests.store.make import NOW, finding, key, open_store, project, read, settle, submission

OTHER = {"person": "蒋文娟", "id_number": "321181197603112403", "firm": "镇江京江水务有限公司", "name": "曝气盘在线冲洗管路"}
SAME = {
    "id": {"id_number": "32118119850910487X"},
    "person": {"person": "陈国庆", "firm": "丹阳市云阳工具厂", "id_number": "无"},
    "firm": {"firm": "丹阳市云阳工具厂"},
    "name": {"name": "自动送料装置"},
}
TEXT = "班组原来用人工清洗曝气盘，每次停机四小时，工人自己设计了在线冲洗管路，装上之后不再停机，每年节约电费十二万元，出水水质稳定达标。"


def two_units(store, **words):
    """Unit 甲 has sent the plain project, unit 乙 one made of `words`; what the register says of 甲's."""
    mine, other = submission(1, "甲工会", (project(1, unit="甲工会"),)), submission(2, "乙工会", (project(2, unit="乙工会", **words),))
    read(store, 1, "甲工会")
    read(store, 2, "乙工会")
    settled = settle(store, {key(1): (mine, ()), key(2): (other, ())})
    return store.register((mine,)).of(mine.projects[0].key), settled


@pytest.mark.parametrize("shared", SAME)
def test_what_two_projects_share_makes_them_neighbours_and_the_earlier_one_is_judged_again(tmp_path, shared):
    found, settled = two_units(open_store(tmp_path), **{**OTHER, **SAME[shared]})
    assert len(found) == 1 and found[0].unit == "乙工会"
    assert (found[0].same_person, found[0].same_firm, found[0].same_name) == {
        "id": ("id", False, False),
        "person": ("name", True, False),
        "firm": ("", True, False),
        "name": ("", False, True),
    }[shared]
    assert settled == [key(1), key(2), key(1)]


def with_text(number: int, unit: str, text: str):
    """A submission of one project that shares with others what its text says, and nothing else."""
    own = {"person": f"人{number}", "firm": f"单位{number}", "name": f"项目{number}", "id_number": "无"}
    made = project(number, unit=unit, **own)
    choices = tuple(replace(choice, value=text) if choice.field == "summary_what" else choice for choice in made.choices)
    return submission(number, unit, (replace(made, choices=choices),))


def test_projects_with_nothing_in_common_do_not_disturb_each_other(tmp_path):
    store = open_store(tmp_path)
    one, two = (
        with_text(1, "甲工会", TEXT),
        with_text(2, "乙工会", "收费亭的打印机常常卡纸，收费员加了一条导槽，从此不再卡。" * 3),
    )
    for number, made in ((1, one), (2, two)):
        read(store, number, made.unit)
    assert settle(store, {key(1): (one, ()), key(2): (two, ())}) == [key(1), key(2)]
    assert store.register((one,)).of(one.projects[0].key) == ()


def test_nearly_the_same_text_makes_neighbours_seen_alike_from_both_sides(tmp_path):
    store = open_store(tmp_path)
    one, two = with_text(1, "甲工会", TEXT * 2), with_text(2, "乙工会", TEXT + TEXT.replace("十二万元", "十三万元").replace("四小时", "半天"))
    for number, made in ((1, one), (2, two)):
        read(store, number, made.unit)
    assert settle(store, {key(1): (one, ()), key(2): (two, ())}) == [key(1), key(2), key(1)]
    seen = [store.register((made,)).of(made.projects[0].key)[0].similarity for made in (one, two)]
    assert seen[0] == seen[1] > 0.8


def test_a_project_that_goes_frees_its_neighbours(tmp_path):
    store = open_store(tmp_path)
    two_units(store, **{**OTHER, **SAME["firm"]})
    store.intake.execute("UPDATE job SET state = 'queued' WHERE kind = 'settle' AND message = ?", (key(2),))
    job = store.lease("settle", "t", NOW, 60)
    store.save_settled(job, (submission(2, "乙工会", ()),), ())
    again = store.lease("settle", "t", NOW, 60)
    assert again.message == key(1)
    assert store.register((submission(1, "甲工会"),)).of(f"p{1:015x}") == ()


def test_without_a_job_the_units_concerned_are_named(tmp_path):
    store = open_store(tmp_path)
    two_units(store, **OTHER)
    changed = submission(2, "乙工会", (project(2, unit="乙工会", **{**OTHER, **SAME["firm"]}),))
    assert store.save_settled(None, (changed,), ()) == {"甲工会"}
    assert store.save_settled(None, (changed,), ()) == frozenset()


def test_a_superseded_version_is_nobodys_neighbour(tmp_path):
    store = open_store(tmp_path)
    read(store, 2, "乙工会")
    old = project(2, unit="乙工会")
    new = project(2, "b", unit="乙工会", **OTHER)
    settle(store, {key(2): (submission(2, "乙工会", (replace(old, superseded_by=new.key), new)), ())})
    assert store.register((submission(1, "甲工会"),)).of(f"p{1:015x}") == ()


def test_what_people_decided_survives_a_recheck(tmp_path):
    store = open_store(tmp_path)
    read(store)
    said = {key(): (submission(), (finding(),))}
    settle(store, said)
    name = f"p{1:015x}"
    store.dismiss(finding().key, "王审核", NOW, "已电话确认")
    store.decide(name, "passed", "王审核", NOW)
    store.correct(name, "person", "id_number", "321181198509104888", "王审核", NOW, "看错一位")
    assert store.pending("settle") == 1 and store.queue_recheck() == 1
    settle(store, said)
    assert (store.projects()[0].status, store.projects()[0].decision, store.findings()[0].state) == ("complete", "passed", "dismissed")
    correction = store.corrections([name])[0]
    assert (correction.field, correction.value) == ("id_number", "321181198509104888")
    assert [(row.action, row.after) for row in store.history(name)] == [
        ("dismiss", "missing-field person email dismissed"),
        ("decide", "passed"),
        ("correct", "person.id_number 3211**********4888"),
    ]
    store.reopen(finding().key, "王审核", NOW)
    store.decide(name, None, "王审核", NOW)
    store.correct(name, "person", "id_number", None, "王审核", NOW)
    assert (store.projects()[0].status, store.projects()[0].decision, store.corrections([name])) == ("incomplete", None, ())
    assert len(store.history()) == 6 == len(store.history(message=key()))


@given(st.text(), st.text())
def test_the_sketch_of_a_text_is_bounded_and_depends_on_it_alone(text, other):
    assert len(sketch(text)) <= 48 and sketch(text) == sketch(text)
    assert sketch(text) == sketch(f" {text}\n")
    assert set(sketch(other)) == set(sketch(text)) or other != text


@pytest.mark.parametrize(
    ("text", "words"), [("PLC控制38.6万元", "PLC 控 制 38.6 万 元"), ("镇 江", "镇 江"), ("", ""), ("Ａ４", "A4"), ("〇二𠀀", "〇 二 𠀀")]
)
def test_every_han_character_is_a_word(text, words):
    assert spaced(text) == words


@given(st.text())
def test_no_words_break_the_search(words):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5 (x)")
    asked = phrase(words)
    if asked:
        assert database.execute("SELECT * FROM t WHERE t MATCH ?", (asked,)).fetchall() == []

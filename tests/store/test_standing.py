"""What stands with a project (status, counts, rules, decision, its place in the search) is what a recount finds, whatever was done."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from store.decisions import Act
from store.desk import Correct, Decide, Judge, Undo
from store.lists import QueueAsk
from tests.store.make import NOW, finding, key, open_store, project, read, settle, submission

BY = Act("王审核", NOW, "已核对")
FIRST, SECOND = f"p{1:015x}", f"p{2:015x}"


def recount(store):
    """Status, errors, to verify, rules, decision, reviewer, words of every project, and errors of every message, from the rows themselves."""
    found = {}
    for row in store.intake.execute("SELECT project FROM project"):
        of = row["project"]
        opened = [one for one in store.findings() if one.project == of and one.state == "open"]
        hard = [one.severity for one in opened]
        status = next((s for s, v in (("ineligible", "ineligible"), ("incomplete", "error"), ("review", "verify")) if v in hard), "complete")
        decided = store.intake.execute("SELECT decision, actor FROM decision WHERE project = ?", (of,)).fetchone()
        words = store.intake.execute("SELECT id FROM project_text WHERE project = ?", (of,)).fetchone()["id"]
        rules = "".join(f" {rule}" for rule in sorted({one.rule for one in opened}))
        said = tuple(decided) if decided else (None, None)
        found[of] = (status, hard.count("error"), hard.count("verify"), rules + " " * bool(rules), *said, words)
    for row in store.messages():
        whole = [one for one in store.findings() if (one.message, one.project, one.state) == (row.message, None, "open")]
        found[row.message] = sum(one.severity == "error" for one in whole)
    return found


def kept(store):
    columns = "project, status, errors, to_verify, rules, decision, reviewer, search"
    found = {row["project"]: tuple(row)[1:] for row in store.intake.execute(f"SELECT {columns} FROM project")}
    return found | {row["message"]: row["message_errors"] for row in store.intake.execute("SELECT message, message_errors FROM message")}


SAID = (
    finding(),
    finding(rule="no-seal", field=None),
    finding(rule="not-frontline", severity="verify", field="position"),
    finding(rule="late", field=None, of_project=False),
)


def resubmit(store):
    """The unit sends the first project again: its old version is superseded, and the new one has a finding of its own."""
    read(store, 3)
    old = submission(1, projects=(replace(project(1), superseded_by=f"p{3:015x}"),))
    new = submission(3, projects=(project(3),))
    said = (finding(3, "provincial-award", "ineligible", "award_1_name"),)
    while (job := store.lease("settle", "t", NOW, 60)) is not None:
        store.save_settled(job, (old, submission(2), new), said)


def recheck(store, said=SAID[1:]):
    store.queue_recheck()
    while (job := store.lease("settle", "t", NOW, 60)) is not None:
        store.save_settled(job, (submission(1), submission(2)), said)


def erase(store):
    erasing = store.erasing
    plan = erasing.plan(SECOND)
    erasing.begin(plan, BY)
    erasing.erase(plan)


def act(*changes):
    return lambda store: store.desk.act(FIRST, None, changes, BY)


def undo(store):
    event = next(event for event in store.desk.record(FIRST).events if event.undoable)
    store.desk.act(FIRST, None, (Undo(event.id),), BY)


STEPS = {
    "decide": act(Decide("returned")),
    "decide anew": act(Decide("passed")),
    "take back": act(Decide(None)),
    "dismiss": act(Judge(SAID[0].key, "dismissed")),
    "dismiss for the message": act(Judge(SAID[3].key, "dismissed")),
    "accept": act(Judge(SAID[1].key, "accepted")),
    "reopen": act(Judge(SAID[0].key, "open")),
    "correct": act(Correct("person", "mobile", "13800000321")),
    "undo": undo,
    "recheck": recheck,
    "resubmit": resubmit,
    "erase": erase,
}


@pytest.mark.parametrize(
    "order",
    [
        ("decide", "dismiss", "undo", "undo"),
        ("dismiss", "recheck", "reopen"),
        ("decide", "correct", "recheck", "decide anew", "take back"),
        ("dismiss for the message", "accept", "undo", "recheck"),
        ("decide", "dismiss", "resubmit"),
        ("erase", "decide", "undo"),
        ("decide", "erase", "dismiss"),
    ],
)
def test_what_stands_with_a_project_is_what_a_recount_finds(tmp_path, order):
    store = open_store(tmp_path)
    for number in (1, 2):
        read(store, number)
        said = {key(1): SAID, key(2): (finding(2, "no-seal", field=None),)}
        settle(store, {key(number): (submission(number), said[key(number)])} | {key(1): (submission(1), SAID)})
    for step in ("taken in", *order):
        if step in STEPS:
            STEPS[step](store)
        assert kept(store) == recount(store), step


def test_every_filter_finds_what_it_names(tmp_path):
    store = open_store(tmp_path)
    read(store)
    settle(store, {key(): (submission(), SAID)})
    store.desk.act(FIRST, None, (Decide("returned"), Judge(SAID[0].key, "dismissed")), BY)
    fitting = {"unit": "丹阳市总工会", "category": "小革新", "status": "incomplete", "rule": "no-seal", "reviewer": "王审核",
               "decision": "returned", "q": "料 冲压"}  # fmt: skip
    other = {"unit": "句容市总工会", "category": "小发明", "status": "complete", "rule": "missing-field", "reviewer": "李审核",
             "decision": "none", "q": "，"}  # fmt: skip
    assert store.desk.queue(QueueAsk(**fitting)).rows[0].rules == ("no-seal", "not-frontline")
    for name, value in other.items():
        assert store.desk.queue(QueueAsk(**{**fitting, name: value})).total == 0, name


def test_the_dashboard_counts_current_projects_only(tmp_path):
    store = open_store(tmp_path)
    read(store)
    settle(store, {key(): (submission(), SAID)})
    store.desk.act(FIRST, None, (Decide("returned"),), BY)
    assert store.desk.today(datetime(2024, 1, 1, tzinfo=UTC)).decisions == {"returned": 1}
    read(store, 2)
    resubmit(store)
    today = store.desk.today(datetime(2024, 1, 1, tzinfo=UTC))
    assert (today.statuses, today.decisions, today.returned) == ({"complete": 1, "ineligible": 1}, {}, 0)

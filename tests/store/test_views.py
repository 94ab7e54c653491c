"""The views of the contract, and what stands in them after a message went through."""

import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from errors import NotFound, StoreDamaged, StoreError
from store import rows as row_types
from store.connection import connect, steps
from store.looking import _VIEWS
from tests.store.make import ID, NOW, finding, key, open_store, project, read, reading, settle, sha, submission, taken, through

COLUMNS = {
    "message_list": "message message_id subject sender received_at unit status reason sha256",
    "sighting_list": "message source seen_at",
    "file_list": "message path sha256 media_type bytes status reason pages",
    "note_list": "message path note",
    "part_list": "message file project form source first_page last_page sealed signed used",
    "project_list": "project message unit project_name category first_completer employer received_at status errors to_verify message_errors"
    " decision superseded_by",
    "field_list": "project message form row field source value raw confidence file page x0 y0 x1 y1",
    "value_list": "project form field value chosen_from agreement",
    "finding_list": "message project rule severity text form field file page state",
    "history_list": "at actor action project message before after reason",
}


def plain(folder: Path, name: str = "intake.db") -> sqlite3.Connection:
    """The database as anyone outside opens it."""
    return sqlite3.connect(f"{(folder / name).as_uri()}?mode=ro", uri=True)


@pytest.mark.parametrize("view", COLUMNS)
def test_a_view_has_the_columns_of_the_contract_in_its_order(tmp_path, view):
    open_store(tmp_path).close()
    assert [column[0] for column in plain(tmp_path).execute(f"SELECT * FROM {view}").description] == COLUMNS[view].split()


def test_the_private_field_list_has_the_same_columns(tmp_path):
    open_store(tmp_path).close()
    assert [c[0] for c in plain(tmp_path, "private.db").execute("SELECT * FROM field_list").description] == COLUMNS["field_list"].split()


@pytest.mark.parametrize("kind", _VIEWS)
def test_each_row_type_names_the_columns_of_its_view(kind):
    assert [field.name for field in fields(kind)] == COLUMNS[_VIEWS[kind]].split()


@pytest.mark.parametrize("which", ["intake", "private"])
def test_every_table_is_strict_and_has_a_key(tmp_path, which):
    open_store(tmp_path).close()
    tables = plain(tmp_path, f"{which}.db").execute("SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    loose = {name for name, kind, strict in tables if kind == "table" and not strict and not name.startswith("sqlite_")}
    assert loose == set()


def test_the_files_belong_to_their_owner_alone(tmp_path):
    store = open_store(tmp_path / "data")
    store.record(taken(), NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert set(modes.values()) == {0o600} and {"intake.db", "private.db"} <= set(modes)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    store.close()


def test_a_project_stands_in_every_list(tmp_path):
    store = open_store(tmp_path)
    through(store, findings=(finding(), finding(rule="late", field=None, of_project=False), finding(rule="not-frontline", severity="verify")))
    sheet = store.show("自动送料")
    shown = sheet.project
    assert (shown.project_name, shown.category, shown.first_completer, shown.unit) == ("自动送料装置", "小革新", "陈国庆", "丹阳市总工会")
    assert (shown.status, shown.errors, shown.to_verify, shown.message_errors) == ("incomplete", 1, 1, 1)
    assert {(part.form, part.source, part.used) for part in sheet.parts} == {
        ("nomination", "word", 1),
        ("person", "word", 1),
        ("person", "scan", 1),
    }
    assert [row.rule for row in sheet.message_findings] == ["late"]
    scan = next(row for row in sheet.fields if row.field == "id_number" and row.source == "scan")
    assert (scan.page, scan.x0, scan.y1, scan.confidence) == (2, 0.1, 0.4, 0.9)
    summary = [tuple(row) for row in store.intake.execute("SELECT row, field, value FROM field_list WHERE project IS NULL ORDER BY row")]
    assert summary == [(0, "nominating_unit", "丹阳市总工会"), (1, "project_name", "自动送料装置")]


def test_full_values_stand_only_in_private_db_at_the_same_place(tmp_path):
    store = open_store(tmp_path)
    through(store)
    place = "project, message, form, row, field, source, file, page"
    open_rows = store.intake.execute(f"SELECT {place}, value FROM field_list WHERE field = 'id_number'").fetchall()
    full_rows = store.private.execute(f"SELECT {place}, value FROM field_list").fetchall()
    assert sorted(map(tuple, [row[:-1] for row in open_rows]), key=str) == sorted(map(tuple, [row[:-1] for row in full_rows]), key=str)
    assert {row["value"] for row in open_rows} == {"3211**********487X"} and {row["value"] for row in full_rows} == {ID}


STATUSES = {
    "complete": (),
    "review": ("verify", "advice"),
    "incomplete": ("error", "verify"),
    "ineligible": ("ineligible", "error"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_the_status_follows_from_the_open_findings(tmp_path, status):
    store = open_store(tmp_path)
    through(store, findings=tuple(finding(rule=f"r{i}", severity=s) for i, s in enumerate(STATUSES[status])))
    assert store.projects()[0].status == status


def test_what_is_wrong_with_the_message_does_not_change_the_status_of_its_project(tmp_path):
    store = open_store(tmp_path)
    through(store, findings=(finding(rule="late", of_project=False),))
    assert (store.projects()[0].status, store.projects()[0].message_errors) == ("complete", 1)


def test_an_older_version_keeps_its_rows_and_is_found_from_the_newer(tmp_path):
    store = open_store(tmp_path)
    read(store)
    new = project(1, "b")
    old = replace(project(1), superseded_by=new.key)
    settle(store, {key(): (submission(projects=(old, new)), ())})
    assert [row.project for row in store.show(new.key).versions] == [old.key, new.key]
    assert [row.project for row in store.show(old.key).versions] == [old.key, new.key]
    assert store.status().projects == {"complete": 1}
    assert store.show("自动送料").project.project == new.key


def test_a_project_that_is_not_there_is_not_found(tmp_path):
    store = open_store(tmp_path)
    through(store)
    with pytest.raises(NotFound, match="没有找到项目：不存在"):
        store.show("不存在")
    with pytest.raises(NotFound):
        store.unit_of("nothing")


def test_a_name_that_fits_several_projects_asks_for_more(tmp_path):
    store = open_store(tmp_path)
    read(store)
    settle(store, {key(): (submission(projects=(project(1, "a"), project(1, "b", person="蒋文娟", id_number="321181197603112403"))), ())})
    with pytest.raises(NotFound, match="多个项目"):
        store.show("自动送料")


def test_a_copy_of_a_form_counts_once_and_the_first_value_of_a_field_stands(tmp_path):
    store = open_store(tmp_path)
    read(store)
    twice = replace(project(), forms=project().forms + tuple(replace(form, file="again.docx") for form in project().forms))
    settle(store, {key(): (submission(projects=(twice,)), ())})
    assert {row["used"] for row in store.intake.execute("SELECT used FROM part_list WHERE file = 'again.docx'")} == {0}
    repeated = "SELECT count(*) FROM field_list GROUP BY project, form, row, field, source HAVING count(*) > 1"
    assert store.intake.execute(repeated).fetchall() == []


def test_two_projects_of_one_key_are_one_project_with_more_copies(tmp_path):
    store = open_store(tmp_path)
    read(store)
    settle(store, {key(): (submission(projects=(project(), project())), ())})
    assert [row.project for row in store.projects()] == [project().key]
    assert [part.used for part in store.show(project().key).parts] == [1, 1, 1, 0, 0, 0]


def test_status_counts_what_there_is_and_names_the_silent_units(tmp_path):
    store = open_store(tmp_path)
    through(store, findings=(finding(),))
    store.record(taken(2), NOW)
    status = store.status()
    assert status.messages == {"processed": 1, "waiting": 1} and status.projects == {"incomplete": 1}
    assert status.findings == {"missing-field": 1} and status.jobs == {"queued": 1}
    assert "丹阳市总工会" not in status.silent and "句容市总工会" in status.silent


def test_unrelated_mail_has_no_project_and_its_unit_has_sent_nothing(tmp_path):
    store = open_store(tmp_path)
    store.record(taken(), NOW)
    store.finish_reading(store.lease("read", "t", NOW, 60), reading(kind="unrelated"))
    assert store.pending("settle") == 0 and store.messages()[0].status == "unrelated"
    assert store.readings("丹阳市总工会", key()) == () and "丹阳市总工会" in store.status().silent


def test_a_database_of_a_newer_program_is_left_alone(tmp_path):
    store = open_store(tmp_path)
    store.intake.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StoreError, match="更新版本"):
        open_store(tmp_path)


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    (tmp_path / "intake.db").write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(StoreDamaged):
        open_store(tmp_path)


@pytest.mark.parametrize("which", ["intake", "private"])
def test_the_migrations_count_from_one_without_a_gap(which):
    assert [number for number, _ in steps(which)] == list(range(1, len(steps(which)) + 1))


def test_a_database_of_version_1_is_migrated_and_keeps_its_rows(tmp_path):
    script = steps("intake")[0][1]
    with sqlite3.connect(tmp_path / "intake.db") as old:
        old.executescript(script + "PRAGMA user_version = 1;")
        old.execute(
            "INSERT INTO message (message, sha256, source_kind, source, name, subject) VALUES (?,?,'mail','/mail','old.eml','旧件')",
            (key(), sha(1)),
        )
        old.execute("INSERT INTO job (kind, message) VALUES ('read', ?)", (key(),))
    old.close()
    store = open_store(tmp_path)
    assert store.messages()[0].subject == "旧件"
    assert store.intake.execute("PRAGMA user_version").fetchone()[0] == steps("intake")[-1][0]
    assert store.record(taken(), NOW) is False
    store.finish_reading(store.lease("read", "t", NOW, 60), reading())
    assert store.messages()[0].status == "processed"


def test_every_version_leads_to_the_same_schema(tmp_path):
    newest = connect(tmp_path / "new.db", "intake")
    wanted = {tuple(row) for row in newest.execute("SELECT type, name, sql FROM sqlite_schema")}
    for number, _ in steps("intake"):
        path = tmp_path / f"{number}.db"
        with sqlite3.connect(path) as old:
            for n, script in steps("intake")[:number]:
                old.executescript(script + f"PRAGMA user_version = {n};")
        old.close()
        assert {tuple(row) for row in connect(path, "intake").execute("SELECT type, name, sql FROM sqlite_schema")} == wanted


def test_every_view_of_the_contract_is_described_by_its_row_type():
    described = set(re.findall(r"A row of `(\w+)`", Path(row_types.__file__).read_text(encoding="utf-8")))
    assert described == set(COLUMNS)


def test_the_scorers_queries_run_on_an_empty_and_on_a_filled_store(tmp_path):
    truth = {
        "messages": [
            {"message_id": "<1@example.com>", "unit": "丹阳市总工会", "status": "processed", "findings": [["late", None]], "projects": []}
        ]
    }
    truth["messages"][0]["projects"] = [
        {
            "project_name": "自动送料装置",
            "status": "incomplete",
            "fields": {"scan": {"person.id_number": ID}},
            "findings": [["missing-field", "email"]],
        }
    ]
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    assert _scored(tmp_path)["messages found"]["right"] == 0
    store = open_store(tmp_path)
    through(store, findings=(finding(), finding(rule="late", field=None, of_project=False)))
    store.close()
    figures = _scored(tmp_path)
    for measure in ("messages found", "units", "message status", "projects found", "project status", "findings recall", "fields scan"):
        assert figures[measure]["right"] == figures[measure]["of"] > 0, measure


def _scored(folder: Path) -> dict[str, dict[str, int]]:
    """Figures of the scorer (`score.py` beside this file: the contract's own, as it stands)."""
    open_store(folder).close()
    script = Path(__file__).with_name("score.py")
    run = subprocess.run(
        [sys.executable, script, folder / "intake.db", folder / "truth.json", "--json"], capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)

"""Databases of every earlier version: filled, brought up to date, every row still there."""

import sqlite3

import pytest

from errors import StoreError
from store import connection
from store.backup import restore_backup, write_backup
from store.connection import connect, migrate, steps
from tests.store.make import NOW, finding, key, open_store, read, settle, submission

VERSIONS = [(which, number) for which in ("intake", "private") for number, _ in steps(which)]
MADE_ANEW = {"campaign", "roster"}


def tables(database: sqlite3.Connection) -> dict[str, list[str]]:
    """Plain tables and their stored columns; the search index is written by its triggers."""
    found = database.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'")
    return {
        name: [row[1] for row in database.execute(f"PRAGMA table_xinfo({name})") if row[6] == 0]
        for (name,) in found.fetchall()
        if name not in MADE_ANEW
    }


def rows(database: sqlite3.Connection, table: str, columns: list[str]) -> list[str]:
    names = ", ".join(f'"{column}"' for column in columns)
    return sorted(repr(tuple(row)) for row in database.execute(f"SELECT {names} FROM {table}"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with something in every table that the flow fills."""
    folder = tmp_path_factory.mktemp("newest")
    store = open_store(folder)
    read(store)
    settle(store, {key(): (submission(), (finding(), finding(rule="late", field=None, of_project=False)))})
    name = store.projects()[0].project
    store.correct(name, "person", "id_number", "321181198509104888", "王审核", NOW, "看错一位")
    store.dismiss(finding().key, "王审核", NOW, "已电话确认")
    store.decide(name, "passed", "王审核", NOW)
    store.accounts.add("王审核", "long enough", "reviewer")
    store.close()
    return folder


def of_version(path, which: str, number: int, source) -> dict[str, list[str]]:
    """A database of step `number` at `path`, with the rows of `source` as far as it knew them; its tables."""
    newest = sqlite3.connect(source / f"{which}.db")
    old = sqlite3.connect(path, isolation_level=None)
    migrate(old, which, number)
    old.execute("PRAGMA journal_mode=WAL")
    known = tables(old)
    there = tables(newest)
    old.execute("BEGIN")
    for table, columns in known.items():
        common = [column for column in columns if column in there.get(table, [])]
        if common:
            names = ", ".join(f'"{column}"' for column in common)
            marks = ",".join("?" * len(common))
            values = newest.execute(f"SELECT {names} FROM {table}").fetchall()
            old.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
    old.execute("COMMIT")
    old.close()
    return {table: [c for c in columns if c in there[table]] for table, columns in known.items() if table in there}


@pytest.mark.parametrize(("which", "number"), VERSIONS)
def test_a_database_of_any_earlier_version_keeps_every_row(tmp_path, filled, which, number):
    kept = of_version(tmp_path / "old.db", which, number, filled)
    newest = sqlite3.connect(filled / f"{which}.db")
    database = connect(tmp_path / "old.db", which)
    assert database.execute("PRAGMA user_version").fetchone()[0] == steps(which)[-1][0]
    for table, columns in kept.items():
        assert rows(database, table, columns) == rows(newest, table, columns), table
    assert sum(len(rows(database, table, columns)) for table, columns in kept.items()) > (30 if which == "intake" else 3)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("number", [number for number, _ in steps("intake")])
def test_a_house_of_any_earlier_version_goes_on_working(tmp_path, filled, number):
    of_version(tmp_path / "intake.db", "intake", number, filled)
    of_version(tmp_path / "private.db", "private", min(number, steps("private")[-1][0]), filled)
    store = open_store(tmp_path)
    name = store.projects()[0].project
    assert store.projects()[0].decision == "passed" and store.corrections([store.projects()[0].project])[0].value == "321181198509104888"
    assert store.intake.execute("SELECT count(*) FROM project_search WHERE project_search MATCH '\"自 动\"'").fetchone()[0] == 1
    store.decide(name, "returned", "王审核", NOW, "再看看")
    read(store, 2)
    plan = store.erasing.plan(name)
    assert plan.projects == (name,) and plan.whole == (key(),)
    store.close()


@pytest.mark.parametrize("number", [number for number, _ in steps("intake")])
def test_a_copy_made_by_any_earlier_version_comes_back_and_goes_on_working(tmp_path, filled, number):
    (tmp_path / "old").mkdir()
    of_version(tmp_path / "old" / "intake.db", "intake", number, filled)
    of_version(tmp_path / "old" / "private.db", "private", min(number, steps("private")[-1][0]), filled)
    (tmp_path / "scratch").mkdir()
    write_backup(tmp_path / "old", tmp_path / "old.7z", None, tmp_path / "scratch", NOW)
    restore_backup(tmp_path / "old.7z", tmp_path / "back", None)
    store = open_store(tmp_path / "back")
    assert [row.message for row in store.messages()] == [key()]
    read(store, 2)
    assert len(store.messages()) == 2
    store.close()


def test_a_step_that_fails_leaves_the_version_before_it_whole(tmp_path, monkeypatch):
    good = steps("intake")
    connect(tmp_path / "x.db", "intake").close()
    bad = (*good, (good[-1][0] + 1, "CREATE TABLE half (x TEXT);\nCREATE TABLE half (x TEXT);\n"))
    monkeypatch.setattr(connection, "steps", lambda _: bad)
    with pytest.raises(StoreError):
        connect(tmp_path / "x.db", "intake")
    monkeypatch.undo()
    database = connect(tmp_path / "x.db", "intake")
    assert database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone()[0] == 0
    assert database.execute("PRAGMA user_version").fetchone()[0] == good[-1][0]

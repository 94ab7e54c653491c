"""All that a clerk reads on the pages stands in texts/zh.toml, and everything that stands there for the pages is read somewhere."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from review.words import COLUMNS, INNER, VIEWS, said, size
from tests.store.make import open_store
from texts import table

REVIEW = Path(__file__).parents[2] / "review"
PAGES = sorted((REVIEW / "templates").glob("*.html"))
SCRIPTS = sorted((REVIEW / "static").glob("*.js"))
ROOMS = ("page", "login", "today", "queue", "project", "letter", "messages", "file", "lists")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
SAID = re.compile(r"""\bsay\(\s*"(\w+)\.([\w-]+)\"""")


@pytest.mark.parametrize("file", [*PAGES, *SCRIPTS], ids=lambda path: path.name)
def test_no_page_and_no_script_holds_a_chinese_word_of_its_own(file):
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if CHINESE.search(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_text_that_a_page_asks_for_is_there(page):
    assert [f"{room}.{name}" for room, name in SAID.findall(page.read_text(encoding="utf-8")) if name not in table(room)] == []


def test_no_text_of_the_pages_is_left_over():
    sources = "".join(path.read_text(encoding="utf-8") for path in [*PAGES, *REVIEW.rglob("*.py")])
    asked = set(SAID.findall(sources))
    assert [f"{room}.{name}" for room in ROOMS for name in table(room) if (room, name) not in asked] == []


def test_a_flag_is_said_in_words_and_a_number_stays_one():
    assert [said("signed", flag) for flag in (1, 0, None)] == ["有", "无", None]
    assert said("page", 1) is None


def test_a_size_is_said_in_chinese():
    assert [size(145), size(5632), size(3_100_000)] == ["145 字节", "5.6 kB", "3.1 MB"]


def test_every_table_and_column_that_datasette_shows_has_chinese_words(tmp_path):
    open_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "intake.db")) as database:
        shown = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
        columns = {column for name in shown for _, column, *_ in database.execute(f"PRAGMA table_xinfo('{name}')")}
    assert shown == {*VIEWS, *INNER}
    assert columns == {column for column, words in COLUMNS.items() if CHINESE.search(words)}
    assert [name for name, words in INNER.items() if not all(words)] == []

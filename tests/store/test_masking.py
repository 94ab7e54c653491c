"""No full id number in any text that goes into intake.db."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.submission import Field, Form, SourceFile
from store.masking import Mask, keyed_hash, mask_text, mask_value
from store.rows import SpanRow
from tests.store.make import ID, NOW, PROFILE, finding, key, open_store, project, reading, submission, taken

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@st.composite
def id_numbers(draw):
    province = draw(st.sampled_from(["11", "32", "33", "34", "50", "65", "81"]))
    year, month, day = draw(st.integers(1930, 2010)), draw(st.integers(1, 12)), draw(st.integers(1, 31))
    tail = draw(st.integers(0, 999))
    last = draw(st.sampled_from("0123456789X"))
    return f"{province}{draw(st.integers(0, 9999)):04d}{year}{month:02d}{day:02d}{tail:03d}{last}"


@st.composite
def written(draw):
    """(the number, how someone wrote it)."""
    number = draw(id_numbers())
    between = draw(st.sampled_from(["", " ", "\u3000", "-", "\n", "  ", "\u00a0", "｜"[:0] + "|"]))
    groups = draw(st.sampled_from([(6, 14), (3, 6, 10, 14), tuple(range(1, 18))]))
    parts = [number[a:b] for a, b in zip((0, *groups), (*groups, 18), strict=True)]
    text = between.join(parts)
    return number, text.translate(FULL_WIDTH) if draw(st.booleans()) else text


def digits_of(text: str) -> str:
    back = str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")
    return re.sub(r"[\s\-|]", "", text.translate(back)).upper()


@given(written(), st.text(max_size=20), st.text(max_size=20))
def test_no_way_of_writing_an_id_number_survives(pair, before, after):
    number, text = pair
    for loose in (False, True):
        masked = mask_text(before + text + after, loose=loose)
        assert number not in digits_of(masked)
        assert len(masked) == len(before + text + after)


@given(st.text())
def test_masking_twice_is_masking_once_and_keeps_the_length(text):
    once = mask_text(text, loose=True)
    assert mask_text(once, loose=True) == once and len(once) == len(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证号：32118119850910487X。", "身份证号：3211**********487X。"),
        ("321181 19850910 487X", "3211** ******** 487X"),
        ("序号1321181198509104871", "序号13211**********4871"),
        ("老证 321181850910487 号", "老证 3211*******0487 号"),
        ("３２１１８１１９８５０９１０４８７Ｘ", "３２１１**********４８７Ｘ"),
    ],
)
def test_a_number_keeps_its_first_and_last_four_places(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "S000032110123456789",
        "21226915545417",
        "91321181MA1W2X3Y4Z",
        "2024-03-26 09:00",
        "6222021104001234567",
        "ZL202310123456.7",
        "0511-80963089",
    ],
)
def test_other_numbers_stay(text):
    assert mask_text(text) == text


@pytest.mark.parametrize("text", ["32118119851310487X", "3211811985091048711", "3211811985O9lO487X", "3211811985091048X"])
def test_a_misread_number_is_masked_in_running_text(text):
    assert mask_text(f"身份证号 {text} 手机", loose=True) != f"身份证号 {text} 手机"


def test_a_known_value_is_masked_wherever_it_is_quoted():
    assert mask_text("证件 E12345678901 在此", {"E12345678901"}) == "证件 E*********** 在此"
    assert mask_text("3211-81-85-00", {"3211818500"}) == "****-**-**-**"


@pytest.mark.parametrize(("value", "masked"), [(ID, "3211**********487X"), ("321181850910487", "3211*******0487"), ("3211", "****"), ("", "")])
def test_a_sensitive_value_shows_four_and_four_or_nothing(value, masked):
    assert mask_value(value) == masked


def test_the_same_number_gives_the_same_hash_however_it_is_written():
    assert keyed_hash(b"k", "32118119850910487x") == keyed_hash(b"k", "３２１１８１ 19850910487X") != keyed_hash(b"other", ID)
    assert Mask(PROFILE.sensitive(), b"k").hash("person", "mobile", ID) is None


def everything(folder: Path) -> bytes:
    """Every byte of intake.db and of what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.name.startswith("intake.db"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written(), st.sampled_from(["field", "text", "name", "file", "finding", "span", "reason", "source", "correction", "misread"]))
def test_no_byte_of_intake_db_holds_a_full_id_number(pair, where):
    number, text = pair
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        store.record(replace(taken(), source=f"/mail/{text}" if where == "source" else "/mail", name=f"{text}.eml"), NOW)
        said = reading()
        path = f"{text}.docx" if where == "file" else "a.docx"
        files = (SourceFile(path, "0" * 64, "x", 1, "failed", f"{text} 打不开"),)
        extra = Form(key(), path, "person", "word", (Field("person", "id_number", number, text),), text=f"证号{text}")
        store.finish_reading(store.lease("read", "t", NOW, 9), replace(said, files=files, forms=(*said.forms, extra)))
        named = f"装置{text}" if where == "name" else "装置"
        made = project(name=named, id_number=number if where == "field" else ID)
        made = replace(made, forms=(*made.forms, replace(extra, source="scan")))
        findings = (replace(finding(), text=f"号码 {text} 有误"),)
        spans = (SpanRow(made.key, "nomination", "summary_what", 0, 5, "号码", text, text),)
        store.save_settled(store.lease("settle", "t", NOW, 9), (submission(projects=(made,)),), findings, spans)
        store.correct(made.key, "person", "id_number", number, "审核", NOW, f"改为{text}")
        store.dismiss(findings[0].key, "审核", NOW, text)
        held = everything(Path(folder)).decode("utf-8", "replace")
        assert number not in held and text not in held
        store.close()
        assert text not in everything(Path(folder)).decode("utf-8", "replace")


def test_the_key_of_the_hashes_is_never_in_intake_db(tmp_path):
    store = open_store(tmp_path)
    assert store.mask.key not in everything(tmp_path) and len(store.mask.key) == 32


def test_two_openings_share_the_key(tmp_path):
    first, second = open_store(tmp_path), open_store(tmp_path)
    assert first.mask.key == second.mask.key

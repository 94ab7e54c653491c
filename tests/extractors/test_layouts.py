"""Any form built from the profile's labels, in any layout, comes back value for value."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.extract import extract_forms
from profiles.load import load_profile
from tests.extractors.build import document, paragraph
from tests.extractors.layouts import filled, grid_table, heading, ticks

PROFILE = load_profile()
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def read(*blocks):
    return [form for form in extract_forms(document(*blocks), message="m", file="f", profile=PROFILE) if form.form != "other"]


def differences(form, expected):
    got = {f.field: plain(f.value) for f in form.fields}
    want = {k: plain(v) for k, v in expected.items()}
    return {k: (want.get(k), got.get(k)) for k in {*got, *want} if got.get(k) != want.get(k)}


def values(form):
    return {f.field: plain(f.value) for f in form.fields}


@pytest.mark.parametrize("name", ["nomination", "person"])
@RELAXED
@given(data=st.data())
def test_a_form_in_any_layout_comes_back_value_for_value(name, data):
    rule = PROFILE.form(name)
    made = data.draw(filled(rule))
    blocks = [*data.draw(heading(rule)), *data.draw(grid_table(rule, made))]
    (form,) = read(*blocks)
    assert form.form == name
    assert differences(form, made.expected) == {}


@RELAXED
@given(data=st.data())
def test_the_ticked_category_is_found_in_any_style(data):
    rule = PROFILE.form("nomination")
    chosen = data.draw(st.sampled_from([c.name for c in PROFILE.categories]))
    line = paragraph(data.draw(ticks(tuple(c.name for c in PROFILE.categories), chosen)))
    made = data.draw(filled(rule))
    (form,) = read(paragraph(rule.title), line, *data.draw(grid_table(rule, made)))
    assert form.value("category") == chosen
    assert form.ticks == (chosen,)


@RELAXED
@given(data=st.data())
def test_several_forms_in_one_file_are_told_apart_in_any_order(data):
    names = data.draw(st.permutations(["nomination", "person", "nomination", "person"]))
    blocks, expected = [], []
    for name in names:
        rule = PROFILE.form(name)
        made = data.draw(filled(rule))
        if not made.expected:
            return
        blocks += [*data.draw(heading(rule)), *data.draw(grid_table(rule, made))]
        expected.append((name, {k: plain(v) for k, v in made.expected.items()}))
    assert [(form.form, values(form)) for form in read(*blocks)] == expected

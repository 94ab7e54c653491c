"""A profile is loaded whole, or refused with the line and the reason."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import ProfileError
from profiles.load import load_profile

BUNDLED = Path("profiles/zhenjiang_2024.toml").read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str) -> ProfileError:
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert caught.value.values["file"] == str(path)
    return caught.value


def line_with(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_bundled_campaign_loads_by_its_name_and_by_default():
    assert load_profile() == load_profile("zhenjiang_2024") == load_profile(Path("profiles/zhenjiang_2024.toml"))
    assert load_profile().form("person").fields()[0].name == "name"


CASES = {
    "no TOML": ("recommendation = 1500 ", "recommendation = = 1500", "recommendation = ="),
    "a misspelt key of a field": ('label = "学位", kind', 'label = "学位", kindd', "kindd"),
    "an unknown kind": ('name = "gender", label = "性别", kind = "choice"', 'name = "gender", label = "性别", kind = "choise"', "choise"),
    "a number that is none": ("summary_text = 400 ", 'summary_text = "viele" ', "viele"),
    "a broken pattern in a list": ("'.+总工会$', '.+工委$'", "'.+总工会$', '(.+工委$'", "(.+工委"),
    "a broken pattern of a form": ("recognise = ['第一完成人承诺书', '^承诺书$']", "recognise = ['第一完成人承诺书', '^承诺书($']", "承诺书($"),
    "a field named twice": ('name = "degree", label', 'name = "education", label', None),
    "a choice without choices": ('kind = "choice", choices = ["男", "女"]', 'kind = "choice"', 'name = "gender"'),
    "a quota upside down": ("district = [4, 5]", "district = [5, 4]", "district = [5"),
    "a blank that is no field": ("我是镇江市单位{commitment_unit}", "我是镇江市单位{unit}", "单位{unit}"),
    "a unit of no kind": ('name = "句容市总工会"\nkind = "district"', 'name = "句容市总工会"\nkind = "village"', '"village"'),
    "a date that is none": ("deadline = 2024-04-10", 'deadline = "soon"', '"soon"'),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_profile_is_refused_with_its_line(name, tmp_path):
    before, after, seen = CASES[name]
    assert before in BUNDLED
    text = BUNDLED.replace(before, after)
    error = refused(tmp_path, text)
    expected = line_with(text, seen) if seen else line_with(text, 'name = "person"')
    assert error.values["line"] in {expected, expected - 1}
    assert str(error.values["line"]) in str(error)
    assert error.values["why"]


def test_a_missing_table_is_named(tmp_path):
    text = BUNDLED.replace("[office]", "[offices]")
    error = refused(tmp_path, text)
    assert "office" in str(error.values["why"])


def test_a_file_that_is_not_there_is_a_profile_error():
    with pytest.raises(ProfileError):
        load_profile("no_such_campaign")


def test_a_file_in_gbk_is_refused_as_such(tmp_path):
    path = tmp_path / "gbk.toml"
    path.write_bytes('name = "镇江"'.encode("gbk"))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert "UTF-8" in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(BUNDLED) - 1), sign=st.sampled_from("\"[]{}=#\n'x"))
def test_a_changed_sign_anywhere_gives_a_profile_or_a_reason(place, sign, tmp_path):
    path = tmp_path / "any.toml"
    path.write_text(BUNDLED[:place] + sign + BUNDLED[place + 1 :], encoding="utf-8")
    try:
        load_profile(path)
    except ProfileError as error:
        assert 0 <= int(str(error.values["line"])) <= BUNDLED.count("\n") + 2

"""Another city's campaign is another file: no code knows the first one."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from profiles.load import load_profile
from tests.checks.builder import CITY, Draft, Mail, findings

OTHER = load_profile(Path(__file__).with_name("other_city.toml"))
LOCAL = timezone(timedelta(hours=6))


def draft():
    nomination = {
        "category": "节能金点子",
        "project_name": "泵房夜灯感应",
        "period_start": "2030-01",
        "period_end": "2030-03",
        "summary_what": "装感应灯。",
    }
    person = {"name": "祁川", "employer": "望川供水站", "unit_name": "望川供水站", "position": "泵工", "mobile": "13900010002"}
    essay = {"section_introduction": "灯常亮。", "section_results": "省电。", "word_count": "300"}
    return Draft(
        word={"nomination": nomination, "person": person, "recommendation": essay},
        scan={"person": dict(person)},
        ticks=("节能金点子",),
        sealed={"person": True},
        row={"seq": "1", "project_name": "泵房夜灯感应", "main_completers": "祁川", "phone": "3300112"},
    )


def told(one, **mail):
    message = Mail([one], unit="望川县总工会", received_at=datetime(2031, 5, 31, 23, tzinfo=LOCAL), sources=("word",), head={}, **mail)
    return findings(message, profile=OTHER)


def test_a_flawless_submission_of_another_city_has_no_finding():
    assert told(draft()) == ()


def changed(form, **values):
    one = draft()
    one.word[form] |= values
    return one


@pytest.mark.parametrize(
    ("one", "rule", "severity", "text"),
    [
        (changed("recommendation", word_count="801"), "recommendation-too-long", "error", "801字，多了1字。"),
        (changed("nomination", summary_what="好" * 61), "summary-text-too-long", "error", "61字，多了1字。"),
        (changed("nomination", period_end="2030-07"), "not-applied-in-time", "ineligible", "2030年7月晚于2030年6月30日。"),
        (changed("nomination", award_1_name="州级一等奖"), "provincial-award", "ineligible", "州级一等奖。"),
        (changed("person", position="站长"), "not-frontline", "verify", "站长？"),
        (changed("recommendation", section_results=""), "missing-section", "error", "《金点子说明》没写好处。"),
    ],
)
def test_the_rules_speak_in_the_other_citys_figures_words_and_severities(one, rule, severity, text):
    if "position" in one.word["person"]:
        one.scan["person"] = dict(one.word["person"])
    assert [(f.rule, f.severity, f.text) for f in told(one)] == [(rule, severity, text)]


def test_another_citys_forms_decide_what_must_be_stamped_signed_and_masked():
    one = draft()
    one.sealed["person"] = False
    one.word["person"]["mobile"] = one.scan["person"]["mobile"] = "12900010002"
    assert [(f.rule, f.text) for f in told(one)] == [
        ("invalid-field", "表三《提出人登记表》电话：1290***0002？"),
        ("no-seal", "表三《提出人登记表》没盖章。"),
    ]


def test_a_form_the_campaign_does_not_know_is_never_missing():
    assert "missing-certificate" in OTHER.rules
    assert "missing-certificate" not in {f.rule for f in told(draft())}


def test_no_source_of_the_rules_names_a_place_of_a_campaign():
    names = [*CITY.roster.places, CITY.office.name, *(unit.name for unit in CITY.roster.units), *OTHER.roster.places]
    sources = {path: path.read_text(encoding="utf-8") for path in Path("checks").glob("*.py")}
    assert sources
    assert [(path.name, name) for path, text in sources.items() for name in names if name in text] == []

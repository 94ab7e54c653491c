"""The fixtures are what they say: complete tables, valid numbers, the same bytes for the same seed, nothing in the blanks."""

import json
import re
from datetime import date
from pathlib import Path
from random import Random

import pytest

from checks.identifiers import id_is_male, id_problem, is_email, is_mobile
from extractors.extract import extract_forms
from fixtures import layouts, make_blank
from fixtures.cases import SEVERITIES, a_case, count_words, stories
from fixtures.damage import DAMAGES
from fixtures.defects import DEFECTS, spoil
from fixtures.forms import form_document
from fixtures.people import a_person
from fixtures.wordkit import place, save
from fixtures.writing import a_style
from parsers.limits import ReadLimits
from parsers.reading import read_document
from profiles.load import load_profile

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "fixtures" / "demo"
PROFILE = load_profile()
FIELDS = {f"{form.name}.{name}" for form in PROFILE.forms for field in form.fields() for name in (field.yields or (field.name,))}
SECTIONS = {
    f"recommendation.{name}" for name in ("section_introduction", "section_practice", "section_results", "word_count", "character_count")
}


@pytest.mark.parametrize("path", sorted(make_blank.HERE.glob("*.docx")), ids=lambda p: p.name[:3])
def test_a_blank_form_is_recognised_and_holds_no_value(path, tmp_path):
    document = read_document(path, path.name, tmp_path, ReadLimits())
    (form,) = extract_forms(document, message="m", file=path.name, profile=PROFILE)
    assert form.form == {"附件1": "summary", "附件2": "nomination", "附件3": "person", "附件4": "commitment"}[path.name[:3]]
    assert [(f.field, f.value) for f in form.fields] == []


def test_the_blanks_are_what_their_script_makes(tmp_path):
    make_blank.main(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in make_blank.HERE.iterdir()}


@pytest.mark.parametrize("layout", [*layouts.NOMINATIONS.values(), *layouts.PERSONS.values()], ids=lambda f: f.__name__)
def test_a_layout_has_every_field_of_its_form_once(layout):
    cells = [p.cell.field for p in place(layout()) if p.cell.field]
    form = "nomination" if "nomination" in layout.__name__ else "person"
    wanted = {field.name for block in PROFILE.form(form).blocks for field in block.fields}
    assert sorted(cells) == sorted(wanted)


@pytest.mark.parametrize("seed", range(20))
def test_invented_people_have_valid_numbers(seed):
    rng = Random(seed)
    person = a_person(rng, rng.choice(("丹阳", "润州", "经开")))
    assert id_problem(person.id_number, date(2024, 4, 1)) == ""
    assert id_is_male(person.id_number) == (person.gender == "男")
    assert is_mobile(person.mobile)
    assert is_email(person.email)


@pytest.mark.parametrize("story", stories(), ids=lambda s: s.name)
def test_a_story_keeps_the_limits_of_the_notice(story):
    assert sum(map(count_words, story.about)) < PROFILE.limits.summary_text - PROFILE.limits.slack
    assert story.category in {category.name for category in PROFILE.categories}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_leads_to_a_rule_of_the_campaign(name):
    case = spoil(a_case(Random(1), stories()[0], "句容"), (name,), Random(2))
    assert case.findings
    for rule, _ in case.findings:
        severity = PROFILE.rules[rule].severity
        assert SEVERITIES.get(rule, "error") == severity, rule


def test_every_expected_field_is_one_of_the_campaign():
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    named = {key for m in truth["messages"] for p in m["projects"] for values in p["fields"].values() for key in values}
    assert named <= FIELDS | SECTIONS


def test_each_demo_mail_stands_beside_what_is_expected_of_it():
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    mails = sorted(DEMO.glob("*.eml"))
    assert [json.loads(m.with_suffix(".expected.json").read_text(encoding="utf-8")) for m in mails] == truth["messages"]
    assert len(mails) >= 4
    assert sum(len(m["projects"]) for m in truth["messages"]) >= 7
    assert sum(f.stat().st_size for f in DEMO.iterdir()) < 12 * 2**20


def test_the_table_of_fixtures_names_every_file():
    table = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
    assert [mail.name for mail in DEMO.glob("*.eml") if f"`demo/{mail.name}`" not in table] == []
    modules = [path.name for path in (ROOT / "fixtures").glob("*.py") if path.stem not in ("__init__", "make_blank", "make_demo")]
    assert [name for name in modules if f"`{name}`" not in table] == []
    assert f"{len(DEFECTS)} defects by name" in table
    assert f"{len(DAMAGES)} damages by name" in table


def test_the_same_seed_gives_the_same_file(tmp_path):
    for name in ("a", "b"):
        rng = Random(5)
        case = a_case(rng, stories()[3], "丹徒")
        save(form_document(case, ("nomination", "person", "commitment"), a_style(rng)), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_telephone_number_of_a_fixture_is_given_to_anybody():
    text = (DEMO / "truth.json").read_text(encoding="utf-8")
    phones = re.findall(r'_?(?:phone|mobile)": "(\d+)"', text)
    assert phones
    assert [n for n in phones if not re.fullmatch(r"1\d\d000\d{4,5}|05118000\d{4}", n)] == []

"""A recheck says what judging from the beginning would say, however little of it is done again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from checks.excerpt import excerpt
from extractors.assemble import assemble
from pipeline import process
from pipeline.making import rows_made_by
from pipeline.process import settle
from profiles.profile import Profile
from store.database import Store
from store.settled import Excerpts
from tests.review.filled import NOW, PROFILE, fill

BY = ("王审核", NOW)


def recheck(store: Store, profile: Profile) -> tuple[object, ...]:
    """Every finding and status after settling every unit again."""
    store.queue_recheck()
    while (job := store.lease("settle", "t", NOW, 60)) is not None:
        settle(store, profile, job, store.unit_of(job.message), job.message)
    return store.findings(), store.projects(), store.values()


def from_the_beginning(store: Store, profile: Profile) -> tuple[object, ...]:
    store.intake.execute("UPDATE message SET settled = NULL")
    store.private.execute("DELETE FROM breaches")
    store.private.execute("DELETE FROM excerpts")
    return recheck(store, profile)


def worded(profile: Profile) -> Profile:
    rules = {name: rule.model_copy(update={"text": "改了说法", "severity": "advice", "variants": {}}) for name, rule in profile.rules.items()}
    return profile.model_copy(update={"rules": rules})


def stricter(profile: Profile) -> Profile:
    return profile.model_copy(update={"limits": profile.limits.model_copy(update={"recommendation": 10, "slack": 0})})


def fewer(profile: Profile) -> Profile:
    return profile.model_copy(update={"rules": {name: rule for name, rule in profile.rules.items() if name != "no-seal"}})


@pytest.mark.parametrize("edited", [lambda profile: profile, worded, stricter, fewer])
def test_a_recheck_after_an_edit_of_the_campaign_finds_what_a_fresh_look_finds(tmp_path, edited: Callable[[Profile], Profile]):
    store, profile = fill(tmp_path), edited(Profile.model_validate(PROFILE.model_dump()))
    recheck(store, PROFILE)
    again = recheck(store, profile)
    assert again == recheck(store, profile) == from_the_beginning(store, profile)
    assert (again == recheck(store, PROFILE)) is (profile == PROFILE)


def other(value: object) -> object:
    """Another value of the same kind."""
    match value:
        case int() | float():
            return type(value)(value / 3)
        case date():
            return value.replace(year=value.year - 3)
        case str():
            return "UTC"
        case tuple():
            return () if value else ("项目",)
    raise TypeError(type(value))


def edits(profile: Profile) -> Iterator[Profile]:
    """The campaign with one thing changed, for every figure, date and list of words, and for what else the rules look at."""
    for part in ("limits", "dates"):
        model = getattr(profile, part)
        for name in type(model).model_fields:
            yield profile.model_copy(update={part: model.model_copy(update={name: other(getattr(model, name))})})
    for name in (*profile.words, "unheard_of"):
        yield profile.model_copy(update={"words": {**profile.words, name: other(profile.words.get(name, ()))}})
    yield profile.model_copy(update={"subject_words": ("别的活动",)})
    yield profile.model_copy(update={"categories": profile.categories[1:]})
    roster = profile.roster
    quota = dict.fromkeys(roster.quota, (9, 9))
    yield profile.model_copy(update={"roster": roster.model_copy(update={"quota": quota, "places": roster.places[:1]})})


def test_whatever_is_edited_only_the_rules_that_look_at_it_judge_again_and_find_what_a_fresh_look_finds(tmp_path, monkeypatch):
    store = fill(tmp_path)
    judged: list[int] = []
    find = process.find_watched
    monkeypatch.setattr(process, "find_watched", lambda *given: judged.append(len(given[-1])) or find(*given))
    changed = 0
    for edited in edits(PROFILE):
        before = from_the_beginning(store, PROFILE)
        recheck(store, PROFILE)
        judged.clear()
        again = recheck(store, edited)
        assert max(judged, default=0) < len(PROFILE.rules)
        assert again == from_the_beginning(store, edited)
        changed += again != before
    assert changed >= 4, "few edits would show a rule that was wrongly left out"


def test_after_an_edit_nothing_is_put_together_again_for_the_rules_that_look_at_it(tmp_path, monkeypatch):
    store = fill(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(process, "assemble", lambda *_, **__: pytest.fail("put together again"))
        edited = recheck(store, stricter(PROFILE))
    assert edited == from_the_beginning(store, stricter(PROFILE))


def test_what_the_rules_see_is_kept_whole_and_made_again_where_it_is_missing(tmp_path):
    store = fill(tmp_path)
    unit, message = store.units_settled()[0]
    inputs = store.settled.inputs(unit, message, rows_made_by(PROFILE))
    submissions = assemble(store.readings(unit, message), PROFILE)
    seen = tuple(excerpt(submission, PROFILE) for submission in submissions)
    assert store.settled.excerpts(inputs) == Excerpts(seen, store.known_values(submissions))
    store.private.execute("DELETE FROM excerpts")
    recheck(store, stricter(PROFILE))
    assert store.settled.excerpts(inputs) == Excerpts(seen, store.known_values(submissions))


def test_what_was_found_is_not_sought_again_for_other_words(tmp_path, monkeypatch):
    store = fill(tmp_path)
    recheck(store, PROFILE)
    monkeypatch.setattr("pipeline.process.find_watched", lambda *_: pytest.fail("judged again"))
    recheck(store, worded(PROFILE))
    assert {(finding.text, finding.severity) for finding in store.findings()} == {("改了说法", "advice")}


def test_a_message_of_the_unit_that_could_not_be_read_makes_nothing_be_done_again(tmp_path, monkeypatch):
    store = fill(tmp_path)
    store.intake.execute("INSERT INTO message (message, sha256, source_kind, source, name, told_unit, unit, status)"
                         " SELECT 'm0', 'x', 'mail', '/b', 'b', told_unit, unit, 'failed' FROM message")  # fmt: skip
    before = recheck(store, PROFILE)
    monkeypatch.setattr("pipeline.process.assemble", lambda *_, **__: pytest.fail("put together again"))
    assert recheck(store, PROFILE) == before


def test_a_correction_and_its_undoing_reach_the_rows_that_stand(tmp_path):
    store = fill(tmp_path)
    before = recheck(store, PROFILE)
    project = next(row for row in store.projects() if row.project_name == "冲床自动送料装置").project
    store.correct(project, "person", "email", "nonsense", *BY)
    spoilt = recheck(store, PROFILE)
    assert spoilt == from_the_beginning(store, PROFILE) != before
    store.correct(project, "person", "email", None, *BY)
    assert recheck(store, PROFILE) == before


def test_a_dismissal_outlives_a_recheck_that_writes_nothing(tmp_path):
    store = fill(tmp_path)
    recheck(store, PROFILE)
    found = next(finding for finding in store.findings() if finding.project and finding.severity == "error")
    store.dismiss((found.message, found.project, found.rule, found.form, found.field), *BY, "已核")
    recheck(store, PROFILE)
    assert replace(found, state="dismissed") in store.findings()


def test_an_erased_project_leaves_nothing_in_what_was_found(tmp_path):
    store = fill(tmp_path)
    kept = "SELECT (SELECT count(*) FROM breaches), (SELECT count(*) FROM excerpts)"
    assert tuple(store.private.execute(kept).fetchone()) == (1, 1)
    erasing = store.erasing
    plan = erasing.plan(store.projects()[0].project)
    erasing.erase(plan)
    assert tuple(store.private.execute(kept).fetchone()) == (0, 0)
    assert recheck(store, PROFILE) == from_the_beginning(store, PROFILE)

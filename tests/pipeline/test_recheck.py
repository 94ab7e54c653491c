"""A recheck says what judging from the beginning would say, however little of it is done again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.process import settle
from profiles.profile import Profile
from store.database import Store
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


def test_what_was_found_is_not_sought_again_for_other_words(tmp_path, monkeypatch):
    store = fill(tmp_path)
    recheck(store, PROFILE)
    monkeypatch.setattr("pipeline.process.find", lambda *_: pytest.fail("judged again"))
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
    recheck(store, PROFILE)
    assert store.private.execute("SELECT count(*) FROM breaches").fetchone()[0] == 1
    erasing = store.erasing
    plan = erasing.plan(store.projects()[0].project)
    erasing.erase(plan)
    assert store.private.execute("SELECT count(*) FROM breaches").fetchone()[0] == 0
    assert recheck(store, PROFILE) == from_the_beginning(store, PROFILE)

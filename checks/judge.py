"""All rules over one message: each rule of the profile is found by its name and judged by its own small function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType

from checks import across, completeness, consistency, eligibility, limits, message, validity
from checks.case import Desk, Hit
from checks.finding import Finding
from checks.listing import make_listing
from checks.register import Register
from extractors.submission import Project, Submission
from profiles.profile import Profile

ProjectRule = Callable[[Project, Desk], Iterator[Hit]]
MessageRule = Callable[[Desk], Iterator[Hit]]
PROJECT_ROOMS = (completeness, limits, validity, consistency, eligibility, across)
MESSAGE_ROOMS = (message,)


def _named(rooms: Iterable[ModuleType], rule: str) -> Callable[..., Iterator[Hit]] | None:
    """The function of the rule in one of `rooms`: `missing-field` is `missing_field`."""
    name = rule.replace("-", "_")
    return next((vars(room)[name] for room in rooms if callable(vars(room).get(name))), None)


def project_rule(rule: str) -> ProjectRule | None:
    """The function that judges a project by `rule`, or None when the rule looks at messages only."""
    return _named(PROJECT_ROOMS, rule)


def message_rule(rule: str) -> MessageRule | None:
    """The function that judges a message by `rule`, or None when the rule looks at projects only."""
    return _named(MESSAGE_ROOMS, rule)


class _Slots(dict[str, object]):
    """What fills a text; a slot that the rule does not know stays as the profile's author wrote it."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _finding(rule: str, hit: Hit, profile: Profile, message_key: str, project: str | None) -> Finding:
    """The hit in the profile's words, with the profile's severity."""
    words = profile.rules[rule]
    variant = words.variants.get(hit.variant) if hit.variant else None
    text = (variant.text if variant else words.text).format_map(_Slots(hit.slots))
    severity = (variant.severity if variant else None) or words.severity
    return Finding(message_key, project, rule, severity, text, hit.form, hit.field, hit.file, hit.page)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each key, in order."""
    return tuple({finding.key: finding for finding in reversed(tuple(findings))}.values())[::-1]


def judge(submission: Submission, earlier: Sequence[Submission], register: Register, profile: Profile) -> tuple[Finding, ...]:
    """Every breach of the profile's rules by this message and by each of its current projects.

    `earlier`: all the other submissions of the same unit, in any order: quota, 汇总表 and listing are judged by all the unit
    has sent so far. Superseded versions of a project get no finding.
    """
    everything = (*(other for other in earlier if other.message != submission.message), submission)
    desk = Desk(submission, everything[:-1], register, profile, make_listing(everything))
    found: list[Finding] = []
    for rule in profile.rules:
        if judge_message := message_rule(rule):
            found.extend(_finding(rule, hit, profile, submission.message, None) for hit in judge_message(desk))
        if judge_project := project_rule(rule):
            for project in submission.projects:
                if project.superseded_by is None:
                    found.extend(_finding(rule, hit, profile, submission.message, project.key) for hit in judge_project(project, desk))
    return _once(found)

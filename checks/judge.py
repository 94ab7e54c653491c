"""All rules over one message: each rule of the profile is found by its name and judged by its own small function.

Finding what is wrong (`find`) and saying it in the profile's words (`worded`) are two steps: what was found holds as long as what the rules
look at stays the same, whatever the words and severities are changed to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import cast

from checks import across, completeness, consistency, eligibility, limits, message, validity
from checks.case import Desk, Hit
from checks.excerpt import Excerpt, excerpt
from checks.finding import Finding
from checks.looks import Watched
from checks.register import Register
from extractors.submission import Project, Submission
from profiles.profile import Profile

ProjectRule = Callable[[Project, Desk], Iterator[Hit]]
MessageRule = Callable[[Desk], Iterator[Hit]]
PROJECT_ROOMS = (completeness, limits, validity, consistency, eligibility, across)
MESSAGE_ROOMS = (message,)


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of `rule` by the message, or by `project` of it; not yet put into words."""

    message: str
    project: str | None
    rule: str
    hit: Hit


def _named(rooms: Iterable[ModuleType], rule: str) -> Callable[..., Iterator[Hit]] | None:
    """The function of the rule in one of `rooms`: `missing-field` is `missing_field`."""
    name = rule.replace("-", "_")
    return next((vars(room)[name] for room in rooms if callable(vars(room).get(name))), None)


@cache
def project_rule(rule: str) -> ProjectRule | None:
    """The function that judges a project by `rule`, or None when the rule looks at messages only."""
    return _named(PROJECT_ROOMS, rule)


@cache
def message_rule(rule: str) -> MessageRule | None:
    """The function that judges a message by `rule`, or None when the rule looks at projects only."""
    return _named(MESSAGE_ROOMS, rule)


class _Slots(dict[str, object]):
    """What fills a text; a slot that the rule does not know stays as the profile's author wrote it."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def worded(found: Breach, profile: Profile) -> Finding:
    """What was found in the profile's words, with the profile's severity."""
    hit, words = found.hit, profile.rules[found.rule]
    variant = words.variants.get(hit.variant) if hit.variant else None
    text = (variant.text if variant else words.text).format_map(_Slots(hit.slots))
    severity = (variant.severity if variant else None) or words.severity
    return Finding(found.message, found.project, found.rule, severity, text, hit.form, hit.field, hit.file, hit.page)


def _once(findings: Iterable[Breach]) -> tuple[Breach, ...]:
    """The first of each key (`Finding.key`), in order."""
    first: dict[tuple[str | None, ...], Breach] = {}
    for found in findings:
        first.setdefault((found.message, found.project, found.rule, found.hit.form, found.hit.field), found)
    return tuple(first.values())


def find(submission: Submission, sent: Sequence[Submission], register: Register, profile: Profile) -> tuple[Breach, ...]:
    """Every breach of the profile's rules by this message and by each of its current projects.

    `sent`: all the submissions of the same unit, in any order: quota, 汇总表 and listing are judged by all the unit
    has sent so far. Superseded versions of a project get no finding.
    """
    seen = tuple(excerpt(other, profile) for other in sent)
    return find_watched(excerpt(submission, profile), seen, register, Watched(profile), profile.rules)


def find_watched(
    submission: Excerpt, sent: Sequence[Excerpt], register: Register, watched: Watched, rules: Iterable[str]
) -> tuple[Breach, ...]:
    """As `find`; what each rule looks at in the campaign is noted in `watched.looks`."""
    others = tuple(other for other in sent if other.message != submission.message)
    desk = Desk(submission, others, register, cast(Profile, watched))
    found: list[Breach] = []
    for rule in rules:
        watched.rule = rule
        if judge_message := message_rule(rule):
            found.extend(Breach(submission.message, None, rule, hit) for hit in judge_message(desk))
        if judge_project := project_rule(rule):
            for project in submission.projects:
                if project.superseded_by is None:
                    found.extend(Breach(submission.message, project.key, rule, hit) for hit in judge_project(project, desk))
    return _once(found)


def judge(submission: Submission, sent: Sequence[Submission], register: Register, profile: Profile) -> tuple[Finding, ...]:
    """`find`, in words."""
    return tuple(worded(found, profile) for found in find(submission, sent, register, profile))

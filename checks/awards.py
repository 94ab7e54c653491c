"""How high an award is: told from its grantor and name, firms left out, and from what a text tells of awards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from checks.wording import blanked, clauses, denies, joined

PROVINCIAL: Final = "provincial"
MUNICIPAL: Final = "municipal"
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """An award that a text tells of: the clause, and whether it is said of the project itself (no firm, team or person before it)."""

    clause: str
    own: bool


def level_of(text: str, words: Words) -> str:
    """The level that `text` names: `provincial` (or higher), `municipal`, or "". A firm's name, though it holds a province, names none."""
    public = blanked(text, words.get("firms", ()))
    for level, below in ((PROVINCIAL, ()), (MUNICIPAL, words.get("below_municipal", ()))):
        pattern = joined(words.get(level, ()))
        if pattern and pattern.search(blanked(public, below)):
            return level
    return ""


def award_level(name: str, grantor: str, words: Words) -> str:
    """The level of an award of this name from this grantor: the higher of what the two name.

    A firm that grants (its union, its science department) grants no public award, unless the award's own name begins with the level.
    """
    levels = {level_of(grantor, words), level_of(name, words)}
    return next((level for level in (PROVINCIAL, MUNICIPAL) if level in levels), "")


def told_awards(text: str, level: str, words: Words) -> Iterator[Told]:
    """Clauses of `text` that tell of an award of `level`: a verb of receiving, in it or in the clause before, and a word for an award,
    without a denial. An honour of a person is none, nor a place in a contest unless a project won it."""
    won, award = joined(words.get("won", ())), joined(words.get("award", ()))
    if not (won and award and award.search(text)):
        return
    front: str | None = None
    for _start, clause in clauses(text):
        verb = won.search(clause)
        front = clause[: verb.end()] if verb else front
        if front is None or not award.search(clause):
            front = None
            continue
        denied = denies(front, words.get("negations", ()), words.get("no_negations", ()))
        if level_of(clause, words) == level and not denied and not _no_award_of_a_project(clause, words):
            owners = joined(words.get("other_owners", ()))
            yield Told(clause.strip(), own=not (owners and owners.search(front)))


def _no_award_of_a_project(clause: str, words: Words) -> bool:
    """True when the clause speaks of an honour of people or firms, of a mere hope, or of a contest in which no project competed."""
    names = ("other_honours", "hoped", "contests", "of_project")
    honours, hoped, contests, projects = (joined(words.get(name, ())) for name in names)
    if (honours and honours.search(clause)) or (hoped and hoped.search(clause)):
        return True
    return bool(contests and contests.search(clause) and not (projects and projects.search(clause)))

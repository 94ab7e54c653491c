"""The closed word lists of this room: plain Chinese by default, the city's own words from its profile."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from typing import Any, Final, Self

Pairs = tuple[tuple[str, str], ...]


@functools.cache
def words() -> dict[str, Any]:
    """The room's own table of words (`words.toml`)."""
    return tomllib.loads(files("extractors.nlp").joinpath("words.toml").read_text(encoding="utf-8"))


def one_of(name: str) -> str:
    """A pattern of any of the patterns in the list `name` of `words.toml`, in the list's order."""
    return "(?:" + "|".join(words()[name]) + ")"


def _list(name: str) -> tuple[str, ...]:
    return tuple(words()[name])


def _pairs(name: str) -> Pairs:
    return tuple((word, value) for value, group in words()[name].items() for word in group)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Closed word lists. Pairs are (word, what it stands for).

    `grades`: 技能等级 and its level. `titles`: 职称 and its level. `heads`: posts of heads of enterprises. `honours` of persons and teams.
    `decoys`: longer words that only look like one of these. `in_use`: verbs of being put to use. `excluded`: (pattern, subject).
    `provinces`, `cities`, `counties`: place names that tell an award's level; the last two are the campaign's own and empty by default.
    """

    grades: Pairs = field(default_factory=lambda: _pairs("grades"))
    titles: Pairs = field(default_factory=lambda: _pairs("titles"))
    heads: tuple[str, ...] = field(default_factory=lambda: _list("heads"))
    honours: tuple[str, ...] = field(default_factory=lambda: _list("honours"))
    decoys: tuple[str, ...] = field(default_factory=lambda: _list("decoys"))
    in_use: tuple[str, ...] = field(default_factory=lambda: _list("in_use"))
    excluded: Pairs = field(default_factory=lambda: _pairs("excluded"))
    provinces: tuple[str, ...] = field(default_factory=lambda: _list("provinces"))
    cities: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()

    def with_words(self, words: Mapping[str, Iterable[str]]) -> Self:
        """This lexicon with the lists that `words` (a profile's `[words]`) holds under `nlp_<list>`, added to the defaults.

        A pair is written `word=level`. Raises ValueError for a pair without `=` and for a pattern of `excluded` that is none.
        """
        more: dict[str, tuple[object, ...]] = {}
        for own_list in fields(self):
            given = tuple(words.get(f"nlp_{own_list.name}", ()))
            if given:
                own: tuple[object, ...] = getattr(self, own_list.name)
                more[own_list.name] = own + (tuple(map(_pair, given)) if own_list.name in ("grades", "titles", "excluded") else given)
        return replace(self, **more)  # type: ignore[arg-type]


def _pair(written: str) -> tuple[str, str]:
    word, sign, value = written.rpartition("=")
    if not sign or not word or not value:
        raise ValueError(f"not written as word=value: {written}")
    re.compile(word)
    return word, value


PLAIN: Final = Lexicon()

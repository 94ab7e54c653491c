"""On which line of a TOML file a value stands: `tomllib` does not say, and a person who edits the file must know."""

from __future__ import annotations

import re
from collections.abc import Mapping

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w.\-]+)\s*=\s*(.*)$""")
_INLINE_KEY = re.compile(r"""(?:^\s*\{|,)\s*([\w\-]+)\s*=""")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


def lines_of(text: str) -> dict[Place, int]:
    """Place → 1-based line, for every table, key, and item of an array that starts on a line of its own.

    Reads the layout people write by hand (headers, `key = value`, one item a line); what it cannot place is simply
    missing, and `line_of` falls back to what encloses it.
    """
    lines = text.splitlines()
    places: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    number = 0
    while number < len(lines):
        header, key = _HEADER.match(lines[number]), _KEY.match(lines[number])
        if header:
            table = _table(header[2], header[1] == "[[", counts)
            places.setdefault(table, number + 1)
        elif key:
            place = (*table, *_names(key[1]))
            places[place] = number + 1
            number = _value(lines, number, key[2], place, places)
        number += 1
    return places


def line_of(places: Mapping[Place, int], place: Place) -> int:
    """The line of `place`, or of the nearest thing that encloses it; 0 when none is known."""
    while place:
        if place in places:
            return places[place]
        place = place[:-1]
    return 0


def _names(dotted: str) -> list[str]:
    if dotted[0] in "\"'":
        return [dotted[1:-1]]
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _table(dotted: str, many: bool, counts: dict[Place, int]) -> Place:
    """The place a header opens: arrays of tables on the way stand at their latest item."""
    place: Place = ()
    names = _names(dotted)
    for i, name in enumerate(names):
        place = (*place, name)
        if many and i == len(names) - 1:
            counts[place] = counts.get(place, -1) + 1
            for inner in [p for p in counts if len(p) > len(place) and p[: len(place)] == place and p[len(place)] == counts[place]]:
                del counts[inner]
        if place in counts:
            place = (*place, counts[place])
    return place


def _value(lines: list[str], number: int, value: str, place: Place, places: dict[Place, int]) -> int:
    """Steps over a value that runs over several lines, noting its items; gives the line it ends on."""
    for quotes in ('"""', "'''"):
        if value.startswith(quotes):
            return _to_quotes(lines, number, value, quotes)
    depth, item = _depth(value), 0
    _inline(value, place, number, places)
    while depth > 0 and number + 1 < len(lines):
        number += 1
        line = lines[number]
        if depth == 1 and line.strip() and line.strip()[0] not in "#]":
            places[(*place, item)] = number + 1
            _inline(line, (*place, item), number, places)
            item += 1
        depth += _depth(line)
    return number


def _to_quotes(lines: list[str], number: int, value: str, quotes: str) -> int:
    if quotes in value[3:]:
        return number
    while number + 1 < len(lines):
        number += 1
        if quotes in lines[number]:
            break
    return number


def _depth(line: str) -> int:
    bare = _STRING.sub("", line).split("#")[0]
    return bare.count("[") - bare.count("]")


def _inline(value: str, place: Place, number: int, places: dict[Place, int]) -> None:
    for name in _INLINE_KEY.findall(_STRING.sub('""', value)):
        places[(*place, name)] = number + 1

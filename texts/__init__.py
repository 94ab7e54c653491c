"""The one table of everything a clerk reads, by language.

`zh.toml` holds one table a room (`[error]`, `[cli]`, `[review]`, …). The texts of findings are not here: they
belong to the campaign and stand in its profile.
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("texts").joinpath("zh.toml").read_text(encoding="utf-8"))


def say(key: str, /, **values: object) -> str:
    """The Chinese text for `key` (`"error.file_damaged"`), its `{slots}` filled from `values`.

    Raises KeyError when the table has no such text or a slot stays without a value: both are mistakes of the program,
    and a test walks the sources for every key.
    """
    room, _, name = key.partition(".")
    return _table()[room][name].format(**values)


def table(room: str) -> Mapping[str, str]:
    """All texts of a room by name, in the order of the table. Raises KeyError for an unknown room."""
    return MappingProxyType(_table()[room])

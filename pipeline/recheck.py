"""The rules again over what is stored: no parsing, no OCR."""

from collections.abc import Callable

from pipeline.process import settle_all
from profiles.profile import Profile
from store.database import Store


def recheck(store: Store, profile: Profile, told: Callable[[], None] = lambda: None) -> int:
    """Judges every unit's submissions again under `profile`. Returns how many units (and messages of no unit) were judged."""
    units = list(store.units_settled())
    settle_all(store, profile, units, told)
    return len(units)

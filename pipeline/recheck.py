"""The rules again over what is stored: no parsing, no OCR."""

from collections.abc import Callable

from pipeline.jobs import Shift, settle_waiting
from pipeline.process import House


def recheck(house: House, shift: Shift, told: Callable[[], None] = lambda: None) -> int:
    """Judges every unit's submissions again under the house's profile; a kill on the way is mended by the next run.

    Returns how many units (and messages of no unit) were judged.
    """
    house.store.queue_recheck()
    return settle_waiting(house, shift, told)

"""What only paper shows: the seal, the signature, the tone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block
from parsers.document import Box, Ink, Page, Seal, Tone

# Handwriting at 签字: signed pages show 12–42 mm² of ink, unsigned ones 0 (design.md, measured).
SIGNATURE = 5.0
# A stamp that is surer than this is one.
SURE_SEAL = 0.5
_SIGN_HERE = re.compile(r"签\s*[字名]")
_POOREST: tuple[Tone, ...] = ("one-bit", "grey", "colour")


def tone(pages: Sequence[Page]) -> Tone | None:
    """The poorest tone of these pages; None in Word."""
    return next((tone for tone in _POOREST if any(page.tone == tone for page in pages)), None)


def seals(pages: Sequence[Page]) -> tuple[Seal, ...]:
    """All stamps on these pages."""
    return tuple(seal for page in pages for seal in page.seals)


def sealed(pages: Sequence[Page]) -> bool | None:
    """Whether a stamp is there; None where none is seen but the paper is grey or one-bit, so none could be seen."""
    if any(seal.confidence >= SURE_SEAL for seal in seals(pages)):
        return True
    return False if tone(pages) in (None, "colour") else None


def beside(page: Page, own: Sequence[Block], all_blocks: Sequence[Sequence[Block]]) -> Page:
    """The page with only those stamps and that ink whose middle lies between this form's first line and the next form's."""
    tops = sorted(top for blocks in all_blocks if (top := _top(page, blocks)) is not None)
    start = _top(page, own)
    if start is None:
        return page
    end = next((top for top in tops if top > start), 1.0)
    start = 0.0 if start == tops[0] else start

    def mine(box: Box) -> bool:
        return start <= (box.y0 + box.y1) / 2 < end

    return replace(page, seals=tuple(s for s in page.seals if mine(s.box)), ink=tuple(i for i in page.ink if mine(i.box)))


def _top(page: Page, blocks: Sequence[Block]) -> float | None:
    boxes = [line.box for number, block in blocks if number == page.number for _, line in lines_in(block, number)]
    return min((box.y0 for box in boxes if box is not None), default=None)


def signed(pages: Sequence[Page], blocks: Sequence[Block]) -> bool | None:
    """Whether there is handwriting at 签字; where no such line is found, anywhere on the lower half of the pages.

    None where something stands there that may be a name in print, and the paper is grey or one-bit, so that its ink does not tell.
    """
    if not pages:
        return None
    found = [ink for page in pages for ink in _ink_at_sign(page, blocks)]
    if sum(ink.area for ink in found if ink.sure) >= SIGNATURE:
        return True
    doubtful = sum(ink.area for ink in found) >= SIGNATURE and tone(pages) != "colour"
    return None if doubtful else False


def _ink_at_sign(page: Page, blocks: Sequence[Block]) -> list[Ink]:
    places = _sign_places([(number, block) for number, block in blocks if number == page.number])
    return [ink for ink in page.ink if _is_at(ink, places)]


def _sign_places(blocks: Sequence[Block]) -> list[Box]:
    places = []
    for number, block in blocks:
        for line in lines_in(block, number):
            flow: Flow = flow_of([line])
            match = _SIGN_HERE.search(flow.text)
            box = flow[match.start() :].box if match else None
            if box:
                places.append(box)
    return places


def _is_at(ink: Ink, places: Sequence[Box]) -> bool:
    """Right of 签字 or around it, less than three lines off; a date is written below it and is no signature."""
    if not places:
        return ink.box.y0 > 0.4
    middle = (ink.box.y0 + ink.box.y1) / 2
    for place in places:
        height = place.y1 - place.y0
        if place.y0 - 2 * height <= middle <= place.y1 + 0.6 * height and ink.box.x1 > place.x0:
            return True
    return False

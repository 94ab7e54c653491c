"""How surely stamps and signatures are seen, per degradation, and how often where there are none.

    python -m benchmarks.marks --cases 6 --seed 11 [--damage pale --damage grey+pale]

Invented forms are printed once, then stamped and signed, or left bare, and damaged (fixtures/); the pages are measured
without OCR, upright, so that a page takes about a second. `signed`: ink of 5 mm² or more beside the place of 签字.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import cv2
import numpy as np

from extractors.marks import SIGNATURE, SURE_SEAL
from fixtures.cases import Case, a_case, stories
from fixtures.damage import damage
from fixtures.forms import form_document
from fixtures.office import convert
from fixtures.scans import INKS, Pen, Sheets, a_pen
from fixtures.writing import a_style
from parsers.document import Box
from parsers.scan.engine import Reading
from parsers.scan.grey_seals import find_grey_seals
from parsers.scan.ink import find_ink
from parsers.scan.lines import Piece
from parsers.scan.pictures import Area, Picture, quad_of
from parsers.scan.seals import find_seals
from parsers.scan.upright import Sheet, cut_out, straightened

FORMS = ("nomination", "commitment", "certificate")
WAYS: tuple[str, ...] = ("clean", "grey", "one-bit", "slight-skew", "photo", "show-through", "jpeg40", "pale", "half-size", "dark-edges")
WAYS += ("grey+pale", "pale+jpeg40", "grey+photo", "pale+photo", "grey+half-size", "curled", "streaks", "holes")
DPI = 200


@dataclass(frozen=True)
class Paper:
    """One page with and without what the unit puts on it by hand; `sign` is the place of 签字, in fractions of the page."""

    form: str
    inked: Picture
    bare: Picture
    sign: Box | None


@dataclass
class Tally:
    """Of pages that bear the mark: `there`, of them `seen`; of those that do not: `bare`, of them `false`."""

    there: int = 0
    seen: int = 0
    bare: int = 0
    false: int = 0

    def count(self, inked: bool, found: bool) -> None:
        """One page more."""
        self.there += inked
        self.seen += inked and found
        self.bare += not inked
        self.false += not inked and found


def main() -> None:
    """Print recall and false alarms per degradation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=6)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--damage", action="append")
    parser.add_argument("--keep", help="folder for pictures of the pages that were misjudged")
    given = parser.parse_args()
    papers = make_papers(given.cases, given.seed)
    print(f"{'':18} {'sealed':>9} {'false':>9} {'signed':>9} {'false':>9}")
    for way in given.damage or WAYS:
        tallies: dict[str, Tally] = defaultdict(Tally)
        for number, sheet in enumerate(papers):
            for inked in (True, False):
                judge(sheet, way, given.seed * 1000 + number, inked, tallies, given.keep and Path(given.keep))
        seals, names = tallies["seal"], tallies["name"]
        row = (f"{t.seen}/{t.there}" if i == 0 else f"{t.false}/{t.bare}" for t in (seals, names) for i in (0, 1))
        print(f"{way:18} " + " ".join(f"{cell:>9}" for cell in row), flush=True)


def make_papers(count: int, seed: int) -> list[Paper]:
    """The pages of `count` cases that bear a mark or could."""
    rng, pool = Random(seed), list(stories())
    cases = []
    for number in range(count):
        case = a_case(rng, pool[(seed + number) % len(pool)], rng.choice(("丹阳", "句容", "京口")), dated=True)
        cases.append((replace(case, signed=True, sealed={"nomination": True, "certificate": True}), a_style(rng), a_pen(rng)))
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for number, (case, style, _) in enumerate(cases):
            for form in FORMS:
                form_document(case, (form,), style, "scan").save(str(work / f"{number}-{form}.docx"))
        convert([work / f"{n}-{form}.docx" for n in range(count) for form in FORMS], "pdf", work)
        return [
            one
            for number, (case, _, pen) in enumerate(cases)
            for form in FORMS
            for one in _papers(work / f"{number}-{form}.pdf", form, case, pen, rng)
        ]


def _papers(pdf: Path, form: str, case: Case, pen: Pen, rng: Random) -> list[Paper]:
    bare, inked = Sheets(pdf, DPI), Sheets(pdf, DPI)
    INKS[form](inked, case, pen, rng)
    out = []
    for number, (plain, marked) in enumerate(zip(bare.pages, inked.pages, strict=True)):
        if np.array_equal(plain, marked):
            continue
        spot = bare.spots("签字")[-1] if form == "commitment" else None
        height, width = (side * 72 / DPI for side in plain.shape[:2])
        sign = Box(spot.left / width, (spot.middle - 10) / height, 1.0, (spot.middle + 12) / height) if spot and spot.page == number else None
        out.append(Paper(form, marked, plain, sign))
    return out


def judge(sheet: Paper, way: str, seed: int, inked: bool, tallies: dict[str, Tally], keep: Path | None) -> None:
    """Measure one page and count it."""
    pixels = damage(sheet.inked if inked else sheet.bare, tuple(way.split("+")), seed)
    page = straightened(cut_out(pixels))
    rules = page.rules.across | page.rules.down
    seals = find_seals(page.flat, page.inks.red, "red", None) or find_seals(page.flat, page.inks.blue, "blue", None)
    if not seals:
        print_alone = np.asarray(cv2.subtract(page.dark, rules), np.uint8)
        seals = tuple(seal for _, seal in find_grey_seals(page.grey, print_alone, rules, None))
    sealed = any(seal.confidence >= SURE_SEAL for seal in seals)
    tallies["seal"].count(inked and sheet.form != "commitment", sealed)
    wrong = sealed != (inked and sheet.form != "commitment")
    if sheet.sign is not None:
        named = _signed(page, rules, sheet.sign)
        tallies["name"].count(inked, named)
        wrong = wrong or named != inked
    if keep and wrong:
        keep.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(keep / f"{way}-{sheet.form}-{seed}-{'inked' if inked else 'bare'}.jpg"), cv2.cvtColor(page.flat, cv2.COLOR_RGB2BGR))


def _printed(page: Sheet) -> list[Piece]:
    """Print that reads well everywhere, so that only the look of ink decides."""
    height, width = page.grey.shape[:2]
    places = tuple(float(place) for place in np.linspace(0, 1, 400))
    return [Piece(quad_of(Area(0, 0, width, height)), Reading("字" * 400, places, (1.0,) * 400))]


def _signed(page: Sheet, rules: Picture, place: Box) -> bool:
    known = page.inks.red | rules if page.rules.under is None else page.inks.red | rules | page.rules.under
    found = find_ink(page.grey, page.dark, page.inks.pen, known, _printed(page), [grid.area for grid in page.grids])
    near = [ink for ink in found if place.y0 <= (ink.box.y0 + ink.box.y1) / 2 <= place.y1 and ink.box.x1 > place.x0]
    return sum(ink.area for ink in near) >= SIGNATURE


if __name__ == "__main__":
    main()

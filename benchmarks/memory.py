"""How much memory one OCR worker holds after hundreds of pages of mixed sizes.

    python -m benchmarks.memory --pages 300 --seed 3

Clean pages of invented forms come as A4 and A3, at 75 to 300 dpi, upright and lying, cut to strips and as photos of 12 megapixels,
made in another process, and are read one after the other in this one, as a worker reads them. Printed: resident memory now and its peak.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import cv2
import numpy as np

from benchmarks.scan import cached, load
from fixtures.damage import DAMAGES, damage
from parsers.scan.engine import load_engine
from parsers.scan.page import read_page
from parsers.scan.pictures import Picture

LIMIT = 1500
"""MB that a worker must stay below (issue 4)."""

SIZES = ((1240, 1754), (1654, 2339), (2339, 1654), (2480, 3508), (620, 877), (3307, 4677), (3000, 4000), (1654, 700), (500, 2339))
"""Width and height in pixels."""


def main() -> None:
    """Read the pages and print memory in MB; exit 1 when the peak is over `LIMIT`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--work", default=str(Path(tempfile.gettempdir()) / "wuxiao-bench-scan"), help="folder that keeps the clean pages")
    given = parser.parse_args()
    engine = load_engine()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as out, ProcessPoolExecutor(1, spawn) as maker:
        for number in range(1, given.pages + 1):
            pixels = maker.submit(made, Path(given.work), given.seed, number).result()
            read_page(pixels, number, engine, Path(out))
            if number % 10 == 0 or number == given.pages:
                print(f"{number:4} pages  {resident():5.0f} MB now  {peak():5.0f} MB peak", flush=True)
    raise SystemExit(peak() > LIMIT)


def made(work: Path, seed: int, number: int) -> Picture:
    """The page of that number: one of the clean pages in a size and with a damage of its own."""
    rng = Random(seed * 1000 + number)
    page = rng.choice([page for sheet in load(cached(1, seed, work)) for page in sheet.pages])
    pixels = cv2.resize(page, rng.choice(SIZES), interpolation=cv2.INTER_AREA)
    return damage(np.asarray(pixels, np.uint8), (rng.choice(list(DAMAGES)),), seed + number)


def resident() -> float:
    """MB of memory that this process holds now."""
    return float(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def peak() -> float:
    """MB of memory that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

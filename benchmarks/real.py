"""All of `../shared/real` through `wuxiao ingest` with real OCR: what came of each file, held against what must (tests/real.toml).

Run: python -m benchmarks.real [--real ../shared/real] [--data DIR]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.real import EXPECTED, outcomes, wrong
from wuxiao.intaking import run_ingest
from wuxiao.opening import open_house
from wuxiao.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """A line a file; exit code 1 when one is not as expected."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--data", type=Path, default=None)
    wanted = parser.parse_args()
    faults, started, counted = 0, time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="real-") as made, open_house(wanted.data or Path(made) / "data") as house:
        taken = run_ingest(house, [wanted.real], None, Settings())
        for path, outcome in outcomes(house, wanted.real.resolve(), taken.skipped):
            found = list(wrong(outcome, EXPECTED.get(path, {}), ocr=True))
            faults += bool(found)
            counted[outcome.own.status if outcome.own else "message" if outcome.messages else "left out"] += 1
            print("✘" if found else "✔", path, *found)
    print(f"{sum(counted.values())} files in {time.monotonic() - started:.0f} s: {dict(counted)}; {faults} not as expected")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()

"""The OCR process: long-lived, because its models do not survive a fork and are dear to start; it sees decoded pixels only.

Run as `python -m pipeline.reader` inside the sandbox. A JSON request a line (`{"pixels", "number", "out"}`), a JSON answer a line
(`{"outcome": "done", "rss"}` with the page in `out/page-N.json`, or `{"outcome": "failed", "why"}`).
"""

import json
import os
import resource
import sys
from pathlib import Path

import numpy

from parsers.scan.engine import load_engine
from parsers.scan.page import read_page
from pipeline.answers import PAGE


def main() -> None:
    """Answers requests until stdin closes."""
    os.umask(0o077)
    voice = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    engine = load_engine()
    for line in sys.stdin:
        request = json.loads(line)
        out = Path(request["out"])
        try:
            pixels = numpy.load(request["pixels"], allow_pickle=False)
            page = read_page(pixels, request["number"], engine, out)
            (out / f"page-{request['number']}.json").write_bytes(PAGE.dump_json(page))
            answer: dict[str, object] = {"outcome": "done"}
        except Exception as error:  # noqa: BLE001 - the edge: one page that cannot be read must not end the process; no word of it is told
            answer = {"outcome": "failed", "why": type(error).__name__}
        answer["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        voice.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()

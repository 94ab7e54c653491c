"""The page pictures that are kept for people."""

from __future__ import annotations

from pathlib import Path

import cv2

from parsers.scan.pictures import Picture

IMAGE_LONG, IMAGE_QUALITY = 1800, 80
"""Long side in pixels, JPEG quality."""


def keep_image(picture: Picture, number: int, out: Path) -> str:
    """Write the page's picture (RGB or grey) as JPEG into `out` and give its file name. Raises OSError when it cannot be written."""
    name = f"page-{number}.jpg"
    scale = min(1.0, IMAGE_LONG / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    as_written = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR if small.ndim == 2 else cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", as_written, [cv2.IMWRITE_JPEG_QUALITY, IMAGE_QUALITY])
    if not done:
        raise OSError(f"no JPEG of page {number}")
    (out / name).write_bytes(data.tobytes())
    return name

"""Untrusted PDF and picture files → a `Document` whose scanned pages are raw pixels that wait for OCR.

Runs in a disposable process with limits on memory and time: PDFium aborts where it runs out of either, which no
`except` helps against.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageOps, UnidentifiedImageError

from errors import FileDamaged, FileEncrypted, FileOverLimit, FileUnsupported
from parsers.document import Document, Page, Tone
from parsers.limits import ReadLimits
from parsers.scan.born import Plumber, born_page, is_born_digital
from parsers.scan.pictures import LONG_SIDE, Picture
from texts import say

ENGINE = "scan-opening-1"

KINDS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
    "JPEG2000": "image/jp2",
}


def open_pdf(path: Path, out: Path, limits: ReadLimits) -> Document:
    """The pages of a PDF: those with believable text read exactly, the others as pixels in `out/<Page.pixels>`.

    Raises FileEncrypted when it opens only with a password, FileDamaged when it is no PDF or has no page,
    FileOverLimit when it has more pages than `limits.pages`.
    """
    document, plumber = _opened(path), Plumber(path)
    try:
        if len(document) == 0:
            raise FileDamaged("parsers.scan_pdf_without_pages")
        if len(document) > limits.pages:
            raise FileOverLimit(limit=say("parsers.scan_limit_pages"), most=say("parsers.scan_pages", count=limits.pages))
        pages = tuple(_pdf_page(document, index, plumber, out, limits) for index in range(len(document)))
    finally:
        plumber.close()
        document.close()
    return Document("scan", "application/pdf", pages, ENGINE)


def open_image(path: Path, out: Path, limits: ReadLimits) -> Document:
    """The pictures in a file (a TIFF may hold several pages; of an animation the first), as pixels in `out/<Page.pixels>`.

    Turned as the camera says, transparency laid on white. Raises FileUnsupported for no known picture, FileDamaged
    where it is cut short, FileOverLimit over `limits.page_pixels` or `limits.pages`.
    """
    _know_heic()
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path) as image:
                if image.format not in KINDS:
                    raise FileUnsupported(kind=str(image.format))
                kind = KINDS[image.format]
                pages = tuple(_kept(pixels, tone, number, out) for number, (pixels, tone) in enumerate(_frames(image, limits), 1))
        except UnidentifiedImageError as error:
            raise FileUnsupported(kind=say("parsers.scan_no_picture")) from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large(limits) from error
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, ZeroDivisionError) as error:
            raise FileDamaged from error
    return Document("scan", kind, pages, ENGINE)


def _opened(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise FileEncrypted from error
        raise FileDamaged from error


def _pdf_page(document: pdfium.PdfDocument, index: int, plumber: Plumber, out: Path, limits: ReadLimits) -> Page:
    """One page, born-digital or as pixels; a page that cannot be opened is an empty one that says so."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return Page(index + 1, (), rescan=say("parsers.scan_page_damaged"))
    try:
        picture = rendered(page, limits)
        if is_born_digital(page):
            return born_page(page, index, plumber, picture, out)
        return _kept(picture, tone_of(page), index + 1, out)
    finally:
        page.close()


def rendered(page: pdfium.PdfPage, limits: ReadLimits) -> Picture:
    """The page as it looks, long side `LONG_SIDE` pixels. Raises FileOverLimit for a page that is too long and thin to show."""
    width, height = page.get_size()
    scale = LONG_SIDE / max(width, height, 1.0)
    if width * height * scale * scale > limits.page_pixels or min(width, height) * scale < 8:
        raise _too_large(limits)
    bitmap = page.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255), may_draw_forms=True)
    pixels = bitmap.to_numpy()
    return np.ascontiguousarray(pixels[:, :, :3] if pixels.shape[2] >= 3 else np.repeat(pixels, 3, axis=2))


def tone_of(page: pdfium.PdfPage) -> Tone | None:
    """The tone of the largest picture on the page, None when it has none."""
    largest, tone = 0.0, None
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > largest:
            largest = (right - left) * (top - bottom)
            meta = item.get_metadata()
            tone = _tone(meta.bits_per_pixel, meta.colorspace)
    return tone


def _tone(bits: int, colorspace: int) -> Tone:
    if bits == 1:
        return "one-bit"
    grey = colorspace in (raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_CALGRAY) or bits == 8
    return "grey" if grey else "colour"


def _frames(image: Image.Image, limits: ReadLimits) -> Iterator[tuple[Picture, Tone]]:
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    if count > limits.pages:
        raise FileOverLimit(limit=say("parsers.scan_limit_pages"), most=say("parsers.scan_pages", count=limits.pages))
    for number in range(count):
        image.seek(number)
        if image.width * image.height > limits.page_pixels:
            raise _too_large(limits)
        tone: Tone = "one-bit" if image.mode == "1" else "grey" if image.mode in ("L", "LA", "I", "I;16", "F") else "colour"
        yield _plain(image), tone


def _plain(image: Image.Image) -> Picture:
    """Upright as the camera meant it, transparency on white, RGB; copied only where it must be, as photos are large."""
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in ("I", "I;16", "F"):
        values = np.asarray(image, np.float64)
        image = Image.fromarray((values / max(float(values.max()), 1.0) * 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(paper, clear)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), np.uint8)


def _kept(picture: Picture, tone: Tone | None, number: int, out: Path) -> Page:
    name = f"page-{number}.npy"
    np.save(out / name, np.ascontiguousarray(picture), allow_pickle=False)
    return Page(number, (), picture.shape[1], picture.shape[0], tone=tone, pixels=name)


def _too_large(limits: ReadLimits) -> FileOverLimit:
    return FileOverLimit(limit=say("parsers.scan_limit_pixels"), most=say("parsers.scan_pixels", count=limits.page_pixels // 10_000))


def _know_heic() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()

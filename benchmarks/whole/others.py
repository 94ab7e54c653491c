"""What a user would take instead, run with a Python of its own: `PYTHON others.py KIND FILES…` prints the text of each file as JSON lines.

`plain`: python-docx, and OCRmyPDF (Tesseract, chi_sim) with pdfplumber for scans. `rapidocr`: the program's own networks as their
package runs them, over pages at 200 dpi; no Word. `markitdown`, `docling`: their converters as they come.
This file imports nothing of ours.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")


def plain(path: Path) -> str:
    if path.suffix == ".docx":
        import docx

        document = docx.Document(str(path))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if path.suffix != ".pdf" and path.suffix not in PICTURES:
        return ""
    import pdfplumber

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.pdf"
        options = ["--image-dpi", "200"] if path.suffix in PICTURES else ["--force-ocr"]
        command = ["ocrmypdf", "-q", "-l", "chi_sim", "--jobs", "2", "--rotate-pages", "--deskew", "--output-type", "pdf", *options]
        subprocess.run([*command, str(path), str(made)], check=True, capture_output=True)
        with pdfplumber.open(made) as pdf:
            return "\n".join(page.extract_text() or "" for page in pdf.pages)


def rapidocr() -> Callable[[Path], str]:
    import numpy
    import pypdfium2
    from PIL import Image
    from rapidocr import EngineType, RapidOCR

    engines = {f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")}
    engine = RapidOCR(params=engines | {"EngineConfig.openvino.inference_num_threads": 1, "Global.log_level": "error"})

    def pages(path: Path) -> Iterator[Image.Image]:
        if path.suffix == ".pdf":
            yield from (page.render(scale=200 / 72).to_pil() for page in pypdfium2.PdfDocument(path))
        elif path.suffix in PICTURES:
            yield Image.open(path)

    def convert(path: Path) -> str:
        return "\n".join(text for page in pages(path) for text in engine(numpy.asarray(page.convert("RGB"))[:, :, ::-1]).txts or ())

    return convert


def markitdown() -> Callable[[Path], str]:
    from markitdown import MarkItDown

    converter = MarkItDown()
    return lambda path: converter.convert(str(path)).text_content


def docling() -> Callable[[Path], str]:
    from docling.document_converter import DocumentConverter

    converter = DocumentConverter()
    return lambda path: converter.convert(str(path)).document.export_to_markdown()


def main() -> None:
    convert = {"plain": lambda: plain, "rapidocr": rapidocr, "markitdown": markitdown, "docling": docling}[sys.argv[1]]()
    for name in sys.argv[2:]:
        try:
            said = {"text": convert(Path(name))}
        except Exception as error:  # noqa: BLE001 - one file that it cannot read must not end the comparison
            said = {"text": "", "failed": type(error).__name__}
        print(json.dumps({"file": name, **said}, ensure_ascii=False))


if __name__ == "__main__":
    main()

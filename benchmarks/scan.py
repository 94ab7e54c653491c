"""How well and how fast scans are read, per degradation, side by side with what a user would take instead.

    python -m benchmarks.scan --cases 4 --seed 7 [--damage grey --damage photo] [--others] [--misses 20]

Invented cases are filled into Word forms of random looks, printed by LibreOffice, stamped, signed and damaged (fixtures/), then
read. `exact`: fields that come out of the extractors equal to the truth (NFKC, no white space; of values of 30 characters and
more 2 % may be wrong), of all that the page holds. `found`: values that stand in the page's text at all, the only measure
that plain OCR can be held to; `CER`: edits that the best place in that text needs to become the value, of all its characters
(values are in normal form, so that a date or phone printed otherwise counts against every reader alike).
Each line is measured in a process of its own: CPU seconds with its children's, and its peak memory without the pictures given to it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import resource
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from extractors.extract import extract_forms
from fixtures.cases import a_case, stories
from fixtures.damage import DAMAGES, damage
from fixtures.forms import form_document
from fixtures.office import convert
from fixtures.scans import a_pen, paper
from fixtures.writing import a_style
from parsers.document import Document, Page
from parsers.scan.continued import with_continued
from parsers.scan.engine import Engine, load_engine
from parsers.scan.page import read_page
from profiles.load import load_profile
from profiles.profile import Profile

Plain = Callable[[np.ndarray], str]

FORMS = ("nomination", "person", "commitment", "certificate")


@dataclass(frozen=True)
class Paper:
    """One filled form: its clean pages, its values, and whether it is sealed and signed (None where it does not apply)."""

    name: str
    form: str
    pages: list[np.ndarray]
    values: dict[str, str]
    sealed: bool | None
    signed: bool | None


@dataclass
class Tally:
    """Counts of one reader on one degradation."""

    right: int = 0
    found: int = 0
    total: int = 0
    wrong_signs: int = 0
    signs: int = 0
    marks: int = 0
    marks_right: int = 0
    pages: int = 0
    seconds: float = 0.0
    peak: float = 0.0
    misses: list[str] = field(default_factory=list)

    def look_for(self, value: str, text: str) -> None:
        """Count a value that the (squeezed) text of its form ought to hold."""
        want = squeezed(value)
        place = fuzz.partial_ratio_alignment(want, text)
        here = text[place.dest_start : place.dest_end] if place else ""
        self.total += 1
        self.found += want in text
        self.signs += len(want)
        self.wrong_signs += 0 if want in text else min(len(want), Levenshtein.distance(want, here))


def main() -> None:
    options = arguments()
    kept = cached(options.cases, options.seed, Path(options.work))
    papers = load(kept)
    print(f"{len(papers)} forms, {sum(len(p.pages) for p in papers)} pages, {sum(len(p.values) for p in papers)} values; {load_engine().name}")
    print(f"{'damage':14} {'reader':10} {'exact':>7} {'found':>7} {'CER':>7} {'marks':>9} {'CPU s/page':>10} {'peak MB':>8}")
    del papers
    for name in options.damage or list(DAMAGES):
        for reader in ("wuxiao", *(OTHERS if options.others else ())):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
                tally = alone.submit(measured, reader, kept, name, options.seed).result()
            row(name, reader, tally)
            print(*tally.misses[: options.misses], sep="\n", end="\n" if tally.misses[: options.misses] else "")


def measured(reader: str, kept: Path, name: str, seed: int) -> Tally:
    """What one reader makes of the kept papers under one degradation."""
    papers = load(kept)
    given = sum(page.nbytes for sheet in papers for page in sheet.pages) / 2**20
    if reader == "wuxiao":
        tally = ours(papers, name, seed, load_engine(), load_profile("zhenjiang_2024"))
    else:
        tally = plain(papers, name, seed, OTHERS[reader]())
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    tally.peak = max(own - given, children)
    return tally


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--damage", action="append", choices=list(DAMAGES))
    parser.add_argument("--others", action="store_true", help="also plain RapidOCR, Tesseract (chi_sim, psm 11) and OCRmyPDF")
    parser.add_argument("--misses", type=int, default=0, help="print so many wrong values a degradation")
    parser.add_argument("--work", default=str(Path(tempfile.gettempdir()) / "wuxiao-bench-scan"), help="folder that keeps the clean pages")
    return parser.parse_args()


def cached(cases: int, seed: int, work: Path) -> Path:
    """The file of the clean papers, made where it is not there yet (it is this benchmark's own)."""
    kept = work / f"papers-{cases}-{seed}.pickle"
    if not kept.exists():
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work) as room:
            kept.write_bytes(pickle.dumps(make_papers(cases, seed, Path(room))))
    return kept


def load(kept: Path) -> list[Paper]:
    papers: list[Paper] = pickle.loads(kept.read_bytes())
    return papers


def make_papers(count: int, seed: int, work: Path) -> list[Paper]:
    rng, pool, cases = Random(seed), list(stories()), []
    for number in range(count):
        story = pool[(seed + number) % len(pool)]
        cases.append((a_case(rng, story, rng.choice(("丹阳", "句容", "京口"))), a_style(rng), a_pen(rng)))
    for number, (case, style, _) in enumerate(cases):
        for form in FORMS:
            form_document(case, (form,), style, "scan").save(str(work / f"{number}-{form}.docx"))
    convert([work / f"{n}-{form}.docx" for n in range(count) for form in FORMS], "pdf", work)
    out = []
    for number, (case, _, pen) in enumerate(cases):
        for form in FORMS:
            pages = paper(work / f"{number}-{form}.pdf", form, case, pen, rng, 200)
            values = {key: value for key, value in case.scan.items() if value and key.startswith(form + ".")}
            sealed = case.sealed.get(form)
            out.append(Paper(f"{number}-{form}", form, pages, values, sealed, case.signed if form == "commitment" else None))
    return out


def ours(papers: list[Paper], name: str, seed: int, engine: Engine, profile: Profile) -> Tally:
    tally = Tally()
    for number, sheet in enumerate(papers):
        start = cpu()
        document, damaging = read_damaged(sheet, name, seed * 1000 + number * 10, engine)
        tally.seconds += cpu() - start - damaging
        tally.pages += len(document.pages)
        judge(tally, sheet, document, profile)
    return tally


def read_damaged(sheet: Paper, name: str, seed: int, engine: Engine) -> tuple[Document, float]:
    """The form's pages damaged, then read as one file; and the CPU seconds that damaging them took."""
    pages: list[Page] = []
    damaging = 0.0
    for index, clean in enumerate(sheet.pages):
        start = cpu()
        pixels = damage(clean, (name,), seed + index)
        damaging += cpu() - start
        with tempfile.TemporaryDirectory() as out:
            pages.append(read_page(pixels, index + 1, engine, Path(out)))
    return Document("scan", "application/pdf", with_continued(tuple(pages)), engine.name), damaging


def judge(tally: Tally, sheet: Paper, document: Document, profile: Profile) -> None:
    forms = [form for form in extract_forms(document, message="m", file="f", profile=profile) if form.form == sheet.form]
    fields = {f"{field.form}.{field.field}": field for form in forms for field in form.fields if field.row == 0}
    text = squeezed(document.text)
    for key, want in sheet.values.items():
        got = fields.get(key)
        right = got is not None and same(got.value, want)
        tally.right += right
        tally.look_for(want, text)
        if not right:
            tally.misses.append(
                f"    {sheet.name} {key}: want {want!r}, got {got.value if got else None!r} ({got.confidence if got else 0:.2f})"
            )
    for what, want, got_mark in (
        ("sealed", sheet.sealed, any(form.seals for form in forms)),
        ("signed", sheet.signed, any(form.signed for form in forms)),
    ):
        if want is not None:
            tally.marks += 1
            tally.marks_right += want == got_mark
            if want != got_mark:
                tally.misses.append(f"    {sheet.name} {what}: want {want}, got {got_mark}")


def plain(papers: list[Paper], name: str, seed: int, read: Plain) -> Tally:
    tally = Tally()
    for number, sheet in enumerate(papers):
        texts = []
        for index, clean in enumerate(sheet.pages):
            pixels = damage(clean, (name,), seed * 1000 + number * 10 + index)
            start = cpu()
            texts.append(read(pixels))
            tally.seconds += cpu() - start
        text = squeezed("".join(texts))
        tally.pages += len(texts)
        for value in sheet.values.values():
            tally.look_for(value, text)
    return tally


def plain_rapidocr() -> Plain:
    from rapidocr import EngineType, RapidOCR

    engines = {f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")}
    threads = {"EngineConfig.openvino.inference_num_threads": 1, "Global.log_level": "error"}
    engine = RapidOCR(params=engines | threads)
    return lambda pixels: "\n".join(engine(np.ascontiguousarray(pixels[:, :, ::-1])).txts or ())


def plain_tesseract() -> Plain:
    import pytesseract

    return lambda pixels: str(pytesseract.image_to_string(Image.fromarray(pixels), lang="chi_sim", config="--psm 11"))


def plain_ocrmypdf() -> Plain:
    """Its whole chain: turned upright, deskewed, read by Tesseract, written as PDF/A with a text layer."""

    def read(pixels: np.ndarray) -> str:
        with tempfile.TemporaryDirectory() as name:
            given, text = Path(name) / "scan.pdf", Path(name) / "text.txt"
            Image.fromarray(pixels).save(given, resolution=200, quality=85)
            command = [
                "ocrmypdf",
                "-q",
                "-l",
                "chi_sim",
                "--jobs",
                "1",
                "--rotate-pages",
                "--deskew",
                "--sidecar",
                text,
                given,
                Path(name) / "out.pdf",
            ]
            done = subprocess.run(command, check=False, capture_output=True)
            return text.read_text(encoding="utf-8") if done.returncode == 0 else ""

    return read


OTHERS: dict[str, Callable[[], Plain]] = {"rapidocr": plain_rapidocr, "tesseract": plain_tesseract, "ocrmypdf": plain_ocrmypdf}


def row(name: str, reader: str, tally: Tally) -> None:
    ours_too = reader == "wuxiao"
    share = f"{100 * tally.right / tally.total:.1f}%" if ours_too else "-"
    marks = f"{tally.marks_right}/{tally.marks}" if ours_too else "-"
    found, cer = f"{100 * tally.found / tally.total:.1f}%", f"{100 * tally.wrong_signs / tally.signs:.2f}%"
    print(
        f"{name:14} {reader:10} {share:>7} {found:>7} {cer:>7} {marks:>9} {tally.seconds / tally.pages:>10.2f} {tally.peak:>8.0f}", flush=True
    )


def cpu() -> float:
    """CPU seconds of this process and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def same(got: str, want: str) -> bool:
    got, want = squeezed(got), squeezed(want)
    return got == want or (len(want) >= 30 and Levenshtein.distance(got, want) <= max(1, 0.02 * len(want)))


if __name__ == "__main__":
    main()

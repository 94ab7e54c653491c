"""PDFs that unfold or call themselves without end: each ends within the limits of its process, and the next file is read."""

import zlib
from dataclasses import asdict

import pytest
from pydantic import TypeAdapter

from errors import FileRefused
from parsers.document import Document
from parsers.limits import ReadLimits
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers, WorkLimits
from tests.parsers.scan.test_opening import born_digital

MEMORY, SECONDS = 1 << 30, 20


def pdf(objects: list[bytes]) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue. Readers find them without a table."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, made) for number, made in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF"


def page(content: bytes, resources: bytes, *more: bytes) -> bytes:
    """One page; `more` objects count from 5."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources,
            content,
            *more,
        ]
    )


def stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


def form(content: bytes, resources: bytes) -> bytes:
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << %s >> >>" % resources)


def squeezed_twice(size: int) -> bytes:
    """`size` bytes of blanks in a thousandth of a thousandth."""
    once, twice = zlib.compressobj(9), zlib.compressobj(9)
    made = b"".join(twice.compress(once.compress(b" " * (1 << 20))) for _ in range(size >> 20))
    return made + twice.compress(once.flush()) + twice.flush()


def doubling(levels: int) -> bytes:
    """Each form draws the next one twice."""
    forms = [form(b"/X Do /X Do", b"/X %d 0 R" % (number + 6)) for number in range(levels)]
    return page(stream(b"/X Do"), b"/XObject << /X 5 0 R >>", *forms, form(b"0 0 10 10 re f", b""))


def deep(levels: int) -> bytes:
    nested = b"[" * levels + b"]" * levels
    return page(stream(b"BT ET"), b"/Font << /F %s >>" % nested)


def picture(side: int) -> bytes:
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode" % (side, side)
    return page(stream(b"595 0 0 842 0 0 cm /X Do"), b"/XObject << /X 5 0 R >>", stream(zlib.compress(b"\0" * (1 << 20)), head))


BOMBS = {
    "a content of 400 MB in 1,100 bytes": page(
        stream(squeezed_twice(400 << 20), b"/Filter [/FlateDecode /FlateDecode]"), b"/Font << >>"
    ),
    "a form that draws itself": page(stream(b"/X Do"), b"/XObject << /X 5 0 R >>", form(b"/X Do", b"/X 5 0 R")),
    "forms that draw the next one twice, forty deep": doubling(40),
    "a pattern made of itself": page(
        stream(b"/Pattern cs /P scn 0 0 500 800 re f"),
        b"/Pattern << /P 5 0 R >>",
        stream(b"/Pattern cs /P scn 0 0 9 9 re f", b"/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 "
               b"/Resources << /Pattern << /P 5 0 R >> >>"),
    ),
    "arrays 100,000 deep": deep(100_000),
    "a picture of 40,000 × 40,000 in a kilobyte": picture(40_000),
    "a page as large as a town": page(stream(b"0 0 10 10 re f"), b"").replace(b"[0 0 595 842]", b"[0 0 9999999 9999999]"),
}  # fmt: skip


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    (data / "originals").mkdir()
    made = Workers(Sandbox(data, "bombs"), 1, WorkLimits(seconds=SECONDS, memory=MEMORY))
    yield made
    made.close()


def read(workers: Workers, data: bytes) -> Document:
    with workers.scratch() as out:
        (out / "x.pdf").write_bytes(data)
        arguments = {"path": str(out / "x.pdf"), "name": "x.pdf", "limits": asdict(ReadLimits())}
        return TypeAdapter(Document).validate_json(workers.disposable("read_document", arguments, out))


def test_a_bomb_that_takes_all_memory_is_refused_for_that(workers):
    with pytest.raises(FileRefused, match="内存"):
        read(workers, next(iter(BOMBS.values())))


@pytest.mark.parametrize("name", BOMBS)
def test_a_pdf_that_unfolds_or_calls_itself_ends_within_its_limits(name, workers):
    assert len(BOMBS[name]) < 250_000
    try:
        assert read(workers, BOMBS[name]).pages
    except FileRefused as refusal:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in str(refusal))
    assert "Zhang San" in read(workers, born_digital()).pages[0].text

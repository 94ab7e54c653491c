import io
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import TypeAdapter

from errors import FileDamaged, FileEncrypted, FileOverLimit, FileRefused, FileUnsupported
from fixtures.scans import write_scan
from parsers.document import Document, Table
from parsers.limits import ReadLimits
from parsers.scan.opening import open_image, open_pdf
from tests.parsers.scan.drawing import Sheet

LIMITS = ReadLimits()


def born_digital() -> bytes:
    """One page with text and a ruled 2 × 2 table, written by hand so that its objects are known."""
    lines = b"".join(b"%d 700 m %d 600 l S " % (x, x) for x in (100, 250, 400)) + b"".join(
        b"100 %d m 400 %d l S " % (y, y) for y in (600, 650, 700)
    )
    words = b"".join(
        b"BT /F1 12 Tf %d %d Td (%s) Tj ET " % (x, y, w)
        for x, y, w in (
            (110, 670, b"name"),
            (260, 670, b"Zhang San"),
            (110, 620, b"code"),
            (260, 620, b"QC-2024-017"),
            (100, 750, b"Heading line"),
        )
    )
    return pdf_of(lines + words, b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>")


def pdf_of(content: bytes, resources: bytes, *, pages: bytes = b"") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        pages or b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(out),
    )


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_born_digital_page_is_read_exactly_with_its_table(tmp_path):
    page = open_pdf(put(tmp_path, "a.pdf", born_digital()), tmp_path, LIMITS).pages[0]
    assert page.pixels is None
    assert (tmp_path / page.image).exists()
    heading, table = page.blocks
    assert heading.text == "Heading line"
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells] == ["name", "Zhang San", "code", "QC-2024-017"]
    assert all(line.confidence == 1 for cell in table.cells for block in cell.blocks for line in block.lines)


def test_what_is_printed_twice_in_one_place_to_look_bold_is_read_once(tmp_path):
    words = b"".join(b"BT /F1 12 Tf %.1f %.1f Td (aabb) Tj ET " % place for place in ((100, 700), (100.4, 700.3), (100, 650)))
    data = pdf_of(words, b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>")
    assert open_pdf(put(tmp_path, "b.pdf", data), tmp_path, LIMITS).pages[0].text.split() == ["aabb", "aabb"]


def test_a_page_whose_size_is_no_box_is_read_all_the_same(tmp_path):
    data = born_digital().replace(b"/MediaBox [0 0 595 842]", b"/MediaBox 7 0 R           ")
    page = open_pdf(put(tmp_path, "m.pdf", data), tmp_path, LIMITS).pages[0]
    assert page.pixels is None
    assert "Zhang San" in page.text


def test_half_a_character_that_a_font_names_becomes_a_sign_for_it(tmp_path):
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode /Identity-H /DescendantFonts [ %s ] >>" % below
    data = pdf_of(b"BT /F1 12 Tf 100 700 Td <D842006200630064> Tj ET", b"/Font << /F1 %s >>" % font)
    document = open_pdf(put(tmp_path, "h.pdf", data), tmp_path, LIMITS)
    assert document.pages[0].text.strip() == "�bcd"
    TypeAdapter(Document).dump_json(document)


@pytest.mark.parametrize("producer", ["pdf", "fax", "layer"])
def test_a_scan_waits_as_pixels_and_a_text_layer_below_it_is_not_believed(tmp_path, producer):
    sheet = Sheet()
    sheet.text(200, 200, "项目名称")
    data = write_scan([sheet.pixels], producer, 200, false_text="第一完成人 王大力")
    page = open_pdf(put(tmp_path, "s.pdf", data), tmp_path, LIMITS).pages[0]
    assert page.text == ""
    pixels = np.load(tmp_path / page.pixels, allow_pickle=False)
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    assert max(pixels.shape) == pytest.approx(2339, abs=2)
    assert page.tone == ("one-bit" if producer == "fax" else "colour")


def test_invisible_text_alone_is_no_born_digital_page(tmp_path):
    content = b"BT 3 Tr /F1 12 Tf 100 700 Td (false words that nobody can see) Tj ET"
    data = pdf_of(content, b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>")
    page = open_pdf(put(tmp_path, "h.pdf", data), tmp_path, LIMITS).pages[0]
    assert page.pixels is not None
    assert page.text == ""


def test_a_pdf_without_pages_is_no_success(tmp_path):
    data = pdf_of(b"", b"", pages=b"<< /Type /Pages /Kids [] /Count 0 >>")
    with pytest.raises(FileDamaged):
        open_pdf(put(tmp_path, "0.pdf", data), tmp_path, LIMITS)


def test_a_pdf_of_too_many_pages_names_the_limit(tmp_path):
    document = pdfium.PdfDocument.new()
    for _ in range(4):
        document.new_page(200, 300)
    document.save(tmp_path / "many.pdf")
    with pytest.raises(FileOverLimit, match="3 页"):
        open_pdf(tmp_path / "many.pdf", tmp_path, ReadLimits(pages=3))


def test_a_page_tree_that_bites_its_tail_ends(tmp_path):
    data = pdf_of(b"", b"", pages=b"<< /Type /Pages /Kids [2 0 R] /Count 3 >>")
    try:
        document = open_pdf(put(tmp_path, "loop.pdf", data), tmp_path, LIMITS)
    except FileRefused:
        return
    assert all(page.rescan for page in document.pages)


def test_a_page_too_long_and_thin_to_show_is_refused(tmp_path):
    document = pdfium.PdfDocument.new()
    document.new_page(3, 14000)
    document.save(tmp_path / "thin.pdf")
    with pytest.raises(FileOverLimit):
        open_pdf(tmp_path / "thin.pdf", tmp_path, LIMITS)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def test_every_page_of_a_tiff_is_kept(tmp_path):
    first, second = Image.new("L", (300, 400), 255), Image.new("L", (300, 400), 128)
    data = saved(first, "TIFF", save_all=True, append_images=[second])
    document = open_image(put(tmp_path, "two.tif", data), tmp_path, LIMITS)
    assert [page.number for page in document.pages] == [1, 2]
    assert [page.tone for page in document.pages] == ["grey", "grey"]
    assert np.load(tmp_path / document.pages[1].pixels)[0, 0].tolist() == [128, 128, 128]


def test_a_photo_is_turned_as_the_camera_says_and_transparency_becomes_paper(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    document = open_image(put(tmp_path, "p.jpg", saved(Image.new("RGB", (300, 200), "grey"), "JPEG", exif=exif)), tmp_path, LIMITS)
    assert (document.pages[0].width, document.pages[0].height) == (200, 300)
    clear = open_image(put(tmp_path, "c.png", saved(Image.new("RGBA", (50, 40), (0, 0, 0, 0)), "PNG")), tmp_path, LIMITS)
    assert np.load(tmp_path / clear.pages[0].pixels).min() == 255


def test_a_heic_photo_opens(tmp_path):
    import pillow_heif

    pillow_heif.register_heif_opener()
    document = open_image(put(tmp_path, "p.heic", saved(Image.new("RGB", (320, 240), "white"), "HEIF")), tmp_path, LIMITS)
    assert document.media_type == "image/heic"


def test_of_an_animation_the_first_picture_counts(tmp_path):
    data = saved(Image.new("P", (60, 60)), "GIF", save_all=True, append_images=[Image.new("P", (60, 60), 3)])
    assert len(open_image(put(tmp_path, "a.gif", data), tmp_path, LIMITS).pages) == 1


def test_text_that_calls_itself_a_picture_is_unsupported(tmp_path):
    with pytest.raises(FileUnsupported):
        open_image(put(tmp_path, "t.jpg", b"2024-01-01 12:00:00 INFO started\n" * 50), tmp_path, LIMITS)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path):
    data = saved(Image.new("1", (9000, 9000)), "PNG")
    with pytest.raises(FileOverLimit):
        open_image(put(tmp_path, "bomb.png", data), tmp_path, ReadLimits(page_pixels=40_000_000))


def test_a_picture_cut_short_is_damaged(tmp_path):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 300, 3), dtype=np.uint8))
    data = saved(noise, "PNG")
    with pytest.raises(FileDamaged):
        open_image(put(tmp_path, "cut.png", data[: len(data) // 2]), tmp_path, LIMITS)


SEEDS = [born_digital(), saved(Image.new("RGB", (40, 30), "red"), "PNG"), saved(Image.new("RGB", (40, 30), "red"), "TIFF")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12), st.integers(0, 2000))
def test_mutilated_files_end_in_a_document_or_a_reason(tmp_path_factory, kind, changes, cut):
    data = bytearray(SEEDS[kind])
    for place, value in changes:
        data[place % len(data)] = value
    folder = tmp_path_factory.mktemp("bad")
    path = put(folder, "x", bytes(data[: max(20, len(data) - cut % 300)]))
    try:
        document = (open_pdf if kind == 0 else open_image)(path, folder, LIMITS)
    except FileRefused as refused:
        assert str(refused)
    else:
        assert document.pages


def test_a_pdf_with_a_password_says_so(tmp_path):
    trailer = (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
        b"3 0 obj\n<< /Filter /Standard /V 1 /R 2 /P -64 /O <" + b"4f" * 32 + b"> /U <" + b"55" * 32 + b"> >>\nendobj\n"
        b"trailer << /Root 1 0 R /Encrypt 3 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\n%%EOF"
    )
    with pytest.raises(FileEncrypted):
        open_pdf(put(tmp_path, "locked.pdf", trailer), tmp_path, LIMITS)

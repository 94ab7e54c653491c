"""Files that want to hurt: each ends in a `FileRefused` with a true reason, or in what can be read; never in anything else."""

import io
import struct
import time
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import FileDamaged, FileEncrypted, FileOverLimit, FileRefused
from parsers.limits import ReadLimits
from parsers.word.docx import read_docx
from tests.parsers.word.files import HEAD, NAMES, blocks, cell, docx, numbering, para, read, row, styles, table, texts, zipped


def with_part(name: str, content: str | bytes) -> bytes:
    """A good .docx with one member replaced."""
    source = zipfile.ZipFile(io.BytesIO(docx(para("甲"))))
    return zipped({**{n: source.read(n) for n in source.namelist()}, name: content})


def test_a_bomb_of_twenty_million_paragraphs_is_refused_in_time_and_memory():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(io.BytesIO(docx(""))) as source:
        for name in source.namelist():
            if name != "word/document.xml":
                archive.writestr(name, source.read(name))
        with archive.open("word/document.xml", "w", force_zip64=True) as body:
            body.write(f"{HEAD}<w:document {NAMES}><w:body>".encode())
            for _ in range(20):
                body.write(b"<w:p/>" * 1_000_000)
            body.write(b"</w:body></w:document>")
    began = time.monotonic()
    with pytest.raises(FileOverLimit):
        read(target.getvalue())
    assert time.monotonic() - began < 5


def test_too_many_tags_are_refused_before_they_are_parsed():
    with pytest.raises(FileOverLimit, match="元素"):
        read(docx("<w:p/>" * 2000), replace(ReadLimits(), part_tags=1000))


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "镇江">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "gb18030", "utf-7"])
def test_a_dtd_is_refused_in_any_encoding(head, encoding):
    declared = "" if encoding == "utf-16-le" else f' encoding="{encoding}"'
    text = f'<?xml version="1.0"{declared}?>{head}<w:document {NAMES}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>'
    with pytest.raises(FileDamaged):
        read(with_part("word/document.xml", text.encode(encoding)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gb2312"])
def test_a_body_in_another_encoding_is_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><w:document {NAMES}><w:body>{para("镇江")}</w:body></w:document>'
    assert texts(with_part("word/document.xml", text.encode(encoding))) == ["镇江"]


def nested_tables(levels: int) -> str:
    return f"<w:tbl><w:tr><w:tc>{{}}{'<w:tbl><w:tr><w:tc>' * (levels - 1)}{para('底')}{'</w:tc></w:tr></w:tbl>' * levels}".format("")


@pytest.mark.parametrize(
    "body",
    [
        nested_tables(2000),
        nested_tables(60),
        "<w:sdt><w:sdtContent>" * 2000 + para("底") + "</w:sdtContent></w:sdt>" * 2000,
        "<w:p>" + "<w:smartTag>" * 3000 + "</w:smartTag>" * 3000 + "</w:p>",
    ],
)
def test_nesting_beyond_sense_is_refused(body):
    with pytest.raises(FileOverLimit, match="嵌套"):
        read(docx(body))


def test_nesting_within_sense_is_read():
    assert read(docx(nested_tables(30))).text == "底"
    assert texts(docx("<w:sdt><w:sdtContent>" * 100 + para("底") + "</w:sdtContent></w:sdt>" * 100)) == ["底"]


def test_a_document_within_itself_many_times_ends():
    inner = docx(para("底"))
    for _ in range(8):
        part = ("aFChunk", "application/octet-stream", inner)
        inner = docx('<w:altChunk r:id="rId1"/>', part)
    assert "嵌入的文档" in "".join(read(inner).notes)


def test_a_lying_size_is_found_out():
    data = bytearray(with_part("word/document.xml", f"{HEAD}<w:document {NAMES}><w:body>{para('甲') * 9000}</w:body></w:document>"))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    struct.pack_into("<I", data, at + 24, 10)
    with pytest.raises(FileDamaged):
        read(bytes(data))


def test_a_locked_zip_is_encrypted():
    data = bytearray(docx(para("甲")))
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(sign, at + 1)) >= 0:
            struct.pack_into("<H", data, at + offset, struct.unpack_from("<H", data, at + offset)[0] | 1)
    with pytest.raises(FileEncrypted):
        read(bytes(data))


def test_a_table_wider_than_any_page_is_refused():
    with pytest.raises(FileOverLimit, match="单元格"):
        read(docx(table(*(row(cell("甲", '<w:gridSpan w:val="256"/>')) for _ in range(50)))), replace(ReadLimits(), cells=10_000))


def test_links_to_the_outside_and_to_nowhere_change_nothing():
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        f'<Relationship Id="rId7" Type="{kind}/attachedTemplate" Target="http://127.0.0.1:9/t.dotm" TargetMode="External"/>'
        f'<Relationship Id="rId8" Type="{kind}/styles" Target="NULL"/><Relationship Id="rId9" Type="{kind}/image" Target="../NULL"/>'
        f'<Relationship Type="{kind}/numbering" Target="numbering.xml"/>'
    )
    assert texts(docx(para("甲"), relations=links)) == ["甲"]


def test_backslashes_and_capitals_in_part_names_are_forgiven():
    source = zipfile.ZipFile(io.BytesIO(docx(para("甲"))))
    assert texts(zipped({n.replace("word/document.xml", "Word\\Document.xml"): source.read(n) for n in source.namelist()})) == ["甲"]


@pytest.mark.parametrize("huge", ["9" * 400, "9" * 15, "-5"])
def test_numbers_of_absurd_size_do_no_harm(huge):
    level = f'<w:lvl w:ilvl="0"><w:start w:val="{huge}"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1"/></w:lvl>'
    lists = numbering(f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>')
    properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="1e999"/>'
    (found,) = blocks(docx(para("甲", properties), lists, styles('<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style>')))
    assert found.text == "甲"
    assert len(found.automatic_number) < 100


GOOD = docx(
    para("甲") + table(row(cell("乙", '<w:gridSpan w:val="2"/>')), row(cell("丙"), cell("丁"))),
    styles('<w:style w:styleId="a"><w:name w:val="heading 1"/></w:style>'),
    numbering('<w:num w:numId="1"/>'),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, len(GOOD)))
def test_changed_bytes_raise_nothing_but_a_refusal(changes, cut):
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    if cut % 3 == 0:
        del data[cut:]
    try:
        read_docx(bytes(data), "test", ReadLimits())
    except FileRefused as refusal:
        assert str(refusal)


PARTS = {n: zipfile.ZipFile(io.BytesIO(GOOD)).read(n) for n in zipfile.ZipFile(io.BytesIO(GOOD)).namelist()}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 6))
def test_changed_parts_raise_nothing_but_a_refusal(name, place, inserted, dropped):
    content = PARTS[name]
    place %= len(content)
    try:
        read_docx(zipped({**PARTS, name: content[:place] + inserted + content[place + dropped :]}), "test", ReadLimits())
    except FileRefused as refusal:
        assert str(refusal)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.sampled_from([b"", b"<x/>", b"<", b"\x00", b"PK", b"<w:document/>", "镇江".encode("utf-16")]))
def test_replaced_parts_raise_nothing_but_a_refusal(name, content):
    try:
        read_docx(zipped({**PARTS, name: content}), "test", ReadLimits())
    except FileRefused as refusal:
        assert str(refusal)

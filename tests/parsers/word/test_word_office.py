"""The old formats through the real LibreOffice."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time

import olefile
import pytest

from errors import ConverterFailed, FileEncrypted
from fixtures.ooxml import Package, paragraph
from fixtures.ooxml import run as words
from parsers.document import Table
from parsers.limits import ReadLimits
from parsers.reading import read_document
from parsers.word import office
from parsers.word.binary import close_text
from tests.parsers.word.files import HEAD, cell, docx, grid, para, row, run, saved, table, zipped

FORM = para(run("附件2", "<w:b/>")) + table(row(cell("项目名称"), cell("甲")), row(cell("项目简介"), cell("乙")))


def made(folder, target: str, *bodies: str) -> list:
    """Files of an old format, made by LibreOffice itself from .docx."""
    sources = [saved(docx(body), folder, f"s{n}.docx") for n, body in enumerate(bodies)]
    profile = f"-env:UserInstallation={(folder / 'maker').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(folder / "old"), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [folder / "old" / f"s{n}.{target}" for n in range(len(bodies))]


def test_rich_text_within_a_word_file_is_read_in_its_place(tmp_path):
    package = Package(chunks=[r"{\rtf1\ansi {\b \u38468?\u20214?}\par \u30002?\par}"])
    body = f'{paragraph(words("前"))}<w:altChunk r:id="rIdC0"/>{paragraph(words("后"))}'
    document = read_document(saved(package.zipped(body), tmp_path, "x.docx"), "x", tmp_path, ReadLimits())
    assert document.text.split() == ["前", "附件", "甲", "后"]
    assert document.notes == ()


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    docs = made(folder, "doc", FORM, FORM + para("末"), para("只有文字"))
    return {"doc": docs, "rtf": made(folder, "rtf", FORM)}


def test_a_word_binary_keeps_its_table_though_nothing_stands_behind_it(old, tmp_path):
    for path in old["doc"][:2]:
        document = read_document(path, "附件4.wps", tmp_path, ReadLimits())
        first, found = document.pages[0].blocks[:2]
        assert first.lines[0].runs[0].bold
        assert grid(found) == {(0, 0, 1, 1): "项目名称", (0, 1, 1, 1): "甲", (1, 0, 1, 1): "项目简介", (1, 1, 1, 1): "乙"}
        assert document.media_type == "application/msword"


def test_a_closed_text_is_left_alone(old, tmp_path):
    for path, needed in zip(old["doc"], (True, False, False), strict=True):
        copy = shutil.copy(path, tmp_path / path.name)
        assert close_text(copy) is needed
        assert close_text(copy) is False
    assert close_text(saved(b"x" * 2000, tmp_path)) is False


def test_rich_text_is_read(old, tmp_path):
    document = read_document(old["rtf"][0], "x", tmp_path, ReadLimits())
    assert isinstance(document.pages[0].blocks[1], Table)
    assert document.media_type == "application/rtf"


def test_many_files_in_one_start_and_a_bad_one_spoils_none(old, tmp_path):
    bad = bytearray(old["doc"][0].read_bytes())
    bad[0x200 : len(bad) // 2] = os.urandom(len(bad) // 2 - 0x200)
    files = [(old["doc"][0], "doc"), (saved(bytes(bad), tmp_path), "doc"), (old["rtf"][0], "rtf")]
    results = office.convert_many(files, tmp_path, ReadLimits())
    assert [r.suffix for r in (results[0], results[2])] == [".docx", ".docx"]

    # Nothing is left running or lying about.
    assert not [p for p in tmp_path.rglob("*") if "profile" in p.name]
    assert str(tmp_path) not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_a_converter_that_hangs_is_stopped(old, tmp_path):
    began = time.monotonic()
    with pytest.raises(ConverterFailed, match="超过"):
        office.convert(old["rtf"][0], "rtf", tmp_path, ReadLimits(seconds=0.05))
    assert time.monotonic() - began < 5


def test_a_missing_converter_is_said(old, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConverterFailed, match="LibreOffice"):
        office.convert(old["rtf"][0], "rtf", tmp_path, ReadLimits())


def test_a_locked_word_binary_is_encrypted(old, tmp_path):
    copy = shutil.copy(old["doc"][0], tmp_path / "locked.doc")
    with olefile.OleFileIO(copy, write_mode=True) as ole:
        data = bytearray(ole.openstream("WordDocument").read())
        data[11] |= 0x01
        ole.write_stream("WordDocument", bytes(data))
    with pytest.raises(FileEncrypted):
        read_document(copy, "x", tmp_path, ReadLimits())


@pytest.fixture
def listener():
    """A server that answers nothing: its port, and who called."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            with contextlib.suppress(OSError):
                while True:
                    connection, caller = server.accept()
                    callers.append(caller)
                    connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def linked(kind: str, link: str) -> bytes:
    if kind == "rtf":
        return (
            r'{\rtf1 {\field{\*\fldinst INCLUDEPICTURE "'
            + link
            + r'" \\d}{\fldrslt x}}{\field{\*\fldinst INCLUDETEXT "'
            + link
            + r'"}{\fldrslt y}} z}'
        ).encode()
    if kind == "odt":
        names = "".join(f' xmlns:{p}="{OFFICE}:{u}:1.0"' for p, u in (("office", "office"), ("text", "text"), ("draw", "drawing")))
        picture = f'<draw:frame><draw:image xlink:href="{link}" xlink:type="simple"/></draw:frame>'
        section = f'<text:section text:name="s"><text:section-source xlink:href="{link}"/><text:p>x</text:p></text:section>'
        body = f"<office:body><office:text><text:p>{picture}z</text:p>{section}</office:text></office:body>"
        root = f'office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"'
        content = f"{HEAD}<{root}>{body}</office:document-content>"
        return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "META-INF/manifest.xml": MANIFEST}, 0)
    word = "http://schemas.microsoft.com/office/word/2003/wordml"
    picture = f'<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="{link}"/></v:shape></w:pict></w:r>'
    return f'{HEAD}<w:wordDocument xmlns:w="{word}"><w:body><w:p>{picture}<w:r><w:t>z</w:t></w:r></w:p></w:body></w:wordDocument>'.encode()


MANIFEST = (
    f'{HEAD}<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def test_nothing_is_fetched(listener, tmp_path, monkeypatch):
    port, callers = listener
    files = [(saved(linked(kind, f"http://127.0.0.1:{port}/x.png"), tmp_path, kind), kind) for kind in ("rtf", "odt", "flat")]
    for made_of in office.convert_many(files, tmp_path, ReadLimits()):
        assert "z" in read_document(made_of, "x", tmp_path, ReadLimits()).text
    assert callers == []
    # Without our settings LibreOffice does fetch: so this test can fail.
    monkeypatch.setattr(office, "_SETTINGS", ())
    office.convert(files[1][0], "odt", tmp_path, ReadLimits())
    assert callers


def test_a_table_at_the_end_is_kept_however_full_its_page_of_properties(tmp_path):
    def body(rows: int) -> str:
        return table(*(row(*(cell(para(run("甲" * k), f'<w:jc w:val="{side}"/>')) for k, side in enumerate(SIDES, r))) for r in range(rows)))

    paths = made(tmp_path, "doc", *(body(rows) for rows in range(1, 25)))
    for rows, result in enumerate(office.convert_many([(p, "doc") for p in paths], tmp_path, ReadLimits()), 1):
        (found,) = read_document(result, "x", tmp_path, ReadLimits()).pages[0].blocks
        assert (found.rows, found.columns) == (rows, 4)


SIDES = ("left", "center", "right", "both")

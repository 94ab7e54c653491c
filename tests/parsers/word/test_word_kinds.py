"""What a file is, is told by its bytes."""

import zipfile

import pytest

import errors
from parsers.limits import ReadLimits
from parsers.reading import read_document
from parsers.version import ENGINE
from parsers.word.html import html_blocks
from parsers.word.text import decoded_text
from tests.parsers.word.files import docx, grid, para, saved, zipped


def read(data, folder, name="附件.pdf"):
    return read_document(saved(data, folder, "bytes"), name, folder, ReadLimits())


READ = {
    "docx under another name": (docx(para("甲")), "甲"),
    "utf-8 text": ("第一部分：引言\n镇江".encode(), "第一部分：引言\n镇江"),
    "utf-8 text with a mark": ("镇江".encode("utf-8-sig"), "镇江"),
    "gb18030 text": ("镇江市职工".encode("gb18030"), "镇江市职工"),
    "utf-16 text": ("镇江".encode("utf-16"), "镇江"),
    "html": ("<html><body><p>镇江</p></body></html>".encode(), "镇江"),
    "gbk html": ('<html><head><meta charset="gb2312"></head><body><div>镇江</div></body></html>'.encode("gbk"), "镇江"),
    "text that begins like a mail": ("From: 镇江\n正文".encode(), "From: 镇江\n正文"),
    "web archive": (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html; charset=gb2312\n"
        b"Content-Transfer-Encoding: quoted-printable\n\n<p>=D5=F2=BD=AD</p>\n--x--\n",
        "镇江",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_by_its_content(name, tmp_path):
    data, expected = READ[name]
    document = read(data, tmp_path)
    assert document.text == expected
    assert document.engine == ENGINE
    assert document.medium == "word"


REFUSED = {
    "empty": (b"", errors.FileDamaged, "空"),
    "blank": (b"\x00" * 600, errors.FileDamaged, "空"),
    "cut docx": (docx(para("甲"))[:300], errors.FileDamaged, "损坏"),
    "zip": (zipped({"a.txt": "x"}), errors.FileUnsupported, "压缩包"),
    "slides": (zipped({"ppt/presentation.xml": "x", "_rels/.rels": "<R/>"}), errors.FileUnsupported, "压缩包|演示"),
    "OFD": (zipped({"OFD.xml": "<a/>"}), errors.FileUnsupported, "OFD"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + b"x" * 99, errors.FileUnsupported, "压缩包"),
    "program": (b"MZ" + b"\x00" * 99, errors.FileUnsupported, "程序"),
    "film": (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 99, errors.FileUnsupported, "视频"),
    "noise": (bytes(range(256)) * 8, errors.FileUnsupported, "无法识别"),
    "CAJ": (b"CAJ\x00" + b"\x01" * 99, errors.FileUnsupported, "CAJ"),
    "data": (b"<?xml version='1.0'?><invoice/>", errors.FileUnsupported, "XML"),
    "broken compound": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, errors.FileDamaged, "损坏"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_gets_its_true_reason(name, tmp_path):
    data, kind, why = REFUSED[name]
    with pytest.raises(kind, match=why):
        read(data, tmp_path, "附件2.docx")


def test_a_file_over_its_size_is_refused(tmp_path):
    with pytest.raises(errors.FileOverLimit, match="文件大小"):
        read_document(saved(b"x" * 100, tmp_path), "x", tmp_path, ReadLimits(file_bytes=50))


PAGE = """
<h2>标题</h2><p>一 <b>粗</b><u>线</u><s>划</s><br>二</p><div style="display:none">藏</div><script>藏</script>
<table><caption>表</caption><thead><tr><th colspan=2>甲</th></tr></thead>
<tr><td rowspan="2">乙<p>丙</p></td><td>丁</td></tr><tr><td><ul><li>戊<li>己</ul></td></tr></table>
末<input type=checkbox checked>是<input type=checkbox>否
"""


def test_a_page_shows_paragraphs_tables_and_looks():
    heading, first, caption, found, last = html_blocks(PAGE, ReadLimits())
    assert (heading.text, heading.heading) == ("标题", 2)
    assert [[(r.text, r.bold, r.underlined, r.struck) for r in line.runs] for line in first.lines] == [
        [("一 ", False, False, False), ("粗", True, False, False), ("线", False, True, False), ("划", False, False, True)],
        [("二", False, False, False)],
    ]
    assert caption.text == "表"
    assert grid(found) == {(0, 0, 1, 2): "甲", (1, 0, 2, 1): "乙\n丙", (1, 1, 1, 1): "丁", (2, 1, 1, 1): "戊\n己"}
    assert last.text.split() == ["末☑是☐否"]


def test_a_page_nested_beyond_sense_is_refused():
    with pytest.raises(errors.FileOverLimit, match="嵌套"):
        html_blocks("<div>" * 5000 + "底" + "</div>" * 5000, ReadLimits())


@pytest.mark.parametrize("data", [b"", b"   ", b"<", b"<!-- x", "<table><tr><td rowspan=99999 colspan=99999>甲".encode()])
def test_odd_pages_do_no_harm(data):
    assert len(html_blocks(data, ReadLimits())) <= 1


def test_text_cut_within_a_character_is_text():
    assert decoded_text("镇江市".encode()[:-1]) == "镇江"
    assert decoded_text("镇江市".encode("gb18030")[:-1]) == "镇江"
    assert decoded_text(b"\x80\xff\xff\x00") is None


def test_an_open_document_is_told_from_a_zip(tmp_path):
    from parsers.kinds import sniff

    path = tmp_path / "x"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert sniff(path, ReadLimits()).name == "odt"

"""Everything Word can hide a character in: what is seen is read, what is not seen is not."""

import io
import zipfile

import pytest

from parsers.document import Paragraph
from tests.parsers.word.files import (
    RELATIONSHIPS,
    WORD,
    blocks,
    cell,
    docx,
    footnotes,
    numbering,
    para,
    read,
    row,
    run,
    styles,
    table,
    texts,
    zipped,
)

BOX = "<w:txbxContent>{}</w:txbxContent>"
SHAPE = "<w:drawing><wp:inline><a:graphic><wps:wsp><wps:txbx>{}</wps:txbx></wps:wsp></a:graphic></wp:inline></w:drawing>"
VML = "<w:pict><v:shape><v:textbox>{}</v:textbox></v:shape></w:pict>"


def both(inner: str) -> str:
    """A text box as Word writes it: twice, for new readers and for old ones."""
    new, old = SHAPE.format(BOX.format(inner)), VML.format(BOX.format(inner))
    return f'<mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>'


def field(code: str, result: str = "", data: str = "") -> str:
    """A complex field in one run each."""
    begin = f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' if result else ""
    return f'{begin}{separate}{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
SEPARATE = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def checkbox(checked: str, shown: str) -> str:
    state = f'<w14:checkbox><w14:checked w14:val="{checked}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/></w14:checkbox>'
    return control(run(shown, '<w:rFonts w:ascii="MS Gothic"/>'), state)


def tick(checked: str) -> str:
    return field(" FORMCHECKBOX ", data=f"<w:ffData><w:checkBox><w:sizeAuto/>{checked}</w:checkBox></w:ffData>")


DELETED = '<w:del w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>'
DROPDOWN = '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="是"/><w:listEntry w:val="否"/></w:ddList></w:ffData>'
WINGDINGS = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
WINGDINGS_2 = '<w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/>'

OLD = VML.format(BOX.format(para("盒")))

SEEN = {
    "plain": (para("项目名称"), ["项目名称"]),
    "blank paragraphs are left out": (para("甲") + "<w:p/>" + para("") + para("乙"), ["甲", "乙"]),
    "blanks that are underlined stay": (para(run("    ", '<w:u w:val="single"/>')), ["    "]),
    "inline control": (para(run("姓名：") + control(run("王五"))), ["姓名：王五"]),
    "control in a control": (para(control(control(run("王五")))), ["王五"]),
    "block control": (control(para("一") + para("二")), ["一", "二"]),
    "control that shows its prompt": (para(run("姓名：") + control(run("单击此处输入文字"), "<w:showingPlcHdr/>")), ["姓名："]),
    "control whose prompt was replaced": (para(control(run("王五"), '<w:showingPlcHdr w:val="0"/>')), ["王五"]),
    "dropdown control": (para(control(run("小革新"), "<w:dropDownList/>")), ["小革新"]),
    "ticked checkbox control": (para(checkbox("1", "☒") + run("小发明")), ["☑小发明"]),
    "unticked checkbox control": (para(checkbox("0", "☐") + run("小创造")), ["☐小创造"]),
    "checkbox control that is true": (para(checkbox("true", "R")), ["☑"]),
    "checkbox control as a block": (control(para("☒"), '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'), ["☑"]),
    "custom xml and smart tag": (para("<w:customXml><w:smartTag>" + run("镇江") + "</w:smartTag></w:customXml>"), ["镇江"]),
    "insertion": (para(run("甲") + "<w:ins>" + run("乙") + "</w:ins>"), ["甲乙"]),
    "deletion": (para(run("甲") + DELETED + run("乙")), ["甲乙"]),
    "deletion within an insertion": (para("<w:ins>" + DELETED + run("乙") + "</w:ins>"), ["乙"]),
    "moved text stands where it went": (
        para("<w:moveFrom>" + run("甲") + "</w:moveFrom>" + run("乙") + "<w:moveTo>" + run("甲") + "</w:moveTo>"),
        ["乙甲"],
    ),
    "deleted paragraph mark": (para("甲", "<w:rPr><w:del/></w:rPr>") + para("乙"), ["甲乙"]),
    "deleted paragraph": (para(DELETED, "<w:rPr><w:del/></w:rPr>") + para("乙"), ["乙"]),
    "deleted last paragraph mark": (para("甲", "<w:rPr><w:del/></w:rPr>"), ["甲"]),
    "inserted paragraph mark": (para("甲", "<w:rPr><w:ins/></w:rPr>") + para("乙"), ["甲", "乙"]),
    "link": (para('<w:hyperlink w:anchor="x">' + run("邮箱") + "</w:hyperlink>"), ["邮箱"]),
    "simple field": (para('<w:fldSimple w:instr=" DATE ">' + run("2024年3月") + "</w:fldSimple>"), ["2024年3月"]),
    "field": (para(field(" PAGE ", run("7"))), ["7"]),
    "field over two paragraphs": (
        para(BEGIN + "<w:r><w:instrText>TOC</w:instrText></w:r>" + SEPARATE + run("一")) + para(run("二") + END),
        ["一", "二"],
    ),
    "nested field": (
        para(BEGIN + field(" MERGEFIELD x ", run("内")) + SEPARATE + run("外") + END),
        ["外"],
    ),
    "field that never ends": (para('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("甲")) + para("乙"), ["甲", "乙"]),
    "text form field": (para(run("电话") + field(" FORMTEXT ", run("0511-1"), "<w:ffData><w:textInput/></w:ffData>")), ["电话0511-1"]),
    "ticked form field": (para(tick("<w:checked/>") + run("是")), ["☑是"]),
    "form field ticked by default": (para(tick('<w:default w:val="1"/>')), ["☑"]),
    "form field unticked against its default": (para(tick('<w:default w:val="1"/><w:checked w:val="0"/>')), ["☐"]),
    "dropdown form field": (para(field(" FORMDROPDOWN ", data=DROPDOWN)), ["否"]),
    "dropdown form field with a result": (para(field(" FORMDROPDOWN ", run("否"), DROPDOWN)), ["否"]),
    "tick drawn over a box": (para(field(r" EQ \o\ac(□,√)") + run("小设计")), ["☑小设计"]),
    "digit drawn in a circle": (para(field(r"eq \o\ac(○,3)")), ["③"]),
    "fraction field": (para(field(r" EQ \f(1,2) ")), ["1/2"]),
    "phonetic guide field": (para(field(r' EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(zhèn),镇)')), ["镇"]),
    "symbol field": (para(field(r' SYMBOL 82 \f "Wingdings 2" \s 11 ')), ["☑"]),
    "macro button": (para(field(" MACROBUTTON NoMacro 请填写 ")), ["请填写"]),
    "symbol": (para('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run("小发明")), ["☑小发明"]),
    "symbol of Wingdings 2": (
        para('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:sym w:font="Wingdings 2" w:char="00A3"/></w:r>'),
        ["☑☐"],
    ),
    "Wingdings letters": (para(run("þ¨ü", WINGDINGS)), ["☑☐√"]),
    "Wingdings 2 letters": (para(run("R", WINGDINGS_2) + run("小革新") + run("£", WINGDINGS_2)), ["☑小革新☐"]),
    "private characters": (para(run("\uf0fe\uf0a8", WINGDINGS) + run("\uf052")), ["☑☐☑"]),
    "Wingdings with Chinese": (para(run("小发明R", WINGDINGS_2)), ["小发明☑"]),
    "symbol font": (para(run("\uf0b1", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>') + run("5")), ["±5"]),
    "soft break, tab, hyphens": (
        para("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/><w:softHyphen/><w:cr/><w:t>丁</w:t></w:r>"),
        ["甲\n乙\t丙-\n丁"],
    ),
    "page break": (para('<w:r><w:br w:type="page"/></w:r>') + para("甲"), ["甲"]),
    "hidden": (para(run("甲") + run("乙", "<w:vanish/>")), ["甲"]),
    "not hidden after all": (para(run("乙", '<w:vanish w:val="0"/>')), ["乙"]),
    "ruby": (
        para("<w:r><w:ruby><w:rt>" + run("zhèn") + "</w:rt><w:rubyBase>" + run("镇") + "</w:rubyBase></w:ruby></w:r>" + run("江")),
        ["镇江"],
    ),
    "text box once": (para("<w:r>" + both(para("盒")) + "</w:r>" + run("文")), ["文", "盒"]),
    "text box of old Word": (para("<w:r>" + VML.format(BOX.format(para("盒"))) + "</w:r>"), ["盒"]),
    "text box in a text box": (para("<w:r>" + both(para("<w:r>" + both(para("内")) + "</w:r>" + run("外"))) + "</w:r>"), ["外", "内"]),
    "text box whose text is only in the fallback": (
        para(f"<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback>{OLD}</mc:Fallback></mc:AlternateContent></w:r>"),
        ["盒"],
    ),
    "word art": (para('<w:r><w:pict><v:shape><v:textpath string="承诺书"/></v:shape></w:pict></w:r>'), ["承诺书"]),
    "field within a text box": (para("<w:r>" + both(para(field(" X ", run("盒")))) + "</w:r>"), ["盒"]),
    "alternate runs": (
        para(
            '<mc:AlternateContent><mc:Choice Requires="w16">'
            + run("甲")
            + "</mc:Choice><mc:Fallback>"
            + run("乙")
            + "</mc:Fallback></mc:AlternateContent>"
        ),
        ["甲"],
    ),
    "formula": (
        para(
            "<m:oMath><m:r><m:t>a</m:t></m:r><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
        ),
        ["a1/2"],
    ),
    "power": (para("<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>6</m:t></m:r></m:sup></m:sSup></m:oMath>"), ["10^6"]),
    "comment marks": (para('<w:commentRangeStart w:id="1"/>' + run("甲") + '<w:r><w:commentReference w:id="1"/></w:r>'), ["甲"]),
    "text box in a cell": (table(row(cell(para("<w:r>" + both(para("盒")) + "</w:r>" + run("文"))))), ["文\n盒"]),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_is_read(name):
    body, expected = SEEN[name]
    assert texts(docx(body)) == expected


LOOKS = {
    "bold": ("<w:b/>", (True, False, False)),
    "not bold": ('<w:b w:val="0"/>', (False, False, False)),
    "underlined": ('<w:u w:val="single"/>', (False, True, False)),
    "underline off": ('<w:u w:val="none"/>', (False, False, False)),
    "struck": ("<w:strike/>", (False, False, True)),
    "struck twice": ("<w:dstrike/>", (False, False, True)),
    "by run style": ('<w:rStyle w:val="S"/>', (True, True, True)),
    "run style undone": ('<w:rStyle w:val="S"/><w:b w:val="0"/><w:u w:val="none"/><w:strike w:val="false"/>', (False, False, False)),
    "by a style that rests on another": ('<w:rStyle w:val="T"/>', (True, True, False)),
}
STYLES = styles(
    '<w:style w:type="character" w:styleId="S"><w:rPr><w:b/><w:u w:val="single"/><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="T"><w:basedOn w:val="S"/><w:rPr><w:strike w:val="0"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="B"><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="X"><w:basedOn w:val="2"/><w:name w:val="我的标题"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="O"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="caption"/></w:style>'
)


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_comes_through_runs_and_styles(name):
    look, expected = LOOKS[name]
    (found,) = blocks(docx(para(run("字", look)), STYLES))
    (only,) = found.lines[0].runs
    assert (only.bold, only.underlined, only.struck) == expected


def test_bold_in_both_styles_cancels_out():
    (found,) = blocks(docx(para(run("字", '<w:rStyle w:val="S"/>'), '<w:pStyle w:val="B"/>'), STYLES))
    assert not found.lines[0].runs[0].bold


def test_neighbours_of_one_look_are_one_run():
    (found,) = blocks(docx(para(run("小") + run("发明") + run("√", "<w:b/>"))))
    assert [(r.text, r.bold) for r in found.lines[0].runs] == [("小发明", False), ("√", True)]


def test_a_hidden_paragraph_style_hides():
    assert texts(docx(para("甲", '<w:pStyle w:val="H"/>') + para("乙"), STYLES)) == ["乙"]


@pytest.mark.parametrize(
    ("properties", "heading", "caption"),
    [
        ("", None, False),
        ('<w:pStyle w:val="2"/>', 2, False),
        ('<w:pStyle w:val="X"/>', 2, False),
        ('<w:pStyle w:val="O"/>', 1, False),
        ('<w:outlineLvl w:val="3"/>', 4, False),
        ('<w:pStyle w:val="2"/><w:outlineLvl w:val="9"/>', None, False),
        ('<w:pStyle w:val="C"/>', None, True),
        ('<w:pStyle w:val="Loop"/>', None, False),
        ('<w:pStyle w:val="missing"/>', None, False),
    ],
)
def test_headings_and_captions_are_known_by_level_and_style(properties, heading, caption):
    (found,) = blocks(docx(para("字", properties), STYLES))
    assert (found.heading, found.caption) == (heading, caption)


def listed(level: int, list_id: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def level(number: int, form: str, pattern: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/>{more}</w:lvl>'


@pytest.mark.parametrize(
    ("form", "pattern", "expected"),
    [
        ("decimal", "%1.", ["1.", "2.", "3."]),
        ("decimal", "第%1章", ["第1章", "第2章", "第3章"]),
        ("decimalZero", "%1", ["01", "02", "03"]),
        ("chineseCounting", "%1、", ["一、", "二、", "三、"]),
        ("chineseCountingThousand", "（%1）", ["（一）", "（二）", "（三）"]),
        ("japaneseCounting", "第%1部分", ["第一部分", "第二部分", "第三部分"]),
        ("ideographTraditional", "%1", ["甲", "乙", "丙"]),
        ("ideographZodiac", "%1", ["子", "丑", "寅"]),
        ("ideographDigital", "%1", ["一", "二", "三"]),
        ("chineseLegalSimplified", "%1", ["壹", "贰", "叁"]),
        ("decimalEnclosedCircleChinese", "%1", ["①", "②", "③"]),
        ("decimalEnclosedParen", "%1", ["⑴", "⑵", "⑶"]),
        ("decimalEnclosedFullstop", "%1", ["⒈", "⒉", "⒊"]),
        ("decimalFullWidth", "%1．", ["１．", "２．", "３．"]),
        ("upperRoman", "%1", ["I", "II", "III"]),
        ("lowerLetter", "%1)", ["a)", "b)", "c)"]),
        ("bullet", "\uf0a8", ["☐", "☐", "☐"]),
        ("none", "", ["", "", ""]),
    ],
)
def test_a_list_number_stands_beside_the_text(form, pattern, expected):
    lists = numbering(
        f'<w:abstractNum w:abstractNumId="0">{level(0, form, pattern)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    found = blocks(docx("".join(para("文", listed(0)) for _ in range(3)), lists))
    assert [p.automatic_number for p in found if isinstance(p, Paragraph)] == expected
    assert {p.text for p in found} == {"文"}


LEVELS = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "chineseCounting", "%1、")}{level(1, "decimal", "%1.%2", "<w:isLgl/>")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(0, 1), (1, 1), (1, 1), (0, 1), (1, 1)], ["一、", "1.1", "1.2", "二、", "2.1"]),
        ([(1, 1), (0, 1)], ["1.1", "二、"]),
        ([(0, 1), (0, 2), (0, 2), (0, 1)], ["一、", "五、", "六、", "七、"]),
        ([(0, 1), (0, 0), (0, 1)], ["一、", "", "二、"]),
        ([(0, 9)], [""]),
    ],
)
def test_list_levels_count_as_word_counts(places, expected):
    found = blocks(docx("".join(para("文", listed(*place)) for place in places), numbering(LEVELS)))
    assert [p.automatic_number for p in found if isinstance(p, Paragraph)] == expected


def test_an_empty_numbered_cell_shows_its_number():
    (found,) = blocks(docx(table(row(cell(para("", listed(0))), cell("甲")), row(cell(para("", listed(0))), cell("乙"))), numbering(LEVELS)))
    assert [c.blocks[0].automatic_number for c in found.cells if c.column == 0] == ["一、", "二、"]


def test_a_list_may_come_from_the_style():
    style = styles('<w:style w:type="paragraph" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>')
    body = para("文", '<w:pStyle w:val="L"/>') + para("无", '<w:pStyle w:val="L"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert [p.automatic_number for p in blocks(docx(body, style, numbering(LEVELS)))] == ["一、", ""]


def test_footnotes_stand_behind_the_block_that_refers_to_them_and_are_marked():
    separator = f'<w:footnote w:type="separator" w:id="0">{para("—")}</w:footnote>'
    notes = footnotes(separator + "".join(f'<w:footnote w:id="{n}">{para(text)}</w:footnote>' for n, text in ((2, "注"), (3, "无"))))
    body = para(run("甲") + '<w:r><w:footnoteReference w:id="2"/></w:r>') + para("乙")
    found = blocks(docx(body, notes))
    assert [(b.text, b.note) for b in found if isinstance(b, Paragraph)] == [("甲", False), ("注", True), ("乙", False)]


def test_page_headers_and_footers_are_no_text():
    header = ("header", f"{WORD}.header+xml", "<no xml at all")
    assert texts(docx(para("甲") + '<w:sectPr><w:headerReference r:id="rId1"/></w:sectPr>', header)) == ["甲"]


ARCHIVE = """MIME-Version: 1.0
Content-Type: multipart/related; boundary=x

--x
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>甲</p>
--x--
"""
CHUNKS = {
    "html": ("text/html", "<html><body><p>甲</p><table><tr><td>乙</td></tr></table></body></html>", ["甲", "乙"]),
    "gbk html": ("text/html", '<meta charset="gb2312"><p>镇江</p>'.encode("gbk"), ["镇江"]),
    "xhtml": ("application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>甲</p></body></html>", ["甲"]),
    "text": ("text/plain", "甲\r\n\r\n乙", ["甲", "乙"]),
    "docx": (f"{WORD}.document.main+xml", docx(para("内")), ["内"]),
    "broken docx": (f"{WORD}.document.main+xml", b"PK\x03\x04", []),
    "web archive": ("message/rfc822", ARCHIVE, ["甲"]),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_a_document_within_stands_in_its_place(name):
    content_type, content, expected = CHUNKS[name]
    data = docx(para("前") + '<w:altChunk r:id="rId1"/>' + para("后"), ("aFChunk", content_type, content))
    assert texts(data) == ["前", *expected, "后"]


def test_a_document_elsewhere_is_not_fetched_but_said():
    link = f'<Relationship Id="rId9" Type="{RELATIONSHIPS}/aFChunk" Target="http://127.0.0.1:9/x" TargetMode="External"/>'
    document = read(docx('<w:altChunk r:id="rId9"/>' + para("甲"), relations=link))
    assert document.text == "甲"
    assert document.notes == ("文件引用了外部文档，其内容未读取。",)


def test_a_strict_file_reads_like_any_other():
    body = para(run("甲", "<w:b/>")) + table(row(cell("乙"))) + para(checkbox("1", "☒"))
    source = zipfile.ZipFile(io.BytesIO(docx(body)))
    strict = {
        n: source.read(n)
        .replace(b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main")
        .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")
        for n in source.namelist()
    }
    assert texts(zipped(strict)) == ["甲", "乙", "☑"]


def test_macros_are_noted():
    data = docx(
        para("甲"),
        ("vbaProject", "application/vnd.ms-office.vbaProject", b"x"),
        main_type="application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    document = read(data)
    assert (document.text, document.notes, document.media_type) == (
        "甲",
        ("文件带有宏，宏未运行。",),
        "application/vnd.ms-word.document.macroEnabled.12",
    )


def test_an_empty_document_is_a_document():
    assert read(docx("")).pages[0].blocks == ()

"""A workbook comes out as it is shown."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from errors import FileDamaged, FileOverLimit, FileRefused
from parsers.limits import ReadLimits
from parsers.word.numberformat import shown
from parsers.word.sheet import read_sheet
from tests.parsers.word.files import grid, saved, zipped


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book, book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(data, folder, limits=None):
    return read_sheet(saved(data, folder), "x", "test", limits or ReadLimits())


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("13812345678", "@", "13812345678"),
        (13812345678, "General", "13812345678"),
        (13812345678.0, "General", "13812345678"),
        (1.3812345678e10, "0.00E+00", "13812345678"),
        (212000, "000000", "212000"),
        (5123, "000000", "005123"),
        (45.6, "General", "45.6"),
        (0.1 + 0.2, "General", "0.3"),
        (45.6, "0.00", "45.60"),
        (45.678, "0.0", "45.7"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (0.356, "0%", "36%"),
        (0.356, "0.0%", "35.6%"),
        (12, '0"万元"', "12万元"),
        (12, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "12"),
        (-3, "0", "-3"),
        (0, "General", "0"),
        (True, "General", "TRUE"),
        (datetime.datetime(2024, 3, 9), 'yyyy"年"m"月"d"日"', "2024年3月9日"),
        (datetime.datetime(2024, 3, 9), 'yyyy"年"m"月"', "2024年3月"),
        (datetime.datetime(2024, 3, 9), "yyyy/m/d", "2024-03-09"),
        (datetime.datetime(2024, 3, 9), "mm-dd-yy", "2024-03-09"),
        (datetime.datetime(2024, 3, 9), "yyyy-mm", "2024-03"),
        (datetime.datetime(2024, 3, 9, 8, 30), "yyyy-mm-dd hh:mm", "2024-03-09 08:30"),
        (datetime.date(2024, 3, 9), "[$-804]yyyy\\-mm\\-dd", "2024-03-09"),
        (datetime.time(8, 30), "h:mm", "08:30"),
    ],
)
def test_a_value_looks_as_in_the_sheet(value, form, expected):
    assert shown(value, form) == expected


def test_a_summary_sheet_becomes_a_table(tmp_path):
    def fill(book, sheet):
        sheet["A1"] = "汇总表"
        sheet.merge_cells("A1:C1")
        sheet.append(["序号", "名称", "电话"])
        sheet.append([1, "甲", 13812345678])
        sheet.append([None, None, None])
        sheet.append([2, "乙", "0511-85055274"])

    (page,) = read(workbook(fill), tmp_path).pages
    assert grid(page.blocks[0]) == {
        (0, 0, 1, 3): "汇总表",
        **{(1, k, 1, 1): text for k, text in enumerate(["序号", "名称", "电话"])},
        **{(2, k, 1, 1): text for k, text in enumerate(["1", "甲", "13812345678"])},
        **{(3, k, 1, 1): text for k, text in enumerate(["2", "乙", "0511-85055274"])},
    }


def test_merges_reach_over_what_is_left(tmp_path):
    def fill(_book, sheet):
        sheet["A1"], sheet["B1"], sheet["B2"], sheet["B5"] = "甲", "1", "2", "3"
        sheet.merge_cells("A1:A5")

    (page,) = read(workbook(fill), tmp_path).pages
    assert grid(page.blocks[0]) == {(0, 0, 3, 1): "甲", (0, 1, 1, 1): "1", (1, 1, 1, 1): "2", (2, 1, 1, 1): "3"}


def test_hidden_sheets_rows_and_columns_are_not_shown(tmp_path):
    def fill(book, sheet):
        for line in (["甲", "藏", "乙"], ["藏", "藏", "藏"], ["丙", "藏", "丁"]):
            sheet.append(line)
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        other = book.create_sheet("草稿")
        other["A1"], other.sheet_state = "藏", "hidden"

    document = read(workbook(fill), tmp_path)
    assert document.text == "甲\n乙\n丙\n丁"
    assert document.notes == ("隐藏的工作表未读取：草稿",)


def test_formulas_saved_without_their_results_are_told_those_in_sight(tmp_path):
    def fill(book, sheet):
        sheet.append(["项目数", "=COUNTA(C2:C9)"])
        sheet.append(["合计", "=1+1"])
        sheet.row_dimensions[2].hidden = True
        book.create_sheet("草稿").append(["=1+1"])
        book["草稿"].sheet_state = "hidden"

    _, note = read(workbook(fill), tmp_path).notes
    assert note.startswith("1 个单元格是公式，文件里没有存下计算结果，读不到值：Sheet!B1。")


@pytest.mark.parametrize("result", [b'<c r="B1"><f>COUNTA(C2:C9)</f><v>3</v></c>', b'<c r="B1" t="str"><f>C9</f><v></v></c>'])
def test_a_formula_with_its_result_is_a_value_like_any_other(tmp_path, result):
    data = workbook(lambda book, sheet: sheet.append(["项目数", "=1+1"]))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        members = {name: parts.read(name) for name in parts.namelist()}
    members["xl/worksheets/sheet1.xml"] = re.sub(rb'<c r="B1".*?</c>', result, members["xl/worksheets/sheet1.xml"])
    assert read(zipped(members), tmp_path).notes == ()


def test_looks_come_through(tmp_path):
    def fill(_book, sheet):
        sheet["A1"], sheet["A1"].font = "小发明", Font(strike=True, bold=True)
        sheet["A2"] = CellRichText("小创造", TextBlock(InlineFont(u="single"), "小革新"))

    (page,) = read(workbook(fill), tmp_path).pages
    first, second = (cell.blocks[0].lines[0].runs for cell in page.blocks[0].cells)
    assert [(r.text, r.bold, r.underlined, r.struck) for r in first] == [("小发明", True, False, True)]
    assert [(r.text, r.underlined) for r in second] == [("小创造", False), ("小革新", True)]


def test_line_breaks_in_a_cell_are_lines(tmp_path):
    def fill(_book, sheet):
        sheet["A1"] = "甲\n乙"

    assert read(workbook(fill), tmp_path).pages[0].blocks[0].cells[0].blocks[0].lines[1].text == "乙"


def test_an_empty_workbook_is_a_document(tmp_path):
    assert read(workbook(lambda _book, _sheet: None), tmp_path).pages[0].blocks == ()


def changed(data: bytes, name: str, change) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(data))
    return zipped({n: change(source.read(n)) if n == name else source.read(n) for n in source.namelist()})


SIMPLE = workbook(lambda _book, sheet: sheet.append(["甲", 1, datetime.date(2024, 1, 1)]))
SHEET = "xl/worksheets/sheet1.xml"


def test_a_merge_of_the_whole_sheet_costs_nothing(tmp_path):
    data = changed(
        SIMPLE, SHEET, lambda s: s.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    )
    assert read(data, tmp_path).text == "甲"


def test_a_stray_value_far_away_costs_nothing(tmp_path):
    data = changed(SIMPLE, SHEET, lambda s: s.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'))
    (page,) = read(data, tmp_path).pages
    assert (page.blocks[0].rows, page.blocks[0].columns) == (2, 4)


def test_tables_links_and_drawings_are_no_matter(tmp_path):
    links = b'<hyperlinks><hyperlink ref="A1" r:id="rId7"/></hyperlinks><drawing r:id="rId8"/>'
    extra = b"</sheetData>" + links + b'<tableParts><tablePart r:id="rId9"/></tableParts>'
    names = b'<worksheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    data = changed(SIMPLE, SHEET, lambda s: s.replace(b"<worksheet", names).replace(b"</sheetData>", extra))
    assert read(data, tmp_path).text.startswith("甲")


def test_too_many_cells_are_refused(tmp_path):
    data = workbook(lambda _book, sheet: [sheet.append(list(range(10))) for _ in range(20)])
    with pytest.raises(FileOverLimit, match="单元格"):
        read(data, tmp_path, ReadLimits(cells=100))


def test_a_dtd_is_refused(tmp_path):
    with pytest.raises(FileDamaged):
        read(changed(SIMPLE, SHEET, lambda s: b"<!DOCTYPE x>" + s), tmp_path)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(zipfile.ZipFile(io.BytesIO(SIMPLE)).namelist())), st.integers(0, 5000), st.binary(max_size=5), st.integers(0, 5))
def test_changed_parts_raise_nothing_but_a_refusal(tmp_path_factory, name, place, inserted, dropped):
    def change(content: bytes) -> bytes:
        at = place % len(content)
        return content[:at] + inserted + content[at + dropped :]

    try:
        read(changed(SIMPLE, name, change), tmp_path_factory.mktemp("s"))
    except FileRefused as refusal:
        assert re.search("[一-龥]", str(refusal))

"""Makes the Word templates of the letters (`review/templates/*.docx`) anew. Run: python scripts/make_letter_templates.py

The wording stands in the .txt beside it; a clerk may edit the .docx in Word: whatever is in {{ }} and {% %} is filled in.
"""

import re
from pathlib import Path

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

TEMPLATES = Path(__file__).parent.parent / "review" / "templates"
BODY, HEAD, TITLE = "仿宋", "黑体", "华文中宋"
RED = RGBColor(0xC0, 0x10, 0x10)


def dress(paragraph: Paragraph, text: str, size: float = 16, face: str = BODY, *, bold: bool = False, red: bool = False) -> Paragraph:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if red:
        run.font.color.rgb = RED
    return paragraph


def line(document: Doc, text: str, *, indent: bool = True, face: str = BODY, right: bool = False, keep: bool = False, size: float = 16) -> None:
    paragraph = dress(document.add_paragraph(), text, size, face, bold=face == HEAD)
    shape = paragraph.paragraph_format
    shape.line_spacing, shape.space_after, shape.space_before = Pt(size * 1.68), Pt(0), Pt(0)
    shape.keep_with_next = keep or face == HEAD
    if indent:
        shape.first_line_indent = Pt(size * 2)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        shape.right_indent = Pt(32)


def head(document: Doc, title: str) -> None:
    """The red head of the office with its rule, then the title."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Cm(3), Cm(2.5), Cm(2.8), Cm(2.6)
    office = dress(document.add_paragraph(), "{{ office.name }}{{ office.department }}", 26, TITLE, bold=True, red=True)
    office.alignment = WD_ALIGN_PARAGRAPH.CENTER
    office.paragraph_format.space_after = Pt(18)
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "C01010")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    office._element.get_or_add_pPr().append(borders)
    heading = dress(document.add_paragraph(), title, 22, TITLE)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.space_after = Pt(14)


def signature(document: Doc, size: float) -> None:
    line(document, "", indent=False, keep=True, size=size)
    line(document, "{{ office.name }}{{ office.department }}", indent=False, right=True, keep=True, size=size)
    line(document, "{{ today }}", indent=False, right=True, size=size)


def make(name: str, title: str, size: float) -> None:
    """The Word template beside `name`.txt: line by line the same, but for the signature, which stands to the right."""
    document = Document()
    head(document, title)
    *lines, _office, _today = [text for text in (TEMPLATES / f"{name}.txt").read_text("utf-8").splitlines() if text.strip()]
    for number, text in enumerate(lines):
        face = HEAD if text.startswith("{{ block.number }}") else BODY
        said = re.sub(r"^{% (.*) %}$", r"{%p \1 %}", text.strip()) if text.count("{%") == 1 else text.strip()
        line(document, said, indent=number > 0, face=face, keep=text == lines[-1], size=size)
    signature(document, size)
    document.save(str(TEMPLATES / f"{name}.docx"))


if __name__ == "__main__":
    make("letter", "材料补正通知", 16)
    make("reminder", "关于报送“五小”活动项目材料的提醒", 14)

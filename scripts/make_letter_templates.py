"""Makes the Word templates of the letters (`review/templates/*.docx`) anew. Run: python scripts/make_letter_templates.py

The wording stands here and in the .txt beside it; a clerk may edit the .docx in Word: whatever is in {{ }} and {% %} is filled in.
"""

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


LETTER = (
    ("{{ unit }}：", False, BODY),
    (
        "你单位{% if received %}{{ received }}{% endif %}发来的{{ title }}材料已收到，感谢你们对“五小”活动的支持。"
        "我们按照通知（{{ notice }}）要求逐项核对，"
        "{% if total %}共收到{{ total }}个项目，{% endif %}其中需要补充或更正的情况如下：",
        True,
        BODY,
    ),
    ("{%p for block in blocks %}", True, BODY),
    ("{{ block.number }}、{{ block.heading }}", True, HEAD),
    ("{%p if block.barred %}", True, BODY),
    ("以下情况按通知规定不得被提名。如与实际不符，请书面说明并附证明材料：", True, BODY),
    ("{%p endif %}", True, BODY),
    ("{%p for point in block.barred %}", True, BODY),
    ("{{ point.number }}. {{ point.text }}", True, BODY),
    ("{%p endfor %}", True, BODY),
    ("{%p if block.barred and block.points %}", True, BODY),
    ("另外，请补充或更正：", True, BODY),
    ("{%p endif %}", True, BODY),
    ("{%p for point in block.points %}", True, BODY),
    ("{{ point.number }}. {{ point.text }}", True, BODY),
    ("{%p endfor %}", True, BODY),
    ("{%p for point in block.advice %}", True, BODY),
    ("提示：{{ point.text }}", True, BODY),
    ("{%p endfor %}", True, BODY),
    ("{%p endfor %}", True, BODY),
    ("{%p if pending %}", True, BODY),
    ("以下项目正在进一步核对，如需补充另行通知：{{ pending }}。", True, BODY),
    ("{%p endif %}", True, BODY),
    ("{%p if clean %}", True, BODY),
    ("以下项目的材料齐全，无需补正：{{ clean }}。", True, BODY),
    ("{%p endif %}", True, BODY),
    (
        "请于{{ deadline }}前直接回复邮件，把补正后的材料作为附件发来。只需发送上面要求的材料，其余材料不必重发；文件请按项目分别命名，"
        "Word 版与扫描件内容应当一致，扫描件请用彩色扫描并保持端正清晰。",
        True,
        BODY,
    ),
    ("如有疑问，请与我们联系。联系人：{{ office.contact }}，电话：{{ office.phone }}，电子邮箱：{{ office.email }}。", True, BODY),
)
REMINDER = (
    ("{{ unit }}：", False, BODY),
    (
        "{{ title }}（{{ notice }}）正在进行，报送截止日期为{{ closing }}。截至{{ today }}，我们尚未收到你单位的材料。"
        "{% if least and most %}通知规定每个{{ kind }}报送{{ least }}—{{ most }}个项目。{% endif %}"
        "请于{{ deadline }}前把下列材料发送至 {{ office.email }}，邮件主题请写明：“五小”活动项目+{{ unit }}。",
        True,
        BODY,
    ),
    ("{%p for item in materials %}", True, BODY),
    ("{{ item.number }}. {{ item.text }}", True, BODY),
    ("{%p endfor %}", True, BODY),
    ("如已发送，可能是邮件未能送达或附件已失效，请重新发送并电话告知；如本年度不报送项目，也请回复说明。", True, BODY),
    ("联系人：{{ office.contact }}，电话：{{ office.phone }}。谢谢支持！", True, BODY),
)


def make(name: str, title: str, lines: tuple[tuple[str, bool, str], ...], size: float) -> None:
    document = Document()
    head(document, title)
    for text, indent, face in lines:
        line(document, text, indent=indent, face=face, keep=text == lines[-1][0], size=size)
    signature(document, size)
    document.save(str(TEMPLATES / f"{name}.docx"))


if __name__ == "__main__":
    make("letter", "材料补正通知", LETTER, 16)
    make("reminder", "关于报送“五小”活动项目材料的提醒", REMINDER, 14)

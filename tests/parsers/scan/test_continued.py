from parsers.document import Box, Cell, Line, Page, Paragraph, Run, Table
from parsers.scan.continued import with_continued


def words(text: str) -> Paragraph:
    return Paragraph((Line((Run(text),)),))


def table(width: float) -> Table:
    return Table(1, 1, (Cell(0, 0, 1, 1, (words("其他"),)),), Box(0.1, 0.1, 0.1 + width, 0.5))


def continued(*pages: Page) -> list[bool]:
    return [block.continued for page in with_continued(pages) for block in page.blocks if isinstance(block, Table)]


def test_a_table_with_nothing_above_it_goes_on_from_a_table_of_its_width():
    assert continued(Page(1, (words("附件2 提名书"), table(0.8))), Page(2, (table(0.8),))) == [False, True]


def test_a_table_below_a_heading_is_a_new_one():
    assert continued(Page(1, (words("附件2"), table(0.8))), Page(2, (words("附件3 基本情况"), table(0.8)))) == [False, False]


def test_a_table_after_text_or_of_another_width_is_a_new_one():
    assert continued(Page(1, (table(0.8), words("备注：项目类别填写小发明"))), Page(2, (table(0.8),))) == [False, False]
    assert continued(Page(1, (table(0.8),)), Page(2, (table(0.5),))) == [False, False]


def heading(text: str, bottom: float) -> Paragraph:
    return Paragraph((Line((Run(text),), Box(0.1, bottom - 0.02, 0.5, bottom)),))


def test_a_table_below_the_line_that_heads_every_page_goes_on():
    head, other = heading("某市职工活动申报材料", 0.06), heading("某市职工活动申报村料", 0.06)
    assert continued(Page(1, (head, words("附件2 提名书"), table(0.8))), Page(2, (other, table(0.8)))) == [False, True]
    assert continued(Page(1, (head, words("附件2 提名书"), table(0.8))), Page(2, (other, words("附件3 表"), table(0.8)))) == [False, False]


def test_a_table_below_a_title_that_two_pages_have_is_a_new_one():
    assert continued(Page(1, (heading("基本情况表", 0.12), table(0.8))), Page(2, (heading("基本情况表", 0.12), table(0.8)))) == [False, False]

"""Tables that run on over a page break."""

from __future__ import annotations

from dataclasses import replace

from parsers.document import Box, Page, Paragraph, Table
from parsers.heads import repeats

ALIKE = 0.03
"""Left and right edges of one table on two pages lie within this fraction of the page's width."""


MARGIN = 0.08
"""A running head lies within this fraction of the page's height from its top; a form's title lies below it."""


def opens_with_table(page: Page, before: Page | None = None) -> bool:
    """Whether nothing but a page number, or the line that heads the page `before` too, stands above the page's first table: it likely
    goes on from the page before."""
    above: list[Paragraph] = []
    for block in page.blocks:
        if isinstance(block, Table):
            head = before.blocks[0].text if before and before.blocks else ""
            return not any(len(each.text.strip()) > 3 and not (_in_margin(each) and repeats(each.text, head)) for each in above)
        above.append(block)
    return False


def _in_margin(paragraph: Paragraph) -> bool:
    return all(line.box is not None and line.box.y1 < MARGIN for line in paragraph.lines)


def with_continued(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The pages of one file with `Table.continued` set where a table goes on: nothing stands above it, and the page before
    ends with a table of the same width."""
    out: list[Page] = []
    for number, page in enumerate(pages):
        goes_on = number > 0 and opens_with_table(page, out[-1]) and _same_width(_last_table(out[-1]), _first_table(page))
        out.append(marked_continued(page, goes_on))
    return tuple(out)


def marked_continued(page: Page, goes_on: bool) -> Page:
    """The page with its first table marked as going on from the page before, or not."""
    first = _first_table(page)
    if first is None or first.continued == goes_on:
        return page
    return replace(page, blocks=tuple(replace(block, continued=goes_on) if block is first else block for block in page.blocks))


def _first_table(page: Page) -> Table | None:
    return next((block for block in page.blocks if isinstance(block, Table)), None)


def _last_table(page: Page) -> Table | None:
    """The table that ends the page, or None when text follows it."""
    last = next((block for block in reversed(page.blocks) if isinstance(block, Table) or len(block.text.strip()) > 4), None)
    return last if isinstance(last, Table) else None


def _same_width(one: Table | None, other: Table | None) -> bool:
    if one is None or other is None or one.box is None or other.box is None:
        return False
    return _near(one.box, other.box)


def _near(one: Box, other: Box) -> bool:
    return abs((one.x1 - one.x0) - (other.x1 - other.x0)) < ALIKE

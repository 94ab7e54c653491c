"""What styles.xml says of a paragraph or a run: looks, outline level, list, caption (ECMA-376 part 1, 17.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from parsers.word.names import OFF, VAL, Element, W, child_val, is_on, number, settings, val

_HEADING_NAMES: Final = ("heading ", "标题 ")
_BOLD, _UNDERLINE, _STRIKE, _DOUBLE_STRIKE, _HIDDEN, _FONTS, _ASCII, _HIGH = (
    W + name for name in ("b", "u", "strike", "dstrike", "vanish", "rFonts", "ascii", "hAnsi")
)
_CAPTION_NAMES: Final = frozenset({"caption", "题注"})


class Look(NamedTuple):
    """How a run looks. `ascii_font` and `high_font` are the fonts for characters below and above U+007F, None where nothing says."""

    bold: bool = False
    underlined: bool = False
    struck: bool = False
    hidden: bool = False
    ascii_font: str | None = None
    high_font: str | None = None


class Properties(NamedTuple):
    """What one `w:rPr`, or a chain of styles, says of characters; None where it says nothing."""

    bold: bool | None = None
    underlined: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None
    ascii_font: str | None = None
    high_font: str | None = None

    def over(self, other: Properties) -> Properties:
        """These properties, and `other`'s where these say nothing."""
        return Properties._make(theirs if mine is None else mine for mine, theirs in zip(self, other, strict=True))


NOTHING: Final = Properties()


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all it is based on. `outline` is 1–9 for a heading; `list_id`/`list_level` name a list as `w:numPr` does."""

    properties: Properties = NOTHING
    outline: int | None = None
    list_id: str | None = None
    list_level: int = 0
    caption: bool = False


PLAIN: Final = Style()


def properties(rpr: Element | None) -> Properties:
    """What a `w:rPr` says."""
    if rpr is None or len(rpr) == 0:
        return NOTHING
    said = settings(rpr)
    underline = val(said.get(_UNDERLINE))
    strikes = [s for s in (is_on(said.get(_STRIKE)), is_on(said.get(_DOUBLE_STRIKE))) if s is not None]
    fonts = said.get(_FONTS)
    return Properties(
        bold=is_on(said.get(_BOLD)),
        underlined=None if underline is None else underline.lower() not in OFF,
        struck=any(strikes) if strikes else None,
        hidden=is_on(said.get(_HIDDEN)),
        ascii_font=None if fonts is None else fonts.get(_ASCII),
        high_font=None if fonts is None else fonts.get(_HIGH),
    )


class Styles:
    """The styles of one document by id, each resolved once. `root` is `w:styles`, None when the document has none."""

    def __init__(self, root: Element | None) -> None:
        """Index the styles; resolve none yet."""
        found = [] if root is None else [s for s in root.iterchildren(W + "style") if s.get(W + "styleId")]
        self._elements = {style.get(W + "styleId"): style for style in found}
        standard = (s for s in found if s.get(W + "type") == "paragraph" and s.get(W + "default", "0").lower() not in OFF)
        self._standard: str | None = next((s.get(W + "styleId") for s in standard), None)
        self._defaults = properties(None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._resolved: dict[str | None, Style] = {None: PLAIN}
        self._looks: dict[tuple[Properties, str | None, Properties], Look] = {}

    def paragraph(self, style_id: str | None) -> Style:
        """The paragraph style of this id, the standard one for None or an unknown id."""
        return self.named(style_id if style_id in self._elements else self._standard)

    def named(self, style_id: str | None) -> Style:
        """The style of this id with all it is based on; `PLAIN` for None or an unknown id."""
        if style_id not in self._resolved:
            self._resolved[style_id] = self._resolve(style_id)
        return self._resolved[style_id]

    def _resolve(self, style_id: str | None) -> Style:
        chain: list[Element] = []
        while style_id in self._elements and self._elements[style_id] not in chain and len(chain) < 50:
            chain.append(self._elements[style_id])
            style_id = child_val(chain[-1], "basedOn")
        style = PLAIN
        for element in reversed(chain):
            style = _derived(element, style)
        return style

    def look(self, paragraph: Style, run_style: str | None, direct: Properties) -> Look:
        """How a run looks: its own properties, else its style's and its paragraph's.

        Bold, struck and hidden are toggles: set by both the paragraph's and the run's style they cancel out (17.7.3).
        """
        key = paragraph.properties, run_style, direct
        if key not in self._looks:
            self._looks[key] = self._look(paragraph, run_style, direct)
        return self._looks[key]

    def _look(self, paragraph: Style, run_style: str | None, direct: Properties) -> Look:
        run = self.named(run_style).properties
        own = direct.over(run).over(paragraph.properties).over(self._defaults)
        return Look(
            bold=_toggled(direct.bold, run.bold, paragraph.properties.bold, self._defaults.bold),
            underlined=bool(own.underlined),
            struck=_toggled(direct.struck, run.struck, paragraph.properties.struck, self._defaults.struck),
            hidden=_toggled(direct.hidden, run.hidden, paragraph.properties.hidden, self._defaults.hidden),
            ascii_font=own.ascii_font,
            high_font=own.high_font,
        )


def _toggled(direct: bool | None, run: bool | None, paragraph: bool | None, default: bool | None) -> bool:
    if direct is not None:
        return direct
    if run is None and paragraph is None:
        return bool(default)
    return bool(run) != bool(paragraph)


def _derived(element: Element, base: Style) -> Style:
    """The style that `element` (a `w:style`) makes of the one it is based on."""
    ppr = element.find(W + "pPr")
    name = (child_val(element, "name") or "").lower()
    listing = None if ppr is None else ppr.find(W + "numPr")
    return Style(
        properties=properties(element.find(W + "rPr")).over(base.properties),
        outline=outline_level(None if ppr is None else ppr.find(W + "outlineLvl"), _named_outline(name) or base.outline),
        list_id=child_val(listing, "numId") or base.list_id,
        list_level=number(child_val(listing, "ilvl"), base.list_level),
        caption=base.caption or name in _CAPTION_NAMES,
    )


def outline_level(element: Element | None, otherwise: int | None) -> int | None:
    """The outline level 1–9 that a `w:outlineLvl` sets, None where it sets body text, `otherwise` where it is not there."""
    level = number(val(element), -1)
    if element is None or element.get(VAL) is None:
        return otherwise
    return level + 1 if 0 <= level <= 8 else None


def _named_outline(name: str) -> int | None:
    prefix = next((p for p in _HEADING_NAMES if name.startswith(p)), None)
    level = number(name[len(prefix) :]) if prefix else 0
    return level if 1 <= level <= 9 else None

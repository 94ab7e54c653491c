"""Word's fields: of `{ code | result }` only the result is seen, but a few show what their code says (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from parsers.word.names import Element, W, child_val, number, switch, val
from parsers.word.symbols import symbol

TICKED: Final = "☑"
UNTICKED: Final = "☐"

_FRAMES: Final = frozenset("□☐○〇◯△◇▢")
_BOXES: Final = frozenset("□☐▢")
_IN_A_BOX: Final = {**dict.fromkeys("√✓✔vVＶ∨", "☑"), **dict.fromkeys("×✕✖✗✘xXＸ╳", "☒"), **dict.fromkeys("■●", "■")}
_CIRCLED: Final = {str(n): chr(0x2460 + n - 1) for n in range(1, 21)}


@dataclass(slots=True)
class Frame:
    """One field that has begun: its code so far, whether its result has begun, whether the result showed anything."""

    code: list[str] = field(default_factory=list)
    data: Element | None = None
    in_result: bool = False
    shown: bool = False


class Fields:
    """The fields that are open at one place of a story."""

    def __init__(self) -> None:
        """No field is open."""
        self._open: list[Frame] = []

    @property
    def visible(self) -> bool:
        """Whether text here is seen: outside of any field, or in results only."""
        return all(frame.in_result for frame in self._open)

    def show(self) -> None:
        """Remember that the innermost result showed something."""
        if self._open:
            self._open[-1].shown = True

    def code(self, text: str) -> None:
        """Take `text` into the code of the innermost field."""
        if self._open and not self._open[-1].in_result:
            self._open[-1].code.append(text)

    def mark(self, element: Element) -> str:
        """Take a `w:fldChar`; what the field shows by itself when it ends here ("" for most)."""
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            self._open.append(Frame(data=element.find(W + "ffData")))
        elif kind == "separate" and self._open:
            self._open[-1].in_result = True
        elif kind == "end" and self._open:
            frame = self._open.pop()
            text = "" if frame.shown else shown_by_code("".join(frame.code), frame.data)
            if self.visible:
                return text
            self.code(text)
        return ""


def settle_unpaired(root: Element) -> None:
    """Take out of the tree each field begin that never ends in its story (text box or body), so that it hides nothing."""
    stories: dict[Element, list[Element]] = {}
    for mark in root.iter(W + "fldChar"):
        story = stories.setdefault(next(mark.iterancestors(W + "txbxContent"), root), [])
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            story.append(mark)
        elif kind == "end" and story:
            story.pop()
    for begun in stories.values():
        for mark in begun:
            mark.getparent().remove(mark)


def shown_by_code(code: str, data: Element | None) -> str:
    """What a field without a result shows: its form control, or what EQ, SYMBOL or MACROBUTTON draw from the code."""
    name, _, rest = code.strip().partition(" ")
    name = name.upper()
    if name == "FORMCHECKBOX":
        return TICKED if _ticked(data) else UNTICKED
    if name == "FORMDROPDOWN":
        return _chosen(data)
    if name == "SYMBOL":
        return _symbol(rest)
    if name == "MACROBUTTON":
        return rest.strip().partition(" ")[2].strip()
    return equation(rest) if name.startswith("EQ") else ""


def _ticked(data: Element | None) -> bool:
    box = None if data is None else data.find(W + "checkBox")
    checked = switch(box, "checked")
    return bool(switch(box, "default")) if checked is None else checked


def _chosen(data: Element | None) -> str:
    choices = None if data is None else data.find(W + "ddList")
    if choices is None:
        return ""
    entries = [val(entry) or "" for entry in choices.iterchildren(W + "listEntry")]
    index = number(child_val(choices, "result") or child_val(choices, "default"))
    return entries[index] if 0 <= index < len(entries) else ""


def _symbol(rest: str) -> str:
    match = re.match(r'\s*(?:(0x[0-9a-fA-F]+|\d+)|"?(\S)"?)', rest)
    font = re.search(r'\\f\s*(?:"([^"]*)"|(\S+))', rest)
    if match is None:
        return ""
    code = int(match[1], 0) if match[1] and not (match[1][0] == "0" and match[1].isdigit()) else int(match[1] or ord(match[2]))
    return symbol(code, (font[1] or font[2]) if font else None)


def equation(code: str, depth: int = 0) -> str:
    r"""What an EQ field draws, on one line: `\o\ac(□,√)` is ☑, `\f(1,2)` is 1/2, phonetic guides leave the base text."""
    if depth > 8:
        return ""
    code = re.sub(r'\\\*\s*(?:"[^"]*"|[^\s\\]+)', "", code)
    drawn, at = "", 0
    while match := re.compile(r"\\([a-zA-Z]+)((?:\s*\\\w+(?:\s*\d+)?)*)\s*\(").search(code, at):
        drawn += code[at : match.start()]
        arguments, at = _arguments(code, match.end())
        drawn += _drawn(match[1].lower(), match[2], [(a, equation(a, depth + 1)) for a in arguments])
    return (drawn + code[at:]).strip()


def _arguments(code: str, at: int) -> tuple[list[str], int]:
    """The arguments from behind an opening bracket, and where the text goes on after the closing one."""
    arguments: list[str] = []
    current, level = "", 1
    while at < len(code):
        sign = code[at]
        if sign == "\\" and at + 1 < len(code) and code[at + 1] in "(),;\\":
            current, at = current + code[at + 1], at + 2
            continue
        level += (sign == "(") - (sign == ")")
        if level == 0:
            return [*arguments, current], at + 1
        if level == 1 and sign in ",;，":
            arguments, current = [*arguments, current], ""
        else:
            current += sign
        at += 1
    return [*arguments, current], at


def _drawn(command: str, options: str, arguments: list[tuple[str, str]]) -> str:
    """One EQ command over its arguments (each as written and as drawn)."""
    texts = [drawn for _, drawn in arguments]
    if command == "o":
        base = [drawn for written, drawn in arguments if not re.match(r"\s*\\s\s*\\up", written)]
        return _overlaid([b.strip() for b in base if b.strip()])
    if command == "f":
        return "/".join(texts)
    if command == "r":
        return f"√{texts[-1]}"
    if command == "b":
        return f"({''.join(texts)})"
    return ",".join(texts) if command == "l" else "".join(texts)


def _overlaid(signs: list[str]) -> str:
    """Signs drawn over each other: a tick within a box is one sign, a digit within a circle another, else the frame is left out."""
    inner = [sign for sign in signs if sign not in _FRAMES]
    if not inner:
        return signs[0] if signs else ""
    if len(inner) == 1 and len(signs) > 1:
        table = _IN_A_BOX if any(s in _BOXES for s in signs) else _CIRCLED
        return table.get(inner[0], inner[0])
    return "".join(inner)

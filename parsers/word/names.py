"""The names of WordprocessingML: namespaces, and the tags the walk asks for (ECMA-376 part 1; Strict is translated in `package`)."""

from __future__ import annotations

from typing import Any, Final

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V: Final = "{urn:schemas-microsoft-com:vml}"

VAL: Final = W + "val"
OFF: Final = frozenset({"0", "false", "off", "none"})

# lxml has no types of its own; an element is whatever it says it is.
Element = Any


def val(element: Element | None) -> str | None:
    """The `w:val` of `element`, None when there is no element or no value."""
    return None if element is None else element.get(VAL)


def settings(parent: Element | None) -> dict[str, Element]:
    """The children of a properties element (`w:pPr`, `w:rPr`, `w:tcPr` …) by tag, in one pass; none when there is no element."""
    return {} if parent is None else {child.tag: child for child in parent}


def child_val(parent: Element | None, name: str) -> str | None:
    """The `w:val` of the child `w:{name}` of `parent`, None when either is missing."""
    return None if parent is None else val(parent.find(W + name))


def switch(parent: Element | None, name: str) -> bool | None:
    """What the on/off child `w:{name}` says (present without a value is on); None when it says nothing."""
    return None if parent is None else is_on(parent.find(W + name))


def is_on(element: Element | None) -> bool | None:
    """What an on/off element says (present without a value is on); None when there is none."""
    return None if element is None else element.get(VAL, "1").lower() not in OFF


def number(text: str | None, default: int = 0) -> int:
    """`text` as a whole number (a fraction is cut off); `default` when it is none."""
    try:
        return int(float(text)) if text else default
    except (ValueError, OverflowError):
        return default

"""Word wraps text in containers that only wrap: here they are taken off, and of alternate content one branch is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parsers.word.names import MC, Element, M, V, W

WRAPPERS: Final = frozenset(
    {W + name for name in ("sdtContent", "customXml", "ins", "moveTo", "smartTag", "hyperlink", "fldSimple", "dir", "bdo")}
    | {MC + "Choice", MC + "Fallback"}
)
TAG_ALTERNATE: Final = MC + "AlternateContent"
_CONTROL: Final = W + "sdt"
_CONTROL_CONTENT: Final = W + "sdtContent"
_SEEN: Final = (W + "txbxContent", W + "t", W + "sym", M + "t", V + "textpath")


def flat(parent: Element) -> Iterator[Element]:
    """The children of `parent` with all wrappers taken off, at any depth, in order."""
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in WRAPPERS:
            stack.append(iter(child))
        elif child.tag == _CONTROL:
            stack.append(child.iterchildren(_CONTROL_CONTENT))
        elif child.tag == TAG_ALTERNATE:
            stack.append(iter(branch(child)))
        else:
            yield child


def branch(alternate: Element) -> tuple[Element, ...]:
    """The branch of alternate content to look at: the first that shows any text, never two of them."""
    branches = [b for b in alternate if b.tag in (MC + "Choice", MC + "Fallback")]
    return tuple(next(([b] for b in branches if next(b.iter(*_SEEN), None) is not None), branches[:1]))

"""Content controls (`w:sdt`): what they show is written into the tree before the walk."""

from __future__ import annotations

from parsers.word.fields import TICKED, UNTICKED
from parsers.word.names import OFF, W14, Element, W, switch


def settle_controls(root: Element) -> None:
    """Make content controls say what is seen: a checkbox its tick, a control that shows its prompt nothing."""
    for box in list(root.iter(W14 + "checkbox")):
        state = box.find(W14 + "checked")
        ticked = state is not None and state.get(W14 + "val", "1").lower() not in OFF
        control = next(box.iterancestors(W + "sdt"), None)
        content = None if control is None else control.find(W + "sdtContent")
        signs = [] if content is None else list(content.iter(W + "t", W + "sym"))
        for position, sign in enumerate(signs):
            sign.tag = W + "t"
            sign.text = "" if position else TICKED if ticked else UNTICKED
            fonts = sign.getparent().find(f"{W}rPr/{W}rFonts")
            if fonts is not None:
                fonts.getparent().remove(fonts)
    for prompt in list(root.iter(W + "showingPlcHdr")):
        control = next(prompt.iterancestors(W + "sdt"), None)
        if control is not None and switch(prompt.getparent(), "showingPlcHdr"):
            for text in control.iter(W + "t"):
                text.text = ""

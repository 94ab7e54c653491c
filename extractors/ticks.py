"""Which of some words are ticked: by signs before or after them, by strike-through, by emphasis, or because only they are left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.flow import Flow

TICKED = "☑☒✓✔√■●◉◼▣🗹🗸⊠✅◆"
FILLED = "☑☒■●◉◼▣⊠◆"
UNTICKED = "☐□○◯▢◻〇❏❑❒◇"
# What OCR makes of an empty box, and of a ticked one.
BOX_MISREAD = "口囗回曰日O0Dロ"
TICK_MISREAD = "VvＶ凶図区"
BRACKET = re.compile(r"[（(\[【]\s*$")


@dataclass(frozen=True, slots=True)
class _Word:
    choice: str
    start: int
    end: int


def ticked(flow: Flow, choices: Sequence[str], scan: bool = False) -> tuple[str, ...]:
    """The chosen words in the order of `choices`: none when nothing is marked, several when several are.

    Struck words are out. Then the signs decide; then one word without a box among boxed ones; then what strike-through
    left; then emphasis of some but not all; then being the only words left of the printed choices.
    """
    # No value is invented: words that all stand there unmarked choose nothing.
    open_text = flow.keep(lambda sign: not sign.struck)
    words = _words(open_text, choices)
    if not words:
        return ()
    gaps = _gaps(open_text, words)
    marked = _marked(words, gaps, scan)
    if marked is None:
        left = {word.choice for word in words}
        everything = {word.choice for word in _words(flow, choices)}
        marked = left if len(left) < len(everything) else _emphasised(open_text, words)
    if marked is None:
        left = {word.choice for word in words}
        marked = left if len(left) == 1 and len(choices) > 1 else set()
    return tuple(choice for choice in choices if choice in marked)


def _words(flow: Flow, choices: Sequence[str]) -> list[_Word]:
    """Every choice word with its position; white space inside a word is allowed, 非公有制企业 is not 公有制企业."""
    found = []
    for choice in choices:
        pattern = r"\s*".join(map(re.escape, choice))
        for match in re.finditer(rf"(?<!非)(?<!不){pattern}", flow.text):
            found.append(_Word(choice, match.start(), match.end()))
    for choice in choices:
        if choice.startswith("非") and len(choice) > 2:
            stem = choice[1:].replace("公企业", "公有制企业")
            for match in re.finditer(r"\s*".join(map(re.escape, "非" + stem)), flow.text):
                found.append(_Word(choice, match.start(), match.end()))
    return sorted(found, key=lambda word: word.start)


def _gaps(flow: Flow, words: list[_Word]) -> list[str]:
    """What stands before, between and after the words."""
    edges = [0, *(edge for word in words for edge in (word.start, word.end)), len(flow)]
    return [flow.text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]


def _marked(words: list[_Word], gaps: list[str], scan: bool) -> set[str] | None:
    """By signs; None when there are no signs that tell."""
    known = _side_at_ends(gaps, scan)
    before = _boxes(gaps) if known is None else known
    yes: set[int] = set()
    no: set[int] = set()
    for index, gap in enumerate(gaps):
        for place, sign in _signs(gap, scan):
            sides = gap[:place], gap[place + 1 :]
            if scan and known is None and "\n" in gap and sign in UNTICKED:  # between two lines, and the sign that tells whose it is was lost
                return set()
            if known is not None:  # a line's end within the choices, and a blank before a bracket, part nothing
                sides = ("", "") if BRACKET.search(gap[:place]) else (sides[0].replace("\n", ""), sides[1].replace("\n", ""))
            owner = _owner(index, sides, before, len(words))
            (yes if sign in TICKED + TICK_MISREAD else no).add(owner)
    if yes:
        return {words[i].choice for i in yes}
    if no and len(no) == len(words) - 1 and len(words) > 1:
        return {words[i].choice for i in range(len(words)) if i not in no}
    return set() if no else None


def _signs(gap: str, scan: bool) -> list[tuple[int, str]]:
    known = TICKED + UNTICKED + (BOX_MISREAD + TICK_MISREAD if scan else "")
    found = [(i, sign) for i, sign in enumerate(gap) if sign in known]
    return found or [(m.start(), "√") for m in re.finditer(r"(?<=[（(\[【])\s*[vVxX×RＲ✗✘*＊]\s*(?=[）)\]】])", gap)]


def _side_at_ends(gaps: list[str], scan: bool) -> bool | None:
    """Whether signs stand before their words, where the first and the last gap tell; else None."""
    first, last = bool(_signs(gaps[0], scan)), bool(_signs(gaps[-1], scan))
    brackets_first = bool(re.search(r"[（(\[【]\s*[）)\]】]\s*$", gaps[0]))
    brackets_last = bool(re.match(r"\s*[（(\[【]\s*[）)\]】]", gaps[-1]))
    if first != last:
        return first
    return brackets_first if brackets_first != brackets_last else None


def _boxes(gaps: list[str]) -> bool:
    """Boxes and dots, ticked or not, stand before their words where nothing else tells."""
    return any(sign in UNTICKED + FILLED + BOX_MISREAD for gap in gaps for sign in gap)


def _owner(index: int, sides: Sequence[str], before: bool, count: int) -> int:
    """The index of the word that a sign in gap `index`, `sides` left and right of it, belongs to: the nearer one, else as the style of the
    line is."""
    if index == 0:
        return 0
    if index == count:
        return count - 1
    to_left, to_right = (len(_blank(side)) for side in sides)
    if to_left != to_right:
        return index - 1 if to_left < to_right else index
    return index if before else index - 1


def _blank(text: str) -> str:
    return re.sub(r"[^\s/、，,;；]", "", text)


def _emphasised(flow: Flow, words: list[_Word]) -> set[str] | None:
    """The words that are underlined, else bold, where others are not."""
    for look in ("underlined", "bold"):
        with_look = {w.choice for w in words if all(getattr(sign, look) for sign in flow.signs[w.start : w.end] if not sign.char.isspace())}
        if with_look and len(with_look) < len({w.choice for w in words}):
            return with_look
    return None

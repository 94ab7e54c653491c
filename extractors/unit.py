"""Which nominating unit (报送单位) a message comes from, told by several witnesses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from extractors.normal import organisation, plain
from extractors.submission import Form
from intake.message import Message
from profiles.profile import Profile, Roster

# Words of subjects and file names that name no unit.
_COMMON = re.compile(
    r"五小|活动|项目|材料|报送|申报|上报|汇总表?|相关|有关|职工|优秀|认定|推荐|补充|更正|提交|关于|20\d\d年?度?|全市|市级|的|附件\d?|转发|回复|答复|Fw|Fwd|Re",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[+＋\-—–_\s、，,。;；:：（）()《》“”\"'【】\[\]<>|/]+")
# A seal's ring text, a name in a scan must be so alike (0–100) to a known name to name it.
SEAL = 80


def roster_name(text: str, roster: Roster) -> str | None:
    """The roster's name of the unit that is called so: by its name or an alias, as a whole."""
    wanted = plain(text)
    for unit in roster.units:
        if wanted in {plain(name) for name in (unit.name, *unit.aliases)}:
            return unit.name
    return None


def is_union(text: str, roster: Roster) -> bool:
    """Whether it is named like a union that may nominate (the profile's patterns)."""
    return any(re.fullmatch(pattern.removesuffix("$"), text) for pattern in roster.patterns)


def named_in(text: str, roster: Roster) -> str | None:
    """The unit that free text (a subject, a sender) names: of the roster, else of the patterns; None when it names none."""
    parts = [part for part in _PARTS.split(text) if part]
    for part in (*parts, *(_COMMON.sub("", part) for part in parts)):
        if found := roster_name(part, roster):
            return found
    squeezed = plain(text)
    for unit in roster.units:
        if any(len(name) >= 5 and plain(name) in squeezed for name in (unit.name, *unit.aliases)):
            return unit.name
    unions = [bare for part in parts if is_union(bare := re.sub(r"^(?:关于|报送|转发|来自)", "", part), roster) and len(bare) >= 4]
    return unions[0] if unions else None


def witnesses(message: Message, forms: Sequence[Form], profile: Profile) -> Iterator[tuple[str, str]]:
    """(witness, unit it names), the most trusted first: `summary`, `subject`, `letter`, `sender`, `seal`."""
    roster = profile.roster
    summaries = sorted((form for form in forms if form.form == "summary"), key=lambda form: form.source == "scan")
    typed = [organisation(written) for form in summaries if form.source == "word" and (written := form.value("nominating_unit"))]
    for form in summaries:
        if written := form.value("nominating_unit"):
            name = organisation(written)
            if form.source == "scan":
                name = next((word for word in typed if fuzz.partial_ratio(word, name) >= SEAL), name)
            yield "summary", roster_name(name, roster) or _near(name, roster, form.source == "scan") or name
    if subject := named_in(message.subject, roster):
        yield "subject", subject
    for form in forms:
        if form.form == "other" and re.search(r"(?:^|/)正文\.(?:txt|html)$", form.file) and (signer := _signed(form.text, roster)):
            yield "letter", signer
    if sender := named_in(message.sender, roster):
        yield "sender", sender
    for form in summaries:
        for seal in form.seals:
            if stamp := _near(plain(seal.reading), roster, True):
                yield "seal", stamp


def _near(text: str, roster: Roster, scan: bool) -> str | None:
    """The roster's unit whose name is nearly this, where OCR may have erred."""
    if not scan or not text:
        return None
    best = max(roster.units, key=lambda unit: fuzz.ratio(text, unit.name))
    return best.name if fuzz.ratio(text, best.name) >= SEAL else None


def _signed(text: str, roster: Roster) -> str | None:
    """The unit in the last lines of a letter."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in reversed(lines[-6:]):
        if len(line) <= 40 and (name := named_in(line, roster)):
            return name
    return next((unit.name for unit in roster.units if unit.name in plain(text)), None)


def told(sources: Sequence[tuple[str, str]], roster: Roster) -> tuple[str | None, bool]:
    """(unit, whether it is known): a unit of the roster before one of the patterns before any other, else the most trusted witness."""
    ranked = sorted(range(len(sources)), key=lambda i: (-_rank(sources[i][1], roster), i))
    if not ranked:
        return None, False
    unit = sources[ranked[0]][1]
    return unit, _rank(unit, roster) > 0


def _rank(unit: str, roster: Roster) -> int:
    if roster_name(unit, roster):
        return 2
    return int(is_union(unit, roster))

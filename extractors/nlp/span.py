"""What this room hands on: a `Span`, a stretch of text with its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Label = Literal[
    "AMOUNT",
    "PERCENT",
    "CHANGE",
    "COUNT",
    "DATE",
    "APPLIED",
    "PATENT",
    "AWARD",
    "HONOUR",
    "GRADE",
    "TITLE",
    "HEAD",
    "FRONTLINE",
    "EXCLUDED",
    "PERSON",
    "ORG",
]
LABELS: Final[tuple[Label, ...]] = get_args(Label)


LEVELS: Final = ("national", "provincial", "municipal", "county", "firm", "association", "unknown")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch `text[start:end]` of the text handed in (character offsets, 0-based, end excluded) and what it says.

    | label | value | detail |
    |---|---|---|
    | `AMOUNT` | 万元 as a decimal (`45.6`), a range as `8-10`, None where vague (`数十万元`) | `benefit`, `cost`, `unit` (of one piece), None |
    | `PERCENT` | per cent as a decimal (`6.8`; ‰ counts a tenth), a range as `30-50` | `points` for 百分点 |
    | `CHANGE` | `8.5%→1.2%` | None |
    | `COUNT` | the number (`320`) | the measure word (`人次`) |
    | `DATE` | `2023`, `2023-03`, `2023-03-15`, as precise as written | None |
    | `APPLIED` | since when it is in use, as `DATE`, None where no date stands by it | None, `planned` or `negated` |
    | `PATENT` | the number without spaces (`ZL202310123456.X`) | `ok`, `bad-check-digit`, `unchecked` (a publication number has none) |
    | `AWARD` | the prize (`一等奖`) or None | its level (`LEVELS`), or `negated` |
    | `HONOUR` | the honour of a person or team (`劳动模范`) | as `AWARD` |
    | `GRADE` | 技能等级 (`一级` … `五级`, `特级`, `首席`) | None |
    | `TITLE` | the 职称 as written | `正高级` `高级` `中级` `初级` |
    | `HEAD` | the post of a head of an enterprise or institution | None, `deputy` or `negated` |
    | `FRONTLINE` | None | None or `negated` |
    | `EXCLUDED` | `secret` `ip-dispute` `medicine` `government-investment` `research-institute` | None, `negated` |
    | `PERSON` | the name | `first-completer`, `completer` or None |
    | `ORG` | the name | `grantor`, `user`, `partner`, `employer` or None |

    No label means that something is proved: a rule that did not fire clears nobody.
    """

    label: Label
    start: int
    end: int
    text: str
    value: str | None = None
    detail: str | None = None

"""What the checks hand on: `Finding`s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "ineligible", "verify", "advice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a project (or, with `project` None, a message) breaks.

    `text` is Chinese: what is wrong, what was seen, what to send. `form`, `field`, `file`, `page` say where to look;
    None where the finding concerns the whole. Two findings with the same `key` are the same finding on a recheck.
    """

    message: str
    project: str | None
    rule: str
    severity: Severity
    text: str
    form: str | None = None
    field: str | None = None
    file: str | None = None
    page: int | None = None

    @property
    def key(self) -> tuple[str, str | None, str, str | None, str | None]:
        """What identifies it across rechecks: message, project, rule, form, field. A rule yields at most one finding for each."""
        return self.message, self.project, self.rule, self.form, self.field

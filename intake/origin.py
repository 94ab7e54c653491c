"""Who a mail is from, and when it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.letter import Letter, address_of, date_of


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a mail counts for: `name` and bare `address` ("" where unknown), its `subject`, and who sent it on (None: nobody)."""

    name: str
    address: str
    subject: str
    forwarded_by: str | None = None

    @property
    def shown(self) -> str:
        """Name and address as a clerk reads them."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


def author_of(letter: Letter) -> Author:
    """Whom `letter` counts for."""
    name, address = address_of(letter.get("from") or letter.get("sender"))
    return Author(name, address, letter.get("subject"))


def received_at(letter: Letter) -> datetime | None:
    """The date of the topmost Received header that has one, else of Date, else None."""
    dates = (date_of(value) for value in (*letter.all("received"), letter.get("date")))
    return next((date for date in dates if date), None)

"""How likely a value read from paper is what stands there: not from the reader's own word, but from what can be checked."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.grid import Block
from extractors.submission import Field
from profiles.profile import FormRule


def with_confidence(fields: tuple[Field, ...], form: FormRule, blocks: Sequence[Block]) -> tuple[Field, ...]:
    """The fields with their confidence (0–1)."""
    return fields

"""What a browser posts: the fields of a form, and files (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from errors import UsageError
from texts import say

MOST_BYTES, MOST_FILE_BYTES = 1 << 20, 100 << 20
"""Of a posted form without and with a file."""
FILES = re.compile(r"/-/message/[^/]+/file/[0-9]{1,4}/act")
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Posted:
    """`fields` in their order; `files`: the name without its folders and the bytes of each, by the name of its field."""

    fields: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The token that a page of the desk puts into each of its forms, "" without one."""
        return dict(self.fields).get("csrftoken", "")


class Forged(UsageError):
    """A form that did not come from a page of this desk (cross-site request forgery)."""


def is_multipart(scope: Mapping[str, Any]) -> bool:
    """Whether a form with files is posted."""
    return bool(dict(scope.get("headers") or ()).get(b"content-type", b"").startswith(MULTIPART.encode()))


def takes_files(scope: Mapping[str, Any]) -> bool:
    """Whether the address is one that files may be posted to."""
    return FILES.fullmatch(scope["path"]) is not None


async def posted_form(request: Any) -> Posted:
    """The form of a POST. Raises UsageError for one that is too large or broken. Whether it is genuine is for the caller to ask."""
    if not is_multipart(request.scope):
        body = await _body(request, MOST_BYTES)
        return Posted(tuple(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))
    return _parts(request.headers.get("content-type"), await _body(request, MOST_FILE_BYTES))


async def _body(request: Any, most: int) -> bytes:
    """All that is sent, read no further than `most` bytes."""
    body, more = bytearray(), True
    while more:
        event = await request.receive()
        body += event.get("body", b"")
        if len(body) > most:
            raise UsageError(why=say("desk.too_large", mib=most >> 20))
        more = event.get("more_body", False)
    return bytes(body)


def _parts(kind: str, body: bytes) -> Posted:
    fields: list[tuple[str, str]] = []
    files: dict[str, tuple[str, bytes]] = {}

    def on_field(part: Any) -> None:
        fields.append((part.field_name.decode("utf-8", "replace"), (part.value or b"").decode("utf-8", "replace")))

    def on_file(part: Any) -> None:
        part.file_object.seek(0)
        name = PurePosixPath((part.file_name or b"").decode("utf-8", "replace").replace("\\", "/")).name
        files[part.field_name.decode("utf-8", "replace")] = name, part.file_object.read()

    try:
        parse_form({"Content-Type": kind.encode()}, io.BytesIO(body), on_field, on_file)
    except (FormParserError, ValueError) as error:
        raise UsageError(why=say("desk.bad_value")) from error
    return Posted(tuple(fields), files)

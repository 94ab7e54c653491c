"""The one adapter around the standard library's `email`: RFC 5322 bytes → a `Letter`, whatever is wrong with them.

The structure comes from `email.parser` with the policy `compat32`, which keeps every header as the bytes it came as;
the policy `default` parses headers on access and fails or crawls on real ones (AttributeError on `To`, 19 s for a
250 KB header). Headers are decoded by `intake.words`.
"""

from __future__ import annotations

import binascii
import email.errors
import email.message
import email.parser
import email.policy
import email.utils
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from errors import FileRefused
from intake.limits import UnpackLimits, megabytes, over
from intake.runs import Runs, fold, unbase64
from intake.trouble import TROUBLE, guarded
from intake.words import LONGEST_HEADER, clean, decode, file_name, header, raw_text

CHINA = timezone(timedelta(hours=8))
_POLICY = email.policy.compat32.clone(mangle_from_=False)
_CONTAINER = re.compile(
    rb"^content-type[ \t]*:[ \t\r\n]*(?:multipart/|message/(?!delivery-status|disposition-notification))", re.IGNORECASE | re.MULTILINE
)
_HEADED = re.compile(rb"^content-(?:type|disposition|transfer-encoding)[ \t]*:", re.IGNORECASE | re.MULTILINE)
# Undecoded bytes stand as surrogates, which the library's reader of parameters stumbles over: other characters stand in meanwhile.
_HIDE = {0xDC00 + byte: 0xF700 + byte for byte in range(128, 256)}
_SHOW = {there: here for here, there in _HIDE.items()}
_ADDRESS = re.compile(r"[^\s<>\"'(),;:：，；（）]+@[^\s<>\"'(),;:：，；（）]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One leaf of a mail. `name` is its file name ("" without one), `data` its decoded bytes, `kind` the declared media type.

    `charset` as declared. `attached` whether it is meant as a file, `cid` its Content-ID without brackets, `within` the media
    types of the containers around it (outermost first) and `alternative` numbers the multipart/alternative it belongs to (0: none).
    `parameters` are those of its Content-Type. `link` is where the file lies if only a pointer to it was sent.
    """

    name: str
    kind: str
    data: bytes
    charset: str = ""
    attached: bool = False
    cid: str = ""
    within: tuple[str, ...] = ()
    alternative: int = 0
    parameters: tuple[tuple[str, str], ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail taken apart: `headers` decoded, names in lower case, in their order; `pieces` are its leaves, in theirs."""

    headers: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]

    def get(self, name: str) -> str:
        """The first header called `name` (lower case), "" where there is none."""
        return next((value for known, value in self.headers if known == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every header called `name` (lower case)."""
        return tuple(value for known, value in self.headers if known == name)


def read_letter(data: bytes, limits: UnpackLimits) -> Letter:
    """`data` taken apart. Raises FileOverLimit for a mail too large, with too many parts or nested too deeply, FileDamaged never
    but for what the parser itself cannot survive."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if len(data) > limits.mail_bytes:
        raise over("limit_mail", megabytes(limits.mail_bytes))
    with guarded(limits.seconds):
        folded, runs = fold(data)
        _check(folded, limits)
        message = email.parser.BytesParser(policy=_POLICY).parsebytes(folded)
        return Letter(_headers(message), tuple(_leaves(message, limits.parts, runs)))


def read_head(data: bytes, limits: UnpackLimits) -> Letter:
    """Only the headers of `data`, at most `limits.header_bytes` of them: for a mail that is refused as a whole. Never raises."""
    head = re.split(rb"\r?\n\r?\n", data[: limits.header_bytes].lstrip(b"\r\n"), maxsplit=1)[0]
    try:
        with guarded(limits.seconds):
            return Letter(_headers(email.parser.BytesHeaderParser(policy=_POLICY).parsebytes(head)), ())
    except FileRefused:
        return Letter((), ())


def _check(data: bytes, limits: UnpackLimits) -> None:
    """Refuse before parsing what is known to take the parser minutes (design.md, "Known"). `data` is without its long runs."""
    end = re.search(rb"\r?\n\r?\n", data)
    if end and end.start() > limits.header_bytes:
        raise over("limit_header", megabytes(limits.header_bytes))
    if _more_than(_CONTAINER, data, limits.containers):
        raise over("limit_depth", limits.containers)
    if _more_than(_HEADED, data, limits.parts * 3):
        raise over("limit_parts", limits.parts)


def _more_than(pattern: re.Pattern[bytes], data: bytes, most: int) -> bool:
    return any(number > most for number, _ in enumerate(pattern.finditer(data), 1))


def _headers(message: email.message.Message) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), header(str(value))) for name, value in message.raw_items())


def _leaves(message: email.message.Message, most: int, runs: Runs) -> list[Piece]:
    """The leaves in their order, without recursion. Each part of the mail ends in exactly one leaf or is a container of such.

    Raises FileOverLimit when there are more than `most`.
    """
    leaves: list[Piece] = []
    waiting: list[tuple[email.message.Message, tuple[str, ...], int]] = [(message, (), 0)]
    alternatives = 0
    while waiting:
        part, within, alternative = waiting.pop()
        kind = part.get_content_type()
        children = part.get_payload()
        if kind.startswith("multipart/") and isinstance(children, list):
            if kind == "multipart/alternative":
                alternatives += 1
                alternative = alternatives
            waiting.extend((child, (*within, kind), alternative) for child in reversed(children) if isinstance(child, email.message.Message))
        else:
            if len(leaves) == most:
                raise over("limit_parts", most)
            leaves.append(_piece(part, kind, within, alternative, _data(part, runs)))
    return leaves


def _piece(part: email.message.Message, kind: str, within: tuple[str, ...], alternative: int, data: bytes) -> Piece:
    disposition = header(_raw(part, "content-disposition")).lower()
    name = _name(part)
    return Piece(
        name=name,
        kind=kind,
        data=data,
        charset=raw_text(_parameters(part, "content-type").get("charset", ""))[:80],
        attached=disposition.startswith("attachment") or (bool(name) and not disposition.startswith("inline")),
        cid=header(_raw(part, "content-id")).strip("<> "),
        within=within,
        alternative=alternative,
        parameters=tuple((key, header(value)) for key, value in _parameters(part, "content-type").items()),
    )


def _raw(part: email.message.Message, name: str) -> str:
    """The first header called `name`, undecoded and cut to what is looked at."""
    return next((str(value)[:LONGEST_HEADER] for known, value in part.raw_items() if known.lower() == name), "")


def _data(part: email.message.Message, runs: Runs) -> bytes:
    """The decoded bytes of a leaf; of a message within the mail, its bytes as far as they can be written again."""
    payload = part.get_payload()
    if isinstance(payload, list):
        within = b"\r\n".join(_bytes_of(child) for child in payload if isinstance(child, email.message.Message))
        return _unwrapped(part, runs.restore(within))
    raw = str(payload or "").encode("utf-8", "surrogateescape")
    restored = runs.restore(raw)
    if restored is not raw:
        return _unwrapped(part, restored)
    try:
        data = part.get_payload(decode=True)
    except TROUBLE:
        data = None
    return data if isinstance(data, bytes) else raw


def _unwrapped(part: email.message.Message, data: bytes) -> bytes:
    """`data` without its base64 or quoted-printable. (RFC 2046 forbids them around a message, and some webmail writes them.)"""
    encoding = _raw(part, "content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return unbase64(data) if encoding == "base64" else data


def _bytes_of(message: email.message.Message) -> bytes:
    try:
        return message.as_bytes(policy=_POLICY)
    except TROUBLE:
        payload = message.get_payload()
        head = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
        body = payload if isinstance(payload, str) else ""
        return (head + "\n" + body).encode("utf-8", "surrogateescape")


def _parameters(part: email.message.Message, name: str) -> dict[str, str]:
    """The parameters of a header by name; RFC 2231 values decoded by their own charset. {} for a header that cannot be read."""
    raw = _raw(part, name)
    holder = email.message.Message(policy=_POLICY)
    holder[name] = re.sub(r"[\r\n]+", " ", raw).translate(_HIDE)
    try:
        found = holder.get_params(header=name, unquote=True) or []
    except TROUBLE:
        return {}
    values: dict[str, str] = {}
    for key, value in found[1:]:
        if isinstance(value, tuple):
            charset, text = value[0], value[2].translate(_SHOW)
            value = decode(text.encode("latin-1", "surrogateescape") if _latin(text) else text.encode("utf-8", "surrogateescape"), charset)
        values.setdefault(key.lower(), value.translate(_SHOW))
    return values


def _latin(text: str) -> bool:
    return all(ord(c) < 256 or 0xDC80 <= ord(c) <= 0xDCFF for c in text)


def _name(part: email.message.Message) -> str:
    """The file's name: `filename` of the disposition, else `name` of the type; the other one where the first is spoilt."""
    named = (_parameters(part, "content-disposition").get("filename", ""), _parameters(part, "content-type").get("name", ""))
    names = [file_name(header(name)) for name in named]
    good = [name for name in names if name and "\ufffd" not in name and not re.fullmatch(r"[?_.]*(\.\w+)?", name)]
    return next(iter(good), next((name for name in names if name), ""))


def address_of(value: str) -> tuple[str, str]:
    """(name, bare address) of a decoded From header; "" for what is missing. Only the first address counts."""
    value = clean(value)[:LONGEST_HEADER]
    inside = re.search(r"<([^<>]*)>", value)
    found = _ADDRESS.search(inside.group(1) if inside else value)
    if found and not inside and "." not in found.group(0).partition("@")[2] and found.group(0) != value:
        found = None  # Exchange writes names like "Tests Chang@FT (张毓伦)"
    address = found.group(0) if found else ""
    name = value[: inside.start()] if inside else value.replace(address, "")
    return name.strip(" \t\"'“”<>()（）\\"), address


def date_of(value: str) -> datetime | None:
    """The moment a Date header or the end of a Received header names, with its offset; +0800 where none can be read. None for no date."""
    text = value.rpartition(";")[2].strip()[:200]
    try:
        parsed = email.utils.parsedate_tz(text)
        if parsed is None or not 1970 <= parsed[0] <= 2200:
            return None
        offset = parsed[9]
        # "CST" is China's here, not Chicago's; "-0000" and names nobody knows say nothing.
        known = ("-0000" not in text and re.search(r"[+-]\d{4}", text)) or re.search(r"\b(?:GMT|UT|UTC|Z)\b", text)
        zone = timezone(timedelta(seconds=offset or 0)) if known and abs(offset or 0) < 86400 else CHINA
        return datetime(*parsed[:5], min(parsed[5], 59), tzinfo=zone)
    except TROUBLE:
        return None

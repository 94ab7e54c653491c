"""Bytes to text for everything that mail and archives carry: headers, bodies, file names in whatever encoding.

The order of guesses follows what Chinese mail programs really write: a right label, UTF-8 under a wrong label, GBK
under a wrong or no label, HZ in seven bits.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
import urllib.parse

_GB = "gb18030"
_ALIASES = {
    "gb2312": _GB, "gb_2312-80": _GB, "gb2312-80": _GB, "csgb2312": _GB, "gbk": _GB, "cp936": _GB, "ms936": _GB, "x-gbk": _GB, "gb-2312": _GB,
    "windows-936": _GB, "euc-cn": _GB, "x-euc-cn": _GB, "chinese": _GB, "gb18030-2000": _GB, "hz-gb-2312": "hz", "hz": "hz",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "big5": "cp950", "shift_jis": "cp932", "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8", "utf-8mb4": "utf-8", "x-unknown": "", "unknown-8bit": "", "unknown": "", "default": "", "x-user-defined": "",
}  # fmt: skip
_WEAK = {"", "ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "cp437", "iso-8859-15"}
_WIDE = re.compile(rb"[\xe3-\xed\xef][\x80-\xbf][\x80-\xbf]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_HZ = re.compile(rb"~\{(?:[\x21-\x7e]{2})+~\}")
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bqBQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])
LONGEST_HEADER = 8000


def codec_name(label: str | None) -> str:
    """The codec that reads what is labelled `label`; "" where no label is worth anything."""
    name = (label or "").strip().strip("\"'").lower()
    name = name.partition("*")[0]
    name = _ALIASES.get(name, name)
    try:
        b"a".decode(name or "ascii", "replace")  # Python has codecs that give no text, or give up at every byte
        return codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""


def decode(data: bytes, label: str | None = None) -> str:
    """`data` as text. `label` is the declared charset, believed only as far as the bytes agree. Never raises."""
    codec = codec_name(label)
    for candidate in _candidates(data, codec):
        try:
            return data.decode(candidate)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode(codec or _GB if codec not in _WEAK else _GB, errors="replace")


def _candidates(data: bytes, codec: str) -> list[str]:
    """Codecs to try in turn."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16", codec or "utf-8"]
    if data.isascii() and codec in _WEAK:
        return ["hz", "ascii"] if _HZ.search(data) else ["ascii"]
    wide = ["utf-8-sig"] if _WIDE.search(data) or codec in _WEAK else []
    chinese = [_GB] if codec in _WEAK and _looks_chinese(data) else []
    declared = [codec] if codec and codec != "ascii" else []
    if codec in ("hz", "utf-7", "iso2022_jp", "utf-16", "utf-32"):
        return [codec, *wide, _GB]
    return [*wide, *chinese, *declared, "utf-8-sig", _GB]


def _looks_chinese(data: bytes) -> bool:
    """Whether eight-bit bytes mostly stand in pairs, as GBK's do; accented Latin letters stand alone."""
    runs = _HIGH.findall(data)
    return sum(len(run) for run in runs if len(run) > 1) * 10 >= sum(map(len, runs)) * 7


def _word_bytes(kind: str, text: str) -> bytes:
    raw = text.encode("ascii", "surrogateescape") if text.isascii() or _escaped(text) else text.encode("utf-8", "surrogatepass")
    if kind in "bB":
        raw = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        raw = raw[:-1] if len(raw) % 4 == 1 else raw
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def _escaped(text: str) -> bool:
    return all(ord(c) < 128 or 0xDC80 <= ord(c) <= 0xDCFF for c in text)


def raw_text(text: str, label: str | None = None) -> str:
    """Text whose undecoded bytes stand as surrogates (`surrogateescape`), decoded. Never raises."""
    if text.isascii():
        return decode(text.encode(), label) if "~{" in text else text
    if _escaped(text):
        return decode(text.encode("ascii", "surrogateescape"), label)
    return text.encode("utf-8", "replace").decode("utf-8", "replace")


def header(value: str) -> str:
    """A header's value as a person reads it: RFC 2047 words (also cut within a character), raw 8-bit bytes, HZ; on one line.

    At most 8000 characters of it are looked at. Never raises.
    """
    value = re.sub(r"[\r\n]+[ \t]*", " ", value[:LONGEST_HEADER])
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        charset, encoding, text = match.groups()
        data = _word_bytes(encoding, text)
        if pending and not between.strip() and codec_name(pending[0]) == codec_name(charset):
            pending = charset, pending[1] + data
        else:
            if pending:
                out.append(decode(pending[1], pending[0]))
            if not (pending and not between.strip()):
                out.append(raw_text(between))
            pending = charset, data
        end = match.end()
    if pending:
        out.append(decode(pending[1], pending[0]))
    out.append(raw_text(value[end:]))
    return clean("".join(out))


def clean(text: str) -> str:
    """`text` on one line without control characters and marks that turn the direction of writing."""
    text = text.translate(_BIDI)
    return "".join(" " if c in "\r\n\t" else c for c in text if c in "\r\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def file_name(name: str) -> str:
    """A mail's name for a file as one harmless component: no path, no control characters, percent-encoding undone. "" for nothing."""
    name = clean(name)
    if re.search(r"(?:%[0-9A-Fa-f]{2}){3}", name):
        data = urllib.parse.unquote_to_bytes(name.encode("utf-8", "replace"))
        name = clean(decode(data)) if not data.isascii() else name
    if re.match(r"[A-Za-z]:[\\/]|[\\/]|\.\.?[\\/]", name):
        name = re.split(r"[\\/]", name)[-1]
    return _component(name.replace("/", "／").replace("\\", "＼"))


def member_path(name: str) -> str:
    """An archive's name for a member as a relative display path: `..`, drive letters, leading slashes and control characters gone.

    Purely for showing: nothing is ever written under it. "" for nothing.
    """
    parts = (_component(clean(part)) for part in re.split(r"[\\/]+", name[:4000]))
    kept = [part for part in parts if part and not re.fullmatch(r"[A-Za-z]:", part)]
    return "/".join(kept[-40:])


def _component(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if set(name) <= {"."}:
        return ""
    if len(name) <= 200:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:180]}…{dot}{suffix}" if dot and len(suffix) <= 10 else name[:200]


def archive_names(raw: list[bytes]) -> list[str]:
    """The names of one archive that does not say how they are encoded: UTF-8 if all are, else GBK, else the old DOS page."""
    for codec in ("utf-8", _GB, "cp932"):
        try:
            return [name.decode(codec) for name in raw]
        except UnicodeDecodeError:
            continue
    return [decode(name) for name in raw]

"""Mails, archives and Outlook files made in code, the way real programs write them."""

import base64
import io
import itertools
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import py7zr
from PIL import Image

from intake.limits import UnpackLimits
from intake.message import Message, Taken
from intake.opening import open_message
from intake.originals import Originals

WORDS = ("五小",)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_numbers = itertools.count()


def opened(tmp_path: Path, data: bytes, kind: str = "mail", limits: UnpackLimits | None = None, words=WORDS, name="来信.eml") -> Message:
    """`data` taken in and opened; its files lie in `tmp_path/out`."""
    originals = Originals(tmp_path / "originals")
    out = tmp_path / "out"
    out.mkdir(exist_ok=True, parents=True)
    return open_message(Taken(originals.put(data), kind, "here", name), originals.root, out, limits or UnpackLimits(), words)


def archive(tmp_path: Path, data: bytes, name="材料.zip", limits: UnpackLimits | None = None) -> dict[str, str]:
    """Path → status of what is found when `data` comes as the only attachment of a mail."""
    return statuses(opened(tmp_path, mail(part(data, name)), limits=limits))


def statuses(message: Message) -> dict[str, str]:
    return {row.path: row.status for row in message.attachments}


def reasons(message: Message) -> dict[str, str]:
    return {row.path: row.reason or "" for row in message.attachments}


def content(tmp_path: Path, message: Message, path: str) -> bytes:
    row = next(row for row in message.attachments if row.path == path)
    return (tmp_path / "out" / row.sha256).read_bytes()


def head(subject=b"Subject: x", sender=b"From: a@b.cn", *more: bytes) -> bytes:
    return b"\r\n".join((sender, b"To: wuxiao@mail.local", subject, b"Date: Tue, 26 Mar 2024 09:42:11 +0800", b"MIME-Version: 1.0", *more))


def mail(*parts: bytes, headers: bytes | None = None, kind="mixed", boundary=None) -> bytes:
    """A multipart of `parts`."""
    mark = boundary or f"=_{kind}_{next(_numbers)}"
    body = b"".join(b"--" + mark.encode() + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + mark.encode() + b"--\r\n"
    start = head() if headers is None else headers
    return start + f'\r\nContent-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode() + body


def nested(*parts: bytes, kind="alternative") -> bytes:
    mark = f"=_in_{next(_numbers)}"
    body = b"".join(b"--" + mark.encode() + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + mark.encode() + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode() + body


def part(data: bytes, name: str = "", kind="application/octet-stream", *more: str) -> bytes:
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more]
    if name:
        word = base64.b64encode(name.encode()).decode()
        lines.append(f'Content-Disposition: attachment; filename="=?utf-8?B?{word}?="')
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")


def text(words: str, charset="utf-8", kind="plain") -> bytes:
    return f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + words.encode(charset)


class _Gbk(zipfile.ZipInfo):
    """What Windows' own zip writes: names in the machine's code page without the flag."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(files: dict[str, bytes], gbk=False, method=zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            info = (_Gbk if gbk else zipfile.ZipInfo)(name)
            info.compress_type = method
            archive.writestr(info, data)
    return made.getvalue()


def docx(words=b"<w:document/>") -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": words})


def sevened(files: dict[str, bytes], **options) -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return made.getvalue()


def tarred(files: dict[str, bytes], mode="w:gz", encoding="utf-8") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def picture(width: int, height: int, kind="PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(made, kind)
    return made.getvalue()


def _vint(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def _rar_block(body: bytes, data: bytes = b"") -> bytes:
    sized = _vint(len(body)) + body
    return struct.pack("<L", zlib.crc32(sized)) + sized + data


def rar5(files: dict[str, bytes], split=False) -> bytes:
    """A RAR 5 archive with stored members (RAR 5.0 archive format, public description)."""
    out = b"Rar!\x1a\x07\x01\x00" + _rar_block(_vint(1) + _vint(0) + _vint(1 if split else 0))
    for name, data in files.items():
        flags = 2 | (0x10 if split else 0)
        raw = name.encode()
        body = _vint(2) + _vint(flags) + _vint(len(data)) + _vint(4) + _vint(len(data)) + _vint(0o100644)
        out += _rar_block(body + struct.pack("<L", zlib.crc32(data)) + _vint(0) + _vint(1) + _vint(len(raw)) + raw, data)
    return out + _rar_block(_vint(5) + _vint(0) + _vint(0))


def tnef(files: dict[bytes, bytes], words=b"") -> bytes:
    """A winmail.dat with attachments named in eight bits."""

    def attribute(level: int, name: int, value: bytes) -> bytes:
        return struct.pack("<BHHL", level, name, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<LH", 0x223E9F78, 1) + attribute(1, 0x9006, b"\0\0\1\0")
    if words:
        out += attribute(1, 0x800C, words + b"\0")
    for name, data in files.items():
        out += attribute(2, 0x9002, b"\0" * 14) + attribute(2, 0x8010, name + b"\0") + attribute(2, 0x800F, data)
    return out


SECTOR = 512


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file ([MS-CFB], version 3) with the streams at their paths; each is padded with zeros to 4096 bytes at least."""
    storages = sorted({"/".join(path.split("/")[:n]) for path in streams for n in range(1, path.count("/") + 1)})
    entries = [("", None), *((path, None) for path in storages), *sorted(streams.items())]
    numbers = {path: number for number, (path, _) in enumerate(entries)}
    children: dict[str, list[int]] = {}
    for path in numbers:
        if path:
            children.setdefault(path.rpartition("/")[0], []).append(numbers[path])
    padded = {path: data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0") for path, data in entries if data is not None}
    directory_sectors = -(-len(entries) * 128 // SECTOR)
    sectors = directory_sectors + sum(len(data) // SECTOR for data in padded.values())
    fat_sectors = next(n for n in range(1, 200) if n * 128 >= n + sectors)
    fat, body, at = [0xFFFFFFFD] * fat_sectors, b"", fat_sectors

    def chain(count: int) -> int:
        nonlocal at
        start = at
        fat.extend([*range(at + 1, at + count), 0xFFFFFFFE])
        at += count
        return start

    first_directory = chain(directory_sectors)
    starts = {path: chain(len(data) // SECTOR) for path, data in padded.items()}
    directory = b""
    for number, (path, data) in enumerate(entries):
        siblings = children.get(path.rpartition("/")[0], []) if path else []
        right = siblings[siblings.index(number) + 1] if number in siblings and siblings.index(number) + 1 < len(siblings) else 0xFFFFFFFF
        child = children.get(path, [0xFFFFFFFF])[0]
        name = (path.rpartition("/")[2] if path else "Root Entry").encode("utf-16-le")
        kind = 5 if not path else 1 if data is None else 2
        start, size = (starts[path], len(padded[path])) if data is not None else (0xFFFFFFFE if not path else 0, 0)
        directory += name.ljust(64, b"\0") + struct.pack("<HBBLLL", len(name) + 2, kind, 1, 0xFFFFFFFF, right, child)
        directory += b"\0" * 36 + struct.pack("<LQ", start, size)
    directory = directory.ljust(directory_sectors * SECTOR, b"\0")
    body = directory + b"".join(padded.values())
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<LLLLLLLLL", 0, fat_sectors, first_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += b"".join(struct.pack("<L", n) for n in range(fat_sectors)) + b"\xff" * (4 * (109 - fat_sectors))
    table = b"".join(struct.pack("<L", n) for n in fat).ljust(fat_sectors * SECTOR, b"\xff")
    return header + table + body


def outlook(
    subject: str, sender: tuple[str, str], words: str, files: dict[str, bytes], charset="utf-16-le", prefix="", inside=None
) -> dict[str, bytes]:
    """The streams of a .msg. `charset` utf-16-le gives Unicode properties, any other eight-bit ones. `inside`: streams of a message within."""
    kind = "001F" if charset == "utf-16-le" else "001E"
    texts = {"0037": subject, "0C1A": sender[0], "0C1F": sender[1], "1000": words, "001A": "IPM.Note"}
    streams = {f"{prefix}__substg1.0_{tag}{kind}": value.encode(charset) for tag, value in texts.items()}
    streams[f"{prefix}__properties_version1.0"] = b"\0" * (24 if prefix else 32) + struct.pack("<HHLQ", 0x40, 0x0E06, 0, 133558902000000000)
    for number, (name, data) in enumerate(files.items()):
        at = f"{prefix}__attach_version1.0_#{number:08X}/"
        streams |= {
            f"{at}__substg1.0_3707{kind}": name.encode(charset),
            f"{at}__substg1.0_37010102": data,
            f"{at}__properties_version1.0": b"\0" * 8,
        }
    if inside:
        at = f"{prefix}__attach_version1.0_#{len(files):08X}/"
        streams |= {f"{at}__substg1.0_3001{kind}": "转来的信".encode(charset), f"{at}__properties_version1.0": b"\0" * 8}
        streams |= {f"{at}__substg1.0_3701000D/{path}": data for path, data in inside.items()}
    return streams

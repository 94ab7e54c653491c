"""Archives within mails: names, nesting, what is encrypted, split, damaged, too large or a trick."""

import io
import struct
import zipfile
import zlib

import py7zr
import pytest

from intake.limits import UnpackLimits
from tests.intake.build import (
    PDF,
    archive,
    compound,
    docx,
    mail,
    opened,
    part,
    rar5,
    reasons,
    sevened,
    statuses,
    tarred,
    zipped,
)

TREE = {"附件1 “五小”活动项目汇总表.docx": docx(), "1.陈国庆/附件2-4.docx": docx(b"<a/>"), "1.陈国庆/盖章扫描件.pdf": PDF}
SMALL = UnpackLimits(file_bytes=200_000, total_bytes=500_000, ratio=50, ratio_from=100_000, files=40, depth=3)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("材料.zip", zipped(TREE, gbk=True)),
        ("材料.zip", zipped(TREE)),
        ("材料.zip", zipped(TREE, method=zipfile.ZIP_LZMA)),
        ("材料.7z", sevened(TREE)),
        ("材料.tar", tarred(TREE, "w:")),
        ("材料.tgz", tarred(TREE, "w:gz")),
        ("材料.tar.bz2", tarred(TREE, "w:bz2")),
        ("材料.tar.xz", tarred(TREE, "w:xz")),
        ("材料.tar", tarred(TREE, "w:", encoding="gbk")),
        ("材料.rar", rar5(TREE)),
    ],
)
def test_an_archive_is_its_own_row_and_its_members_stand_below(tmp_path, name, data):
    assert archive(tmp_path, data, name) == {name: "parsed"} | {f"{name}/{path}": "waiting" for path in TREE}


def test_names_with_a_unicode_extra_field_are_shown_right(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        info = zipfile.ZipInfo("????.pdf")
        name = "提名书.pdf".encode()
        info.extra = struct.pack("<HHBL", 0x7075, len(name) + 5, 1, zlib.crc32(b"????.pdf")) + name
        packed.writestr(info, PDF)
    assert archive(tmp_path, made.getvalue())["材料.zip/提名书.pdf"] == "waiting"


def test_names_with_backslashes_are_folders(tmp_path):
    data = zipped({"张三/a.pdf": PDF}).replace("张三/a.pdf".encode(), "张三\\a.pdf".encode())
    assert "材料.zip/张三/a.pdf" in archive(tmp_path, data)


def test_archives_within_archives_are_opened_to_a_limit(tmp_path):
    data = zipped({"a.pdf": PDF})
    for depth in range(8):
        data = zipped({f"{depth}.zip": data})
    found = archive(tmp_path, data, limits=SMALL)
    assert list(found.values()) == ["parsed", "parsed", "parsed", "failed"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "..\\..\\x", "a/../../x", "\u202exe.fdp", "a\nb/c", "." * 3, " "]
)
@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:"), rar5])
def test_tricks_in_names_are_only_shown_harmlessly(tmp_path, name, pack):
    before = set((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else set()
    found = archive(tmp_path, pack({name: PDF}), "x.bin")
    (path,) = [path for path, status in found.items() if status == "waiting"]
    assert path.startswith("x.bin/")
    assert not any(each in ("..", ".", "", "C:") for each in path.split("/"))
    assert path.isprintable()
    written = set((tmp_path / "out").rglob("*")) - before
    assert all(each.parent == tmp_path / "out" and len(each.name) == 64 for each in written)


def encrypt(data: bytes) -> bytes:
    """Set the flag of encryption in every local and central header."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(mark)
        while at >= 0:
            out[at + offset] |= 1
            at = out.find(mark, at + 4)
    return bytes(out)


def test_an_encrypted_zip_and_each_member_say_so(tmp_path):
    found = archive(tmp_path, encrypt(zipped({"a.pdf": PDF, "b.pdf": PDF})))
    assert set(found.values()) == {"encrypted"}
    assert len(found) == 3


@pytest.mark.parametrize("header", [False, True])
def test_an_encrypted_7z_says_so(tmp_path, header):
    found = archive(tmp_path, sevened({"a.pdf": PDF}, password="secret", header_encryption=header), "材料.7z")
    assert set(found.values()) == {"encrypted"}


def test_encrypted_office_files_say_so(tmp_path):
    locked_doc = b"\xec\xa5\xc1\x00" + b"\0" * 6 + struct.pack("<H", 0x0100) + b"\0" * 100
    locked_xls = struct.pack("<HH", 0x0809, 16) + b"\0" * 16 + struct.pack("<HH", 0x002F, 54) + b"\0" * 54
    files = {"a.docx": compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "b.doc": compound({"WordDocument": locked_doc})}
    files |= {"c.xls": compound({"Workbook": locked_xls}), "d.doc": compound({"WordDocument": b"\xec\xa5\xc1\x00" + b"\0" * 200})}
    found = archive(tmp_path, zipped(files))
    assert [found[f"材料.zip/{name}"] for name in files] == ["encrypted", "encrypted", "encrypted", "waiting"]


@pytest.mark.parametrize(
    ("name", "data", "number"),
    [
        ("材料.zip.001", zipped(TREE)[:600], "1"),
        ("材料.zip.002", zipped(TREE)[300:500], "2"),
        ("材料.7z.003", b"\x01\x02\x03" * 99, "3"),
        ("材料.z01", zipped(TREE)[:500], "1"),
        ("材料.part2.rar", b"\x00\x01" * 400, "2"),
        ("材料.rar", rar5({"a.pdf": PDF}, split=True), "1"),
    ],
)
def test_a_volume_of_a_split_archive_says_which(tmp_path, name, data, number):
    message = opened(tmp_path, mail(part(data, name)))
    assert statuses(message) == {name: "failed"}
    assert f"第 {number} 卷" in reasons(message)[name]


@pytest.mark.parametrize("pack", [zipped, sevened, lambda files: tarred(files, "w:gz"), rar5])
def test_an_archive_that_is_cut_short_has_a_reason_and_the_others_go_on(tmp_path, pack):
    data = pack({"a.pdf": PDF * 400})
    message = opened(tmp_path, mail(part(data[: len(data) * 2 // 3], "坏.bin"), part(PDF, "好.pdf")))
    found = statuses(message)
    assert found["好.pdf"] == "waiting"
    assert "failed" in {status for path, status in found.items() if path.startswith("坏.bin")}
    assert all(reasons(message)[path] for path, status in found.items() if status == "failed")


def test_a_damaged_member_leaves_the_others(tmp_path):
    data = bytearray(zipped({"a.pdf": PDF, "b.pdf": PDF, "c.pdf": PDF}, method=zipfile.ZIP_STORED))
    data[data.find(PDF, data.find(b"b.pdf")) + 9] ^= 0xFF
    assert archive(tmp_path, bytes(data)) == {
        "材料.zip": "parsed",
        "材料.zip/a.pdf": "waiting",
        "材料.zip/b.pdf": "failed",
        "材料.zip/c.pdf": "waiting",
    }


ZEROS = b"\0" * 2_000_000


@pytest.mark.parametrize("pack", [zipped, sevened, lambda files: tarred(files, "w:gz"), lambda files: tarred(files, "w:xz")])
def test_a_bomb_is_stopped_and_says_so(tmp_path, pack):
    message = opened(tmp_path, mail(part(pack({"bomb.pdf": ZEROS}), "x.bin"), part(PDF, "好.pdf")), limits=SMALL)
    told = " ".join(reason for path, reason in reasons(message).items() if path.startswith("x.bin"))
    assert "超过限制" in told
    assert statuses(message)["好.pdf"] == "waiting"
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) < 300_000


FREE = 10**12
ONLY = {
    "单个文件": UnpackLimits(file_bytes=200_000, total_bytes=FREE, ratio_from=FREE),
    "压缩比": UnpackLimits(file_bytes=FREE, total_bytes=FREE, ratio=50, ratio_from=100_000),
    "总大小": UnpackLimits(file_bytes=FREE, total_bytes=500_000, ratio_from=FREE),
}


@pytest.mark.parametrize("limit", ONLY)
@pytest.mark.parametrize("pack", [zipped, sevened, lambda files: tarred(files, "w:gz")])
def test_each_limit_stops_a_bomb_by_itself(tmp_path, pack, limit):
    told = " ".join(reasons(opened(tmp_path, mail(part(pack({"bomb.pdf": ZEROS}), "x.bin")), limits=ONLY[limit])).values())
    assert limit in told
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) < 700_000


def test_a_squeezed_bomb_is_stopped(tmp_path):
    import gzip

    message = opened(tmp_path, mail(part(gzip.compress(ZEROS), "x.gz"), part(PDF, "好.pdf")), limits=SMALL)
    assert statuses(message) == {"x.gz": "failed", "好.pdf": "waiting"}


def test_many_members_together_over_the_total_stop_the_archive(tmp_path):
    files = {f"{number}.txt": bytes([65 + number]) * 90_000 for number in range(20)}
    message = opened(
        tmp_path, mail(part(zipped(files, method=zipfile.ZIP_STORED), "x.zip")), limits=UnpackLimits(total_bytes=2_500_000, ratio_from=10**9)
    )
    assert statuses(message)["x.zip"] == "failed"
    assert "总大小" in reasons(message)["x.zip"]


def test_an_archive_of_too_many_files_is_stopped(tmp_path):
    message = opened(tmp_path, mail(part(zipped({f"{number}.txt": b"x" for number in range(60)}), "x.zip")), limits=SMALL)
    assert statuses(message)["x.zip"] == "failed"
    assert "文件个数" in reasons(message)["x.zip"]


def test_sizes_that_lie_do_not_matter(tmp_path):
    data = bytearray(zipped({"a.pdf": ZEROS}))
    central = data.find(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<L", 10)  # "10 bytes unpacked"
    found = archive(tmp_path, bytes(data), limits=SMALL)
    assert found.get("材料.zip/a.pdf", "failed") == "failed"
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) < 300_000


def test_members_that_share_their_bytes_are_a_trick(tmp_path):
    data = bytearray(zipped({"a.pdf": PDF * 9, "b.pdf": PDF * 9}, method=zipfile.ZIP_STORED).replace(b"b.pdf", b"a.pdf"))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    assert list(archive(tmp_path, bytes(data)).values()) == ["parsed", "waiting", "failed"]


def test_links_in_a_tar_are_not_followed(tmp_path):
    import tarfile

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        for kind, name in ((tarfile.SYMTYPE, "a"), (tarfile.LNKTYPE, "b"), (tarfile.FIFOTYPE, "c"), (tarfile.CHRTYPE, "d")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            packed.addfile(info)
    assert archive(tmp_path, made.getvalue(), "x.tar") == {"x.tar": "failed"}


def test_links_in_a_7z_are_not_followed(tmp_path):
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "a.pdf").write_bytes(PDF)
    with py7zr.SevenZipFile(tmp_path / "x.7z", "w") as packed:
        packed.write(tmp_path / "link", "link")
        packed.write(tmp_path / "a.pdf", "a.pdf")
    assert archive(tmp_path, (tmp_path / "x.7z").read_bytes(), "x.7z") == {"x.7z": "parsed", "x.7z/a.pdf": "waiting"}


def test_without_bsdtar_a_rar_says_what_is_missing(tmp_path, monkeypatch):
    import rarfile

    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(rarfile, "CURRENT_SETUP", None)
    assert archive(tmp_path, rar5({"a.pdf": PDF}), "x.rar")["x.rar/a.pdf"] == "waiting"  # stored members need no program


def test_unknown_kinds_say_what_they_are(tmp_path):
    files = {"图.dwg": b"AC1032" + b"\0" * 99, "放.ppt": compound({"PowerPoint Document": b"x"}), "装.exe": b"MZ" + b"\0" * 99}
    files |= {
        "版.ofd": zipped({"OFD.xml": b"<x/>"}),
        "旧.wps": compound({"MatOST": b"x", "CONTENTS": b"x"}),
        "韩.hwp": compound({"FileHeader": b"HWP Document File"}),
    }
    message = opened(tmp_path, mail(part(zipped(files), "材料.zip")))
    found = statuses(message)
    assert {found[f"材料.zip/{name}"] for name in files} == {"unsupported"}
    told = reasons(message)
    assert "CAD" in told["材料.zip/图.dwg"]
    assert "OFD" in told["材料.zip/版.ofd"]
    assert "Works" in told["材料.zip/旧.wps"]

"""Taking in: what is a message, what is a delivery, what is left out and said so."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from intake.message import Taken
from intake.originals import Originals
from intake.take import Skipped, take_in
from tests.intake.build import PDF, compound, docx, head, mail, outlook, part, zipped

ONE = head(b"Subject: one") + b"\r\n\r\nbody one\r\n"
TWO = head(b"Subject: two") + b"\r\n\r\nFrom here on it is text.\r\n\r\nFrom now on too.\r\n"


def take(tmp_path: Path, *paths: Path, **options) -> list[Taken | Skipped]:
    return list(take_in(paths, Originals(tmp_path / "originals"), **options))


def kinds(found: list[Taken | Skipped]) -> list[tuple[str, str]]:
    return [(each.name, each.kind) if isinstance(each, Taken) else (each.path.name, "skipped") for each in found]


def original(tmp_path: Path, taken: Taken) -> bytes:
    return Originals(tmp_path / "originals").read(taken.sha256)


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_mail_is_kept_byte_for_byte(tmp_path):
    (taken,) = take(tmp_path, write(tmp_path / "a.eml", ONE))
    assert (taken.kind, taken.name, original(tmp_path, taken)) == ("mail", "a.eml", ONE)


def test_a_mail_is_told_by_its_bytes_whatever_its_name(tmp_path):
    message = compound(outlook("题", ("人", "a@b.cn"), "正文", {}))
    paths = [write(tmp_path / "信", ONE), write(tmp_path / "b.txt", message), write(tmp_path / "c.msg", ONE)]
    assert [taken.kind for taken in take(tmp_path, *paths)] == ["mail", "outlook", "mail"]


def test_an_old_word_file_is_no_outlook_message(tmp_path):
    (taken,) = take(tmp_path, write(tmp_path / "a.doc", compound({"WordDocument": b"x"})))
    assert taken.kind == "delivery"


def test_in_a_folder_of_messages_loose_files_are_skipped_and_said_so(tmp_path):
    box = tmp_path / "in"
    for name, data in (("a.eml", ONE), ("sub/b.eml", TWO), ("README.md", b"# hello"), ("附件.docx", docx())):
        write(box / name, data)
    assert kinds(take(tmp_path, box)) == [("README.md", "skipped"), ("a.eml", "mail"), ("附件.docx", "skipped"), ("b.eml", "mail")]
    assert not any(each.unreadable for each in take(tmp_path, box) if isinstance(each, Skipped))


def test_a_folder_without_messages_beside_messages_is_a_delivery_of_its_own(tmp_path):
    box = tmp_path / "in"
    for name, data in (("a.eml", ONE), ("手工报送/表.docx", docx()), ("more/b.eml", TWO), ("more/loose.pdf", PDF), (".git/config", b"x")):
        write(box / name, data)
    found = kinds(take(tmp_path, box))
    assert sorted(found) == [(".git", "skipped"), ("a.eml", "mail"), ("b.eml", "mail"), ("loose.pdf", "skipped"), ("手工报送", "delivery")]


def test_a_folder_without_messages_is_one_submission_with_paths_relative_to_it(tmp_path):
    folder = tmp_path / "丹徒区总工会"
    write(folder / "1.张三/附件2.docx", docx())
    write(folder / "汇总表.pdf", PDF)
    write(folder / "~$附件2.docx", b"lock")
    when = datetime(2024, 4, 1, tzinfo=UTC)
    found = take(tmp_path, folder, received_at=when)
    (taken,) = [each for each in found if isinstance(each, Taken)]
    manifest = json.loads(original(tmp_path, taken))
    assert (taken.kind, taken.name, taken.received_at) == ("delivery", "丹徒区总工会", when)
    assert [file["path"] for file in manifest["files"]] == ["1.张三/附件2.docx", "汇总表.pdf"]
    assert Originals(tmp_path / "originals").read(manifest["files"][1]["sha256"]) == PDF
    assert [each.path.name for each in found if isinstance(each, Skipped)] == ["~$附件2.docx"]


def test_a_delivery_is_the_same_every_time(tmp_path):
    folder = tmp_path / "送来"
    write(folder / "a.pdf", PDF)
    assert take(tmp_path, folder) == take(tmp_path, folder)


def test_a_single_file_is_a_delivery_named_after_it(tmp_path):
    (taken,) = take(tmp_path, write(tmp_path / "材料.zip", zipped({"a.pdf": PDF})))
    assert (taken.kind, taken.name) == ("delivery", "材料.zip")


def test_an_mbox_gives_each_message_as_it_was_before(tmp_path):
    quoted = TWO.replace(b"\nFrom now", b"\n>From now")
    box = b"From a@b Tue Mar 26 09:42:11 2024\n" + ONE + b"\nFrom a@b Tue Mar 26 09:42:12 2024\n" + quoted + b"\n"
    taken = take(tmp_path, write(tmp_path / "box", box))
    assert [original(tmp_path, each) for each in taken] == [ONE, TWO]
    assert [each.name for each in taken] == ["box#1", "box#2"]


def test_a_foxmail_box_gives_its_messages(tmp_path):
    mark = b"\x10" * 7 + b"\x11" * 6 + b"S\r\n"
    taken = take(tmp_path, write(tmp_path / "in.box", mark + ONE + mark + TWO))
    assert [original(tmp_path, each) for each in taken] == [ONE, TWO]


def test_a_maildir_gives_what_is_delivered_and_not_what_is_being_written(tmp_path):
    for name, data in (("cur/1:2,S", ONE), ("new/2", b"no header at all"), ("tmp/3", TWO), (".sent/cur/4", TWO), (".sent/new/5", ONE)):
        write(tmp_path / "Maildir" / name, data)
    assert sorted(kinds(take(tmp_path, tmp_path / "Maildir"))) == [("1:2,S", "mail"), ("2", "mail"), ("4", "mail"), ("5", "mail")]


def test_links_pipes_and_absent_paths_are_said_and_the_others_go_on(tmp_path):
    box = tmp_path / "in"
    write(box / "a.eml", ONE)
    os.mkfifo(box / "pipe")
    (box / "link").symlink_to("/etc/passwd")
    found = take(tmp_path, tmp_path / "absent", box)
    skipped = {each.path.name: each.unreadable for each in found if isinstance(each, Skipped)}
    assert skipped == {"absent": True, "pipe": True, "link": False}
    assert [each.name for each in found if isinstance(each, Taken)] == ["a.eml"]


def test_a_file_that_may_not_be_read_is_said_and_the_others_go_on():
    """As another user, because root may read everything; outside pytest's own folder, which is closed to others."""
    program = (
        "import os, sys; from pathlib import Path; from intake.originals import Originals; from intake.take import take_in\n"
        "from texts import say; say('intake.original')\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "for each in take_in(map(Path, sys.argv[2:]), Originals(Path(sys.argv[1]))):\n"
        "    print(type(each).__name__, getattr(each, 'unreadable', ''))"
    )
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        write(top / "in" / "a.eml", ONE)
        write(top / "in" / "b.eml", TWO).chmod(0)
        closed = write(top / "in" / "closed" / "c.eml", TWO).parent
        closed.chmod(0)
        top.chmod(0o777)
        command = [sys.executable, "-c", program, str(top / "theirs"), str(top / "in"), str(closed / "c.eml")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        closed.chmod(0o700)
    assert run.stdout.split() == ["Skipped", "True", "Skipped", "True", "Taken", "Skipped", "True"], run.stderr


def test_links_in_a_circle_and_names_that_cannot_be_are_said(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert [each.unreadable for each in take(tmp_path, tmp_path / "a", Path("x\0y")) if isinstance(each, Skipped)] == [True, True]


def test_names_in_gbk_on_disk_are_shown_right(tmp_path):
    folder = tmp_path / "送"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + "/汇总表.pdf".encode("gbk"))).write_bytes(PDF)
    (taken,) = take(tmp_path, folder)
    assert json.loads(original(tmp_path, taken))["files"][0]["path"] == "汇总表.pdf"


def test_an_empty_mail_file_is_still_a_mail(tmp_path):
    (taken,) = take(tmp_path, write(tmp_path / "a.eml", b""))
    assert taken.kind == "mail"


def test_a_message_in_a_mail_with_attachments_is_one_message(tmp_path):
    (taken,) = take(tmp_path, write(tmp_path / "a.eml", mail(part(ONE, "b.eml", "message/rfc822"))))
    assert taken.kind == "mail"
